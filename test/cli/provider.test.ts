import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CLI, REASONING } from '../model/support';

const scratch = mkdtempSync(join(tmpdir(), 'doubletake-provider-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const promptFile = join(scratch, 'prompt.txt');
writeFileSync(promptFile, 'Why?');

/** Runs the command line where no GPU can be found (on Linux: no Vulkan driver). */
function doubletake(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, VK_ICD_FILENAMES: join(scratch, 'none.json') };
  return new Promise(resolve => {
    execFile(process.execPath, [CLI, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code as number) : 0, stdout, stderr });
    });
  });
}

const generate = (...provider: string[]) =>
  doubletake('generate', '--model', REASONING, '--prompt-file', promptFile, '--json', ...provider);

// onnxruntime has no WebGPU for Linux on ARM.
describe.runIf(process.platform === 'linux' && process.arch === 'x64')(
  '--provider on a machine without a GPU',
  () => {
    it('tells the reason on stderr, and the result is that of the CPU', async () => {
      const plain = await generate();
      expect(plain.stderr).toBe('');
      const auto = await generate('--provider', 'auto');
      expect(auto.stderr).toBe(`${REASONING} runs on cpu: WebGPU was not used: no GPU adapter was found.\n`);
      expect(auto.stdout).toBe(plain.stdout);
    });

    it.each([
      ['cpu', 'ok    provider cpu (The CPU was asked for)', 0],
      ['auto', 'ok    provider cpu (WebGPU was not used: no GPU adapter was found)', 0],
      ['webgpu', 'FAIL  provider cpu (WebGPU was not used: no GPU adapter was found)', 1],
    ])('check with %s', async (provider, line, code) => {
      const run = await doubletake('check', '--model', REASONING, '--provider', provider);
      expect(run.stdout.split('\n')).toContain(line);
      expect(run.stdout).not.toContain('agrees with the CPU');
      expect(run.stderr).toBe(code ? `${REASONING} failed 1 of 9 checks: provider cpu.\n` : '');
      expect(run.code).toBe(code);
    });

    it.each([
      ['coreml', 'runs on cpu: CoreML was not used: it does not exist for Linux', 0],
      ['gpu', 'Allowed choices are auto, webgpu, cuda, directml, coreml, cpu.', 2],
    ])('says in one line what there is instead of %s', async (provider, message, code) => {
      const run = await generate('--provider', provider);
      expect(run.stderr).toContain(message);
      expect(run.stderr.trimEnd().split('\n').length).toBe(1);
      expect(run.code).toBe(code);
    });
  },
);
