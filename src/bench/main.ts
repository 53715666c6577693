import { writeFileSync } from 'node:fs';
import { version as onnxruntime } from 'onnxruntime-node/package.json';
import { fail } from '../cli/terminal';
import { decode, decodeRagged } from './items/decode';
import { harvestEverything, harvestOneLayer } from './items/harvest';
import { load } from './items/load';
import { distinctStrengths, steeringCost } from './items/steering';
import { type BenchOptions, type Item, parseOptions } from './options';
import { heading, line, table } from './report';
import type { Result } from './result';
import { type Subject, subject } from './subject';

const BENCHES: Record<Item, (subject: Subject) => Promise<Result[]>> = {
  load,
  harvest: harvestOneLayer,
  'harvest-all': harvestEverything,
  decode,
  ragged: decodeRagged,
  strengths: distinctStrengths,
  steering: steeringCost,
};

async function main(options: BenchOptions): Promise<void> {
  const peer = options.oursOnly ? undefined : await peerVersions(options);
  const head = heading({
    command: ['npm run bench', ...quoted(process.argv.slice(2))].join(' '),
    threads: options.threads,
    runs: options.runs,
    peer,
    onnxruntime,
  });
  console.log(head.join('\n'));
  const results: Result[] = [];
  for (const model of options.models) {
    const measured = subject(model, options);
    for (const item of options.only) {
      for (const result of await BENCHES[item](measured)) {
        results.push(result);
        console.log(line(result));
        if (options.out) writeFileSync(options.out, document(head, results));
      }
    }
  }
}

function document(head: string[], results: Result[]): string {
  return `# Doubletake measured\n\n${head.map(text => `- ${text}`).join('\n')}\n\n${table(results)}\n`;
}

async function peerVersions(options: BenchOptions) {
  const peer = await subject(options.models[0], options).startPeer();
  peer?.stop();
  return peer?.versions;
}

/** The flags as npm wants them, without the file written to. */
function quoted(argv: string[]): string[] {
  const kept = argv.filter((text, i) => text !== '--out' && argv[i - 1] !== '--out');
  return kept.length ? ['--', ...kept] : [];
}

main(parseOptions(process.argv)).catch(error => fail(error, process.argv.includes('--verbose')));
