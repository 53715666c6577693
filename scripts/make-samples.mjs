// Makes samples/: rollouts of the bundled reasoning model, labelled by the keyword judge. Run it again after training.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './host/paths.mjs';

const COUNT = 12;
const out = join(ROOT, 'samples', 'rollouts');
const cli = (...args) =>
  execFileSync(process.execPath, [join(ROOT, 'dist', 'cli.js'), ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });

const scratch = mkdtempSync(join(tmpdir(), 'doubletake-samples-'));
const prompts = join(scratch, 'prompts.jsonl');
writeFileSync(prompts, acrossCategories(readFileSync(join(ROOT, 'models', 'prompts.jsonl'), 'utf8')));
// Rollouts that are there would be kept: those of an older model must go.
rmSync(out, { recursive: true, force: true });
cli(
  'rollouts',
  '--model',
  join(ROOT, 'models', 'reasoning'),
  '--prompts',
  prompts,
  '--count',
  String(COUNT),
  '--out',
  out,
);
cli('label', out, '--judge', 'keyword');
rmSync(scratch, { recursive: true });

/** The first `COUNT` prompts, taking one of each category in turn. */
function acrossCategories(text) {
  const lines = text
    .trim()
    .split('\n')
    .map(line => ({ line, category: JSON.parse(line).category }));
  const seen = new Map();
  const turn = ({ category }) => seen.set(category, (seen.get(category) ?? -1) + 1).get(category);
  const ranked = lines.map(entry => ({ ...entry, turn: turn(entry) }));
  ranked.sort((a, b) => a.turn - b.turn);
  return (
    ranked
      .slice(0, COUNT)
      .map(entry => entry.line)
      .join('\n') + '\n'
  );
}
