import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { safetensorsHeader } from '../../src/files/safetensors';
import { parseConfig } from '../../src/model/checkpoint/config';
import { expectedShapes } from '../../src/model/checkpoint/weights';
import { ModelProcess } from '../../src/model/modelProcess';
import { CancelledError } from '../../src/rpc/messages';

const home = mkdtempSync(join(tmpdir(), 'doubletake-give-up-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const CONFIG = {
  architectures: ['LlamaForCausalLM'],
  hidden_size: 1024,
  intermediate_size: 4096,
  num_hidden_layers: 12,
  num_attention_heads: 16,
  vocab_size: 512,
};

/** A bfloat16 checkpoint of 400 MB zeros, which the disk keeps as a hole. */
function sparseCheckpoint(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(CONFIG));
  const shapes = [...expectedShapes(parseConfig(CONFIG, 'config.json'))];
  // The writer knows no bfloat16; the header's text is what counts.
  const header = safetensorsHeader(shapes.map(([name, shape]) => ({ name, dtype: 'F32' as const, shape })));
  let json = Buffer.from(header.subarray(8)).toString('utf8').replaceAll('"F32"', '"BF16"');
  json = json.replace(/"data_offsets":\[(\d+),(\d+)\]/g, (_, a, b) => `"data_offsets":[${a / 2},${b / 2}]`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  const path = join(folder, 'model.safetensors');
  writeFileSync(path, Buffer.concat([length, Buffer.from(json)]));
  const bytes = shapes.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 2), 0);
  truncateSync(path, 8 + Buffer.byteLength(json) + bytes);
}

it('leaves no half behind when a conversion is given up', async () => {
  const folder = join(home, 'model');
  const cache = join(home, 'cache');
  sparseCheckpoint(folder);
  process.env.DOUBLETAKE_CACHE = cache;
  const controller = new AbortController();
  const script = join(__dirname, '../../dist/modelProcess.js');
  const written = () => (existsSync(join(cache, 'float32')) ? readdirSync(join(cache, 'float32')) : []);
  let half: string[] = [];
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    if (done > total / 10 && half.length === 0) {
      half = written();
      controller.abort();
    }
  };
  const start = ModelProcess.start({ folder, script, onProgress, signal: controller.signal });
  await expect(start).rejects.toThrow(CancelledError);
  expect(half).toEqual([expect.stringMatching(/\.incomplete$/)]);
  await expect.poll(written, { timeout: 10_000 }).toEqual([]);
}, 30_000);
