import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { type LabelTally, tallyAnn } from '../rollout/labelTally';
import { labelsPath, metadataPath } from '../rollout/sidecarName';
import { unsavedFile } from '../unsavedFile';
import { aboutOf, type RolloutAbout } from './rows/rolloutRow';

/** What a file said, and the state of the file that said it. */
interface Known<T> {
  stamp: string;
  value: T;
}

/** The files beside the workspace's rollouts, read again only if their time or size is another; unsaved changes count. */
export class RolloutFiles {
  private readonly abouts = new Map<string, Known<RolloutAbout>>();
  private readonly tallies = new Map<string, Known<LabelTally>>();

  /** Category and review mark of a rollout by the URI of its text. */
  about(key: string): Promise<RolloutAbout> {
    return this.read(key, metadataPath, this.abouts, aboutOf);
  }

  /** Label counts of a rollout by the URI of its text. */
  labels(key: string): Promise<LabelTally> {
    return this.read(key, labelsPath, this.tallies, tallyAnn);
  }

  private async read<T>(
    key: string,
    pathOf: (text: string) => string,
    cache: Map<string, Known<T>>,
    parse: (text: string) => T,
  ): Promise<T> {
    const text = vscode.Uri.parse(key, true);
    const uri = text.with({ path: pathOf(text.path) });
    const unsaved = unsavedFile(uri);
    if (unsaved) return parse(unsaved.getText());
    // The time is taken before the text: a write in between makes the file count as changed, not as known.
    const stamp = await stampOf(uri);
    const known = cache.get(key);
    if (known?.stamp === stamp) return known.value;
    const value = parse(stamp === NO_FILE ? '' : await textOf(uri));
    cache.set(key, { stamp, value });
    return value;
  }
}

const NO_FILE = 'no file';

// Files of this machine are read by Node: 10,000 of them in one second rather than the eight of VS Code's file service, which
// is for those that only it can reach.

async function stampOf(uri: vscode.Uri): Promise<string> {
  try {
    const { mtime, size } = await (uri.scheme === 'file' ? nodeStat(uri) : vscode.workspace.fs.stat(uri));
    return `${mtime} ${size}`;
  } catch {
    return NO_FILE;
  }
}

async function nodeStat({ fsPath }: vscode.Uri): Promise<{ mtime: number; size: number }> {
  const { mtimeMs, size } = await stat(fsPath);
  return { mtime: mtimeMs, size };
}

/** A file that cannot be read says nothing; opened, its rollout says why. */
async function textOf(uri: vscode.Uri): Promise<string> {
  try {
    if (uri.scheme === 'file') return await readFile(uri.fsPath, 'utf8');
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return '';
  }
}
