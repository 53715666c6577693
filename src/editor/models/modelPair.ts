import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { TextModel } from '../../model/textModel';
import { SETTINGS } from '../ids';
import { setting } from '../settings';

/** Which of the two models. */
export type Which = 'base' | 'reasoning';

/** What a person may know of a model: nothing is opened before it is asked for. */
export type ModelState = 'closed' | 'opening' | 'open' | 'failed';

interface Opened {
  folder: string;
  model: TextModel;
  state: ModelState;
}

/** The base and the reasoning model that the settings name, the bundled pair by default; opened at first use. */
export class ModelPair implements vscode.Disposable {
  private readonly opened = new Map<Which, Opened>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listener: vscode.Disposable;
  /** A model was opened, closed or failed. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly bundled: Record<Which, string>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.listener = vscode.workspace.onDidChangeConfiguration(event => {
      for (const which of ['base', 'reasoning'] as const) {
        if (event.affectsConfiguration(SETTINGS[`${which}Model`])) void this.close(which);
      }
    });
  }

  /** The folder of a model. */
  folder(which: Which): string {
    return setting<string>(SETTINGS[`${which}Model`])?.trim() || this.bundled[which];
  }

  /** Whether a model's process runs. */
  state(which: Which): ModelState {
    return this.opened.get(which)?.state ?? 'closed';
  }

  /** The running model, its process started if need be. Throws a UserError in an untrusted workspace or for a folder that cannot be used. */
  async use(which: Which): Promise<TextModel> {
    if (!vscode.workspace.isTrusted) {
      throw new UserError(
        'Models are not run in a workspace that is not trusted. Trust it to steer and to see the logit lens.',
      );
    }
    const folder = this.folder(which);
    let entry = this.opened.get(which);
    if (!entry || entry.state === 'failed') {
      entry = { folder, model: TextModel.open(folder), state: 'opening' };
      this.opened.set(which, entry);
      this.changed.fire();
    }
    try {
      const pool = await entry.model.pool();
      if (entry.state === 'opening') {
        entry.state = 'open';
        const ended = entry;
        pool.onEnd(() => {
          if (this.opened.get(which) !== ended || ended.state !== 'open') return;
          ended.state = 'failed';
          this.changed.fire();
        });
        this.log.info(
          `${folder} opened: ${pool.info.architecture}, ${pool.info.layers} layers, ${pool.info.provider}`,
        );
        this.changed.fire();
      }
      return entry.model;
    } catch (error) {
      entry.state = 'failed';
      this.changed.fire();
      throw error;
    }
  }

  /** Ends a model's process after a failure of it, so that the next use starts it again. */
  async close(which: Which): Promise<void> {
    const entry = this.opened.get(which);
    this.opened.delete(which);
    await entry?.model.close();
    this.changed.fire();
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
    for (const { model } of this.opened.values()) void model.close();
  }
}
