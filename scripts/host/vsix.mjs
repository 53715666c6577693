// The extension as a person gets it: built, packaged, with its id.
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { manifest, packageFor } from '../package.mjs';
import { ROOT } from './paths.mjs';

/** Id of the extension, as VS Code names it. */
export const extensionId = () => `${manifest().publisher}.${manifest().name}`;

/** The VSIX to use: the one given, else this clone's, built and packaged now for this machine. */
export function freshVsix(given) {
  if (given) return resolve(given);
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return packageFor();
}
