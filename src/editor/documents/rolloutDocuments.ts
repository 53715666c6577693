import * as vscode from 'vscode';
import { labelSentences } from '../../core/keywordJudge';
import type { ParsedRollout } from '../../core/rollout';
import { COMPLETION_SCHEME, LANGUAGE } from '../ids';
import { labelsPath, metadataPath } from '../rollout/sidecarName';
import { CompanionText } from './companionText';
import { type RolloutChange, RolloutDocument } from './rolloutDocument';

/** The open rollouts, one per document, parsed once per version and asked by everything that shows them. */
export class RolloutDocuments implements vscode.Disposable {
  private readonly open = new Map<string, { rollout: RolloutDocument; loading: Promise<void> }>();
  private readonly changed = new vscode.EventEmitter<{ rollout: RolloutDocument; change: RolloutChange }>();
  private readonly closed = new vscode.EventEmitter<RolloutDocument>();
  readonly onDidChange = this.changed.event;
  readonly onDidClose = this.closed.event;
  private readonly listeners: vscode.Disposable[];

  constructor(private readonly report: (error: unknown) => void) {
    const { workspace } = vscode;
    this.listeners = [
      workspace.onDidOpenTextDocument(document => this.of(document)),
      workspace.onDidCloseTextDocument(({ uri }) => this.close(uri)),
      workspace.onDidChangeTextDocument(event => {
        this.open.get(event.document.uri.toString())?.rollout.edited(event);
      }),
      workspace.onWillSaveTextDocument(event => {
        const rollout = this.open.get(event.document.uri.toString())?.rollout;
        if (rollout) event.waitUntil(rollout.labels.idle());
      }),
      workspace.onDidSaveTextDocument(({ uri }) => {
        const saved = (rollout: RolloutDocument, which: 'text' | 'labels') =>
          rollout.labels.save(which).catch(this.report);
        const own = this.open.get(uri.toString())?.rollout;
        if (own) return void saved(own, 'text');
        const owner = this.ofLabels(uri);
        if (owner) void saved(owner, 'labels');
      }),
    ];
    for (const document of workspace.textDocuments) this.of(document);
  }

  /** The rollout of a document; undefined if its language is another. */
  of(document: vscode.TextDocument): RolloutDocument | undefined {
    if (document.languageId !== LANGUAGE || document.isClosed) return undefined;
    const key = document.uri.toString();
    const known = this.open.get(key);
    if (known?.rollout.document === document) return known.rollout;
    if (known) this.close(document.uri);
    const companion = companionsOf(document);
    const judge = document.uri.scheme === COMPLETION_SCHEME ? judgeCompletion : undefined;
    const rollout = new RolloutDocument(document, companion?.labels, companion?.metadata, this.report, judge);
    rollout.onDidChange(change => this.changed.fire({ rollout, change }));
    this.open.set(key, { rollout, loading: rollout.load().catch(this.report) });
    this.changed.fire({ rollout, change: 'text' });
    return rollout;
  }

  /** The rollout of a document once its labels are read. */
  async loaded(document: vscode.TextDocument): Promise<RolloutDocument | undefined> {
    const rollout = this.of(document);
    await this.open.get(document.uri.toString())?.loading;
    return rollout;
  }

  /** The open rollout of a URI, if it is one. */
  byUri(uri: vscode.Uri): RolloutDocument | undefined {
    return this.open.get(uri.toString())?.rollout;
  }

  /** The open rollout whose labels file is this. */
  ofLabels(uri: vscode.Uri): RolloutDocument | undefined {
    const key = uri.toString();
    for (const { rollout } of this.open.values())
      if (rollout.labels.file?.uri.toString() === key) return rollout;
    return undefined;
  }

  /** All open rollouts. */
  *all(): Generator<RolloutDocument> {
    for (const { rollout } of this.open.values()) yield rollout;
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    for (const { rollout } of this.open.values()) rollout.dispose();
    this.open.clear();
    this.changed.dispose();
    this.closed.dispose();
  }

  private close(uri: vscode.Uri): void {
    const key = uri.toString();
    const known = this.open.get(key);
    if (!known) return;
    this.open.delete(key);
    known.rollout.dispose();
    this.closed.fire(known.rollout);
  }
}

/** Characters up to which a completion is judged anew ten times a second; longer ones are shown plain. */
const JUDGED = 100_000;

/** The keyword rules show where a completion backtracks while it streams. */
const judgeCompletion = ({ response, responseStart }: ParsedRollout) =>
  response.length > JUDGED ? [] : labelSentences(response, responseStart);

/** The files beside a document, if it has a place in a file system. A URI with a query, as git's, may find its file by that. */
function companionsOf({ uri, isUntitled }: vscode.TextDocument) {
  const place = uri.query === '' ? vscode.workspace.fs.isWritableFileSystem(uri.scheme) : undefined;
  if (isUntitled || place === undefined) return undefined;
  return {
    labels: new CompanionText(uri.with({ path: labelsPath(uri.path) })),
    metadata: new CompanionText(uri.with({ path: metadataPath(uri.path) })),
  };
}
