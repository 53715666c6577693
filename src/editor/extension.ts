import * as vscode from 'vscode';
import { type DoubletakeApi, makeApi } from './api';
import { makeDecorationTypes } from './decorations/decorationTypes';
import { Decorator } from './decorations/decorator';
import { Display } from './decorations/display';
import { Shading } from './decorations/shading';
import { shadingCommand } from './decorations/shadingCommand';
import { Diagnostics } from './documents/diagnostics';
import { RolloutDocuments } from './documents/rolloutDocuments';
import { TokenizerSource } from './documents/tokenizerSource';
import { COMMANDS } from './ids';
import { AnnotationMode } from './labelling/annotationMode';
import { type Commands, labelCommands } from './labelling/labelCommands';
import { watchUndoKeys } from './labelling/undoKeys';
import { registerLanguageFeatures } from './language/languageFeatures';
import { lensFeature } from './lens/lensFeature';
import { CheckReports } from './models/checkReport';
import { computeVector } from './models/computeVector';
import { modelCommands } from './models/modelCommands';
import { ModelPair } from './models/modelPair';
import { renameCompanions } from './renameCompanions';
import { Completions } from './steering/completions';
import { steeringCommands } from './steering/steeringCommands';
import { SteeringSet } from './steering/steeringSet';
import { notify, tellError } from './tellError';
import { viewCommands } from './viewCommands';
import { ModelsView } from './views/modelsView';
import { SideBar } from './views/sideBar';
import { StatusItem } from './views/statusItem';

/** Builds the objects and hands them down. A failure is logged and shown. */
export function activate(context: vscode.ExtensionContext): DoubletakeApi {
  const log = vscode.window.createOutputChannel('Doubletake', { log: true });
  context.subscriptions.push(log);
  try {
    return build(context, log);
  } catch (error) {
    log.error(error as Error);
    void vscode.window.showErrorMessage(`Doubletake could not start: ${(error as Error).message}`);
    throw error;
  }
}

function build(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): DoubletakeApi {
  const started = performance.now();
  const report = (error: unknown) => void notify(log, error);
  const documents = new RolloutDocuments(report);
  const source = new TokenizerSource(context.asAbsolutePath('models/reasoning'), log);
  const display = new Display(context.workspaceState);
  const types = makeDecorationTypes(vscode.Uri.joinPath(context.extensionUri, 'media'));
  const mode = new AnnotationMode(documents, types);
  const showing = mode.onDidChange(() => display.setAnnotating(mode.active));
  const diagnostics = new Diagnostics(documents);
  const folders = {
    base: context.asAbsolutePath('models/base'),
    reasoning: context.asAbsolutePath('models/reasoning'),
  };
  const pair = new ModelPair(folders, log);
  const models = new ModelsView(pair, source);
  const reports = new CheckReports();
  const set = new SteeringSet(context.workspaceState);
  const shading = new Shading(documents, source, pair, set, context.workspaceState, report);
  const decorator = new Decorator(types, documents, source, display, shading, report);
  const status = new StatusItem(documents, source, display, mode, pair, shading);
  const sideBar = new SideBar(context, documents, set);
  const completions = new Completions();
  const lens = lensFeature(context.extensionUri, documents, source, pair, set, report);
  const steering = { documents, source, pair, set, completions, memory: context.workspaceState };
  const runtime = context.asAbsolutePath('node_modules/onnxruntime-node');
  const commands: Commands = {
    ...lens.commands,
    ...modelCommands(pair, reports, context.globalState, runtime),
    ...steeringCommands(steering),
    [COMMANDS.computeVector]: () => computeVector(steering, display),
    ...labelCommands(documents, () => mode.active),
    ...shadingCommand(documents, shading, pair, set),
    ...viewCommands(documents, display, mode, log),
    ...sideBar.commands,
  };
  const registered = Object.entries(commands).map(([id, run]) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        tellError(log, error);
      }
    }),
  );
  context.subscriptions.push(
    ...registered,
    ...lens.disposables,
    ...registerLanguageFeatures(documents, source, display, shading),
    watchUndoKeys(documents),
    renameCompanions(),
    ...[
      showing,
      completions,
      shading,
      sideBar,
      set,
      pair,
      status,
      models,
      reports,
      decorator,
      diagnostics,
      mode,
      types,
      display,
      source,
      documents,
    ],
  );
  const activationTime = performance.now() - started;
  log.info(`Activated in ${activationTime.toFixed(1)} ms`);
  return makeApi({
    documents,
    source,
    display,
    decorator,
    pair,
    shading,
    sideBar,
    set,
    activationTime,
  });
}
