import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import type { ModelInfo, ProviderChoice } from '../../model/contract';
import type { TextModel } from '../../model/textModel';
import { SETTINGS } from '../ids';
import { setting } from '../settings';
import { Activity } from './activity';
import { describeModel } from './modelFacts';
import { noticeOpening, warnOfFallback } from './notices';
import { type ModelState, RunningModel } from './runningModel';

/** Which of the two models. */
export type Which = 'base' | 'reasoning';
export const WHICH: readonly Which[] = ['reasoning', 'base'];

/** A model as views show it. */
export interface ModelStatus {
  which: Which;
  state: ModelState;
  folder: string;
  /** True if the model comes with Doubletake. */
  bundled: boolean;
  /** Why it failed: one sentence. */
  problem?: string;
  /** Bytes converted while a 16-bit checkpoint is opened. */
  progress?: { done: number; total: number };
  /** Of an open model; its memory as last measured. */
  info?: ModelInfo;
}

/** Why no model runs in a workspace that is not trusted. */
export const UNTRUSTED =
  'Models are not run in a workspace that is not trusted. Trust it to steer and to see the logit lens.';

/** The base and the reasoning model that the settings name, the bundled pair by default; opened at first use. */
export class ModelPair implements vscode.Disposable {
  private readonly models = new Map<Which, RunningModel>();
  /** Folders whose fallback a person was told of in this session. */
  private readonly warned = new Set<string>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly measured = new vscode.EventEmitter<void>();
  private readonly listeners: vscode.Disposable[];
  /** What models work at now. */
  readonly activity = new Activity();
  /** A model was opened, closed or failed. */
  readonly onDidChange = this.changed.event;
  /** The progress of an opening, or a model's memory, is another now. */
  readonly onDidMeasure = this.measured.event;

  constructor(
    private readonly bundled: Record<Which, string>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const ids = [SETTINGS.provider, SETTINGS.baseModel, SETTINGS.reasoningModel];
    this.listeners = [
      vscode.workspace.onDidChangeConfiguration(event => {
        if (!ids.some(id => event.affectsConfiguration(id))) return;
        this.dropOutdated();
        this.changed.fire();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()),
    ];
  }

  /** The folder of a model. */
  folder(which: Which): string {
    return setting<string>(SETTINGS[`${which}Model`])?.trim() || this.bundled[which];
  }

  /** The folder of the model that comes with Doubletake. */
  bundledFolder(which: Which): string {
    return this.bundled[which];
  }

  /** What the setting asks for. */
  get provider(): ProviderChoice {
    return setting<ProviderChoice>(SETTINGS.provider) ?? 'auto';
  }

  /** Whether a model's process runs. */
  state(which: Which): ModelState {
    return this.models.get(which)?.state ?? 'closed';
  }

  /** All that views show of a model. */
  status(which: Which): ModelStatus {
    const folder = this.folder(which);
    const { state = 'closed', problem, progress, info } = this.models.get(which) ?? {};
    return { which, state, folder, bundled: folder === this.bundled[which], problem, progress, info };
  }

  /**
   * The running model, its process started if need be, and again if it ended. Throws a UserError in an untrusted workspace or
   * for a folder that cannot be used, a CancelledError if a person gives the opening up.
   */
  async use(which: Which): Promise<TextModel> {
    if (!vscode.workspace.isTrusted) throw new UserError(UNTRUSTED);
    this.dropOutdated();
    const model = this.models.get(which) ?? this.add(which);
    if (model.state === 'open' || model.state === 'opening') return model.use();
    const opening = model.use();
    void noticeOpening(`${which} model`, model, opening, this.onDidMeasure);
    const started = performance.now();
    const text = await opening;
    if (model.info) this.noteProvider(which, model.folder, model.info, performance.now() - started);
    return text;
  }

  /** Asks the open models' processes for their memory. */
  async measure(): Promise<void> {
    await Promise.all([...this.models.values()].map(model => model.measure()));
  }

  /** Ends a model's process, or gives up its start; the next use starts it again. */
  async close(which: Which): Promise<void> {
    const model = this.models.get(which);
    this.models.delete(which);
    await model?.close();
    this.changed.fire();
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    for (const which of WHICH) void this.close(which);
    this.activity.dispose();
    this.changed.dispose();
    this.measured.dispose();
  }

  private add(which: Which): RunningModel {
    const model = new RunningModel(this.folder(which), this.provider, {
      changed: () => {
        if (model.problem) this.log.warn(`The ${which} model failed: ${model.problem}`);
        this.changed.fire();
      },
      measured: () => this.measured.fire(),
    });
    this.models.set(which, model);
    return model;
  }

  /** Notes where a model runs, and says so if it is not where it was wanted. */
  private noteProvider(which: Which, folder: string, info: ModelInfo, milliseconds: number): void {
    this.log.info(`${folder} opened in ${milliseconds.toFixed(0)} ms: ${describeModel(info)}`);
    this.log[info.fellBack ? 'warn' : 'info'](`Provider ${info.provider}: ${info.providerReason}`);
    if (!info.fellBack || this.warned.has(folder)) return;
    this.warned.add(folder);
    void warnOfFallback(`${which} model`, info);
  }

  /** Closes models that the settings do not name any more, or not on this provider. */
  private dropOutdated(): void {
    for (const [which, { folder, provider }] of this.models)
      if (folder !== this.folder(which) || provider !== this.provider) void this.close(which);
  }
}
