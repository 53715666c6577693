import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { LABELS } from '../../core/labels';
import { makeFolder } from '../../files/rolloutFolder';
import { makeVector } from '../../study/makeVector';
import type { Display } from '../decorations/display';
import { activeRollout } from '../documents/activeRollout';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { withCancel } from '../progress';
import type { SteeringSet } from '../steering/steeringSet';
import type { ModelPair, Which } from './modelPair';

/** Computes a difference-of-means vector from the folder of the active rollout: model, label and layer are asked in order. */
export async function computeVector(
  documents: RolloutDocuments,
  display: Display,
  pair: ModelPair,
  set: SteeringSet,
): Promise<void> {
  const { editor } = await activeRollout(documents);
  const { uri } = editor.document;
  if (uri.scheme !== 'file')
    throw new UserError(
      'Save the rollout in a folder first: a vector is computed from all rollouts of a folder',
    );
  const folder = dirname(uri.fsPath);
  const which = await pickModel(pair);
  if (!which) return;
  const label = await vscode.window.showQuickPick([...LABELS].reverse(), {
    placeHolder: 'Windows before sentences with which label?',
  });
  if (!label) return;
  const model = await pair.use(which);
  const layer = await askLayer(model.identity.layers);
  if (layer === undefined) return;
  const { offset, length } = display.windowOf(uri);
  const out = join(folder, 'vectors', `${label}.${which}.layer${layer}.safetensors`);
  await makeFolder(dirname(out));
  let summary = '';
  await withCancel(`Reading rollouts with ${model.identity.name}`, async (signal, report) => {
    const request = { label, layer, offset, length };
    const onProgress = (done: number, total: number) => report(done, total, 'tokens');
    const { result } = await makeVector(model, folder, request, out, { signal, onProgress });
    const stability =
      result.splitHalfCosine === null ? '' : `, split-half cosine ${result.splitHalfCosine.toFixed(2)}`;
    summary = `${result.positives} ${label} windows of ${result.windows}, norm ${result.norm.toPrecision(3)}${stability}`;
  });
  if (!summary) return;
  await set.activate(out);
  void vscode.window.showInformationMessage(`${out} is the active vector now: ${summary}.`);
}

async function pickModel(pair: ModelPair): Promise<Which | undefined> {
  const item = (which: Which, detail: string) => ({
    label: `${which} model`,
    description: pair.folder(which),
    detail,
    which,
  });
  const picked = await vscode.window.showQuickPick(
    [
      item(
        'base',
        'Base-derived: the paper’s vector, from the base model reading the reasoning model’s rollouts',
      ),
      item('reasoning', 'Reasoning-derived: from the model that wrote the rollouts'),
    ],
    { placeHolder: 'Whose activations?' },
  );
  return picked?.which;
}

async function askLayer(layers: number): Promise<number | undefined> {
  const third = Math.round((10 / 32) * layers);
  const typed = await vscode.window.showInputBox({
    title: 'Layer',
    prompt: `resid_post of which block, 0 to ${layers - 1}? The paper's is a third of the way`,
    value: String(third),
    validateInput: value =>
      /^\d+$/.test(value) && Number(value) < layers ? undefined : `A whole number from 0 to ${layers - 1}`,
  });
  return typed === undefined ? undefined : Number(typed);
}
