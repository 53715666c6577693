// Makes samples/: rollouts of the bundled reasoning model, labelled by the keyword judge, and the base-derived vector of
// all of them. Run it again after training.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './host/paths.mjs';

const COUNT = 12;
const LAYER = 1;
const models = join(ROOT, 'models');
const out = join(ROOT, 'samples');
const cli = (...args) =>
  execFileSync(process.execPath, [join(ROOT, 'dist', 'cli.js'), ...args.map(String)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });

const scratch = mkdtempSync(join(tmpdir(), 'doubletake-samples-'));
cli(
  'rollouts',
  '--model',
  join(models, 'reasoning'),
  '--prompts',
  join(models, 'prompts.jsonl'),
  '--out',
  scratch,
);
cli('label', scratch, '--judge', 'keyword');

rmSync(out, { recursive: true, force: true });
for (const folder of ['rollouts', 'vectors']) mkdirSync(join(out, folder), { recursive: true });
const vector = join(out, 'vectors', `backtracking.base.layer${LAYER}.safetensors`);
cli('vector', '--model', join(models, 'base'), '--rollouts', scratch, '--layer', LAYER, '--out', vector);
for (const name of oneOfEachCategory(scratch)) {
  for (const kind of ['txt', 'ann', 'json']) {
    const file = `${name}.rollout.${kind}`;
    copyFileSync(join(scratch, file), join(out, 'rollouts', file));
  }
}
rmSync(scratch, { recursive: true });

/** Names of `COUNT` rollouts: of each category the first that backtracks (a reader wants to see it), then the next ones. */
function oneOfEachCategory(folder) {
  const all = readdirSync(folder)
    .filter(file => file.endsWith('.rollout.ann'))
    .sort()
    .map(file => {
      const name = file.replace('.rollout.ann', '');
      const backtracks = readFileSync(join(folder, file), 'utf8').includes('\tbacktracking ');
      return { name, backtracks, category: name.replace(/-\d+$/, '') };
    });
  const ranked = [...all.filter(r => r.backtracks), ...all.filter(r => !r.backtracks)];
  const turns = new Map();
  for (const rollout of ranked) {
    rollout.turn = turns.get(rollout.category) ?? 0;
    turns.set(rollout.category, rollout.turn + 1);
  }
  ranked.sort((a, b) => a.turn - b.turn);
  return ranked.slice(0, COUNT).map(({ name }) => name);
}
