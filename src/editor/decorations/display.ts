import * as vscode from 'vscode';
import { SETTINGS } from '../ids';
import type { WindowSetting } from '../rollout/decorationRanges';
import { windowSetting } from '../settings';

const LABELS_SHOWN = 'labelsShown';
const BOUNDARIES_SHOWN = 'tokenBoundariesShown';

/** What is shown of every rollout: the window settings, or those being typed, and the two toggles, kept per workspace. */
export class Display implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly listener: vscode.Disposable;
  private preview: WindowSetting | undefined;
  private annotating = false;

  constructor(private readonly memory: vscode.Memento) {
    this.listener = vscode.workspace.onDidChangeConfiguration(event => {
      const ids = [SETTINGS.windowOffset, SETTINGS.windowLength, SETTINGS.codeLens];
      if (ids.some(id => event.affectsConfiguration(id))) this.changed.fire();
    });
  }

  /** Whether all labels are underlined: on demand, and always while a person labels. */
  get labelsShown(): boolean {
    return this.annotating || this.memory.get(LABELS_SHOWN, false);
  }

  /** A person began or ceased to label. */
  setAnnotating(annotating: boolean): void {
    this.annotating = annotating;
    this.changed.fire();
  }

  /** Whether the boundaries of tokens are drawn. */
  get tokenBoundariesShown(): boolean {
    return this.memory.get(BOUNDARIES_SHOWN, false);
  }

  /** The windows of a document. */
  windowOf(uri: vscode.Uri): WindowSetting {
    return this.preview ?? windowSetting(uri);
  }

  /** Shows windows of this setting, before sentences of its label, until it is called without one. */
  previewWindow(setting: WindowSetting | undefined): void {
    this.preview = setting;
    this.changed.fire();
  }

  async toggleLabels(): Promise<void> {
    await this.memory.update(LABELS_SHOWN, !this.memory.get(LABELS_SHOWN, false));
    this.changed.fire();
  }

  async toggleTokenBoundaries(): Promise<void> {
    await this.memory.update(BOUNDARIES_SHOWN, !this.tokenBoundariesShown);
    this.changed.fire();
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }
}
