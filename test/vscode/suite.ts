import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How one test went. */
export interface TestResult {
  title: string;
  ok: boolean;
  milliseconds: number;
  error?: string;
}

/** What a suite writes to the file that DOUBLETAKE_TEST_REPORT names. */
export interface SuiteReport {
  tests: TestResult[];
  /** Measured on the way, milliseconds unless the name says otherwise. */
  measured: Record<string, number>;
}

// Every test file is a bundle with its own copy of this module; what they measure must meet.
const shared = globalThis as { doubletakeMeasured?: Record<string, number> };
const measured = (shared.doubletakeMeasured ??= {});

/** Notes a number for the report. */
export function measure(name: string, value: number): void {
  measured[name] = Math.round(value * 10) / 10;
}

/** Runs every `*.mocha.js` in `folder`, writes the report, and rejects if a test failed or none was found. */
export async function runSuite(folder: string): Promise<void> {
  // mocha 12 is a module of its own kind; a dynamic import loads it from a bundle of either.
  const { default: Mocha } = await import('mocha');
  const tests: TestResult[] = [];
  const runner = new Mocha({
    ui: 'bdd',
    timeout: 30_000,
    grep: process.env.DOUBLETAKE_TEST_GREP,
    // Says nothing: the report is printed by who started the suite.
    reporter: Mocha.reporters.Base,
  });
  for (const name of readdirSync(folder).sort())
    if (name.endsWith('.mocha.js')) runner.addFile(join(folder, name));
  await new Promise<void>(resolve => {
    runner
      .run(() => resolve())
      .on('pass', test => tests.push({ title: test.fullTitle(), ok: true, milliseconds: test.duration ?? 0 }))
      .on('fail', (test, error) =>
        tests.push({
          title: test.fullTitle(),
          ok: false,
          milliseconds: test.duration ?? 0,
          error: error.stack ?? String(error),
        }),
      );
  });
  const report: SuiteReport = { tests, measured };
  if (process.env.DOUBLETAKE_TEST_REPORT)
    writeFileSync(process.env.DOUBLETAKE_TEST_REPORT, JSON.stringify(report));
  const failed = tests.filter(test => !test.ok);
  if (failed.length || tests.length === 0)
    throw new Error(
      `${failed.length} of ${tests.length} tests failed\n${failed.map(test => `${test.title}\n${test.error}`).join('\n\n')}`,
    );
}

type Nothing = false | 0 | '' | null | undefined;

/** Waits until `probe` gives something truthy and returns it; throws with `what` and the last error after `limit` milliseconds. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  limit = 10_000,
): Promise<Exclude<T, Nothing>> {
  const deadline = Date.now() + limit;
  let last: unknown;
  do {
    try {
      const value = await probe();
      if (value) return value as Exclude<T, Nothing>;
    } catch (error) {
      last = error;
    }
    await new Promise(resolve => setTimeout(resolve, 25));
  } while (Date.now() < deadline);
  throw new Error(`waited ${limit} ms for ${what}${last ? `: ${last}` : ''}`);
}
