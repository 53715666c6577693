import { runSuite } from '../suite';

/** Runs this folder's tests, as @vscode/test-electron and its like expect it. */
export const run = () => runSuite(__dirname);
