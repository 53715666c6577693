import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { sameLines, withLineEnds } from '../rollout/lineEnds';
import { textDifference } from '../rollout/textDifference';

const ATTEMPTS = 4;
const RETRY_MS = 250;

/**
 * A text file beside a rollout (its labels, its metadata): read from the open document if there is one, else from the file;
 * changed by workspace edits only, so that undo, dirty state and git see any change.
 */
export class CompanionText implements vscode.Disposable {
  /** Empty while there is no file. */
  text = '';
  /** Why the file cannot be read. */
  problem: string | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly disposables: vscode.Disposable[] = [this.changed];
  private readonly key: string;

  constructor(readonly uri: vscode.Uri) {
    this.key = uri.toString();
    const mine = (other: vscode.Uri) => other.toString() === this.key;
    const reload = (other: vscode.Uri) => {
      if (mine(other)) void this.load();
    };
    const folder = vscode.Uri.joinPath(uri, '..');
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1).replace(/[[\]{}*?]/g, '?');
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, name));
    this.disposables.push(
      watcher,
      watcher.onDidChange(reload),
      watcher.onDidCreate(reload),
      watcher.onDidDelete(reload),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (mine(document.uri)) this.take(document.getText());
      }),
      vscode.workspace.onDidOpenTextDocument(document => {
        if (mine(document.uri)) this.take(document.getText());
      }),
      vscode.workspace.onDidCloseTextDocument(document => reload(document.uri)),
    );
  }

  /** The open document of the file. */
  get document(): vscode.TextDocument | undefined {
    return this.find();
  }

  private find(): vscode.TextDocument | undefined {
    return vscode.workspace.textDocuments.find(
      ({ uri, isClosed }) => !isClosed && uri.toString() === this.key,
    );
  }

  /** Reads the text anew; a file that is not there is an empty text. */
  async load(): Promise<void> {
    const open = this.document;
    if (open) return this.take(open.getText());
    try {
      const bytes = await vscode.workspace.fs.readFile(this.uri);
      // Opened and perhaps changed while it was read: then the document is the truth.
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      this.take(this.find()?.getText() ?? text);
    } catch (error) {
      const missing = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
      const problem = missing ? undefined : `${this.name} cannot be read: ${(error as Error).message}`;
      this.take(this.find()?.getText() ?? '', problem);
    }
  }

  /**
   * Makes `of`, from which `text` was formed, `text` by the smallest edit; the file is made if it is not there. False if the
   * file holds something else than `of`, as its watcher may be late: then nothing is changed, and `this.text` is what it holds.
   * Throws UserError if it cannot be changed.
   */
  async replace(text: string, of: string): Promise<boolean> {
    if (this.problem) throw new UserError(`${this.problem}. It is left as it is`);
    const document = await this.open();
    const before = document.getText();
    if (!sameLines(before, of)) {
      this.take(before);
      return false;
    }
    const after = withLineEnds(text, document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
    const difference = textDifference(before, after);
    if (!difference) return true;
    const { start, end, newEnd } = difference;
    const edit = new vscode.WorkspaceEdit();
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    edit.replace(this.uri, range, after.slice(start, newEnd));
    if (!(await vscode.workspace.applyEdit(edit)))
      throw new UserError(`${this.name} cannot be changed: see whether it is read-only`);
    return true;
  }

  /** Saves the document if it has unsaved changes. Only the editor knows: `isDirty` comes here later than the edit itself. */
  async save(): Promise<void> {
    for (let attempt = 1; this.document; attempt++) {
      if (await this.document.save()) return;
      // A file that was made a moment ago can count as changed by others; the next try sees it as it is.
      if (attempt === ATTEMPTS) throw new UserError(`${this.name} could not be saved: save it yourself`);
      await new Promise(resolve => setTimeout(resolve, RETRY_MS));
    }
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** The file's name, for messages. */
  get name(): string {
    return this.uri.path.slice(this.uri.path.lastIndexOf('/') + 1);
  }

  private async open(): Promise<vscode.TextDocument> {
    const open = this.document;
    if (open) return open;
    const there = await vscode.workspace.fs.stat(this.uri).then(
      () => true,
      () => false,
    );
    if (!there) {
      const edit = new vscode.WorkspaceEdit();
      edit.createFile(this.uri, { ignoreIfExists: true });
      if (!(await vscode.workspace.applyEdit(edit)))
        throw new UserError(`${this.name} cannot be made: see whether its folder is read-only`);
    }
    return await vscode.workspace.openTextDocument(this.uri);
  }

  private take(text: string, problem?: string): void {
    const same = text === this.text && problem === this.problem;
    this.problem = problem;
    this.text = text;
    if (!same || problem) this.changed.fire();
  }
}
