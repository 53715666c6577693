import * as vscode from 'vscode';
import { walk } from './rows/walk';

const EXCLUDED = '**/node_modules/**';

/** Files of the workspace whose name ends in `ending`, on any file system: those that VS Code cannot search are walked through. A file in two nested folders of the workspace comes twice. */
export async function findByEnding(ending: string): Promise<vscode.Uri[]> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const found = await Promise.all(
    folders.map(async ({ uri }) => {
      const pattern = new vscode.RelativePattern(uri, `**/*${ending}`);
      const searched = await vscode.workspace.findFiles(pattern, EXCLUDED);
      return searched.length > 0 || uri.scheme === 'file' ? searched : walkThrough(uri, ending);
    }),
  );
  return found.flat();
}

async function walkThrough(top: vscode.Uri, ending: string): Promise<vscode.Uri[]> {
  const read = async (path: string): Promise<[string, boolean][]> => {
    const entries = await vscode.workspace.fs.readDirectory(top.with({ path }));
    return entries.map(([name, type]) => [name, type === vscode.FileType.Directory]);
  };
  const paths = await walk(top.path, read, name => name.endsWith(ending));
  return paths.map(path => top.with({ path }));
}
