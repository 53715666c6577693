// Where things lie, relative to the clone.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** package.json and lock file of the VS Code for the browser; its packages never mix with the extension's. */
export const HOST_FOLDER = join(ROOT, 'test', 'vscode', 'host');
/** The same of the oldest VS Code that the extension supports. */
export const OLDEST_HOST_FOLDER = join(ROOT, 'test', 'vscode', 'host-oldest');
/** Packaged extensions, the state of `npm start`: everything that may be deleted (git-ignored). */
export const CACHE = join(ROOT, '.cache');
/** Bundled tests, and what a test run leaves behind: screenshots, logs. */
export const TEST_BUNDLE = join(ROOT, 'dist-test');
export const TEST_OUTPUT = join(ROOT, 'test-output');
