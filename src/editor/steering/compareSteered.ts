import * as vscode from 'vscode';
import { withCancel } from '../progress';
import { describeMeasures } from './completionMeasures';
import { anySeed, rowStates, runSteered, type SteeredRequest } from './steeredRun';
import type { SteeringArguments } from './steerFromCursor';
import { KEPT, offerAgain, prepareSteering, type SteeringParts } from './steeringParts';
import { startText } from './steeringStart';
import { askStrength } from './strengthBox';
import { strengthText } from './strengths';

/**
 * Continues the rollout from the cursor twice with one seed, unsteered on the left and steered on the right of a diff
 * editor, both streaming. A cursor in the prompt starts the response anew.
 */
export async function compareSteered(
  parts: SteeringParts,
  { strength, seed = anySeed() }: SteeringArguments = {},
): Promise<void> {
  const prepared = await prepareSteering(parts);
  if (!prepared) return;
  const { model, start, vectors } = prepared;
  const chosen =
    strength ??
    (await askStrength({
      title: 'Compare Steered with Unsteered',
      enter: 'Enter shows both side by side',
      vectors,
      memory: parts.memory,
    }));
  if (chosen === undefined) return;
  const rows = [0, chosen].map(strength => ({ strength, seed }));
  await compare(parts, { model, start, vectors, rows });
}

async function compare(parts: SteeringParts, request: SteeredRequest): Promise<void> {
  const { model, start, rows } = request;
  const states = rowStates(request);
  const names = ['unsteered', `strength ${strengthText(rows[1].strength)}`];
  let running = true;
  const sides = names.map((name, row) => {
    const side = parts.completions.begin(`${start.name}.${name}.rollout.txt`, startText(start));
    side.steered = { request, row, state: states[row], running: () => running };
    return side;
  });
  const title = `${start.name}: unsteered ↔ ${names[1]}`;
  const end = (await vscode.workspace.openTextDocument(sides[1].uri)).positionAt(startText(start).length);
  // A tab of its own: what was drawn must not go with the next file that is looked at.
  const options = { selection: new vscode.Range(end, end), preview: false };
  await vscode.commands.executeCommand('vscode.diff', sides[0].uri, sides[1].uri, title, options);
  try {
    const whole = await withCancel(`Steering ${model.identity.name}`, async (signal, report) => {
      const any = AbortSignal.any([signal, ...sides.map(({ closed }) => closed)]);
      await runSteered(request, states, any, (row, added) => {
        sides[row].append(added);
        report(Math.max(...states.map(({ tokens }) => tokens)), start.maxTokens, 'tokens at most');
      });
      return true;
    });
    if (!whole) return;
  } catch (error) {
    running = false;
    void offerAgain(
      error,
      // The model may have been closed meanwhile, or opened elsewhere.
      async () => compare(parts, { ...request, model: await parts.pair.use('reasoning') }),
      KEPT,
    );
    return;
  } finally {
    running = false;
  }
  const [unsteered, steered] = states.map(({ measures }) => describeMeasures(measures));
  vscode.window.setStatusBarMessage(`Unsteered: ${unsteered}. Steered: ${steered}`, 15_000);
}
