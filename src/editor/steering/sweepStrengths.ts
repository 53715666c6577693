import * as vscode from 'vscode';
import { withCancel } from '../progress';
import { askInOrder, askText } from '../questions';
import { anySeed, endOf, rowStates, runSteered, type SteeredRequest } from './steeredRun';
import { KEPT, offerAgain, prepareSteering, type SteeringParts } from './steeringParts';
import { describeVector } from './steeringSet';
import { parseStrengths, strengthText } from './strengths';
import { sweepText } from './sweepText';

const REMEMBERED = 'doubletake.sweep';
/** Rows of one batch that a person waits for. */
const MOST_ROWS = 128;

/** What a sweep is asked for: strengths, and completions drawn for each. */
interface SweepChoice {
  strengths: number[];
  samples: number;
}

/** What a key binding or a test may give so that nothing is asked. */
export type SweepArguments = Partial<SweepChoice> & { seed?: number };

/**
 * Completes from the cursor with several strengths in one batch and with common seeds, into one read-only document: a table
 * that is kept up to date, then every completion. Resolves with the document.
 */
export async function sweepStrengths(
  parts: SteeringParts,
  { strengths, samples = 1, seed = anySeed() }: SweepArguments = {},
): Promise<vscode.Uri | undefined> {
  const prepared = await prepareSteering(parts);
  if (!prepared) return undefined;
  const choice = strengths ? { strengths, samples } : await askSweep(parts.memory);
  if (!choice) return undefined;
  const { model, start, vectors } = prepared;
  // Sample i has the same seed at every strength.
  const rows = choice.strengths.flatMap(strength =>
    Array.from({ length: choice.samples }, (_, sample) => ({ strength, seed: seed + sample })),
  );
  return sweep(parts, { model, start, vectors, rows }, choice.samples);
}

async function sweep(parts: SteeringParts, request: SteeredRequest, samples: number): Promise<vscode.Uri> {
  const { start, rows } = request;
  const states = rowStates(request);
  let over: string | undefined;
  const about = describeSweep(request, samples);
  const render = () =>
    sweepText(
      about,
      rows.map(({ strength }, row) => ({
        strength,
        sample: row % samples,
        text: states[row].text,
        measures: states[row].measures,
        ended: endOf(states[row], start) ?? over,
      })),
    );
  const document = parts.completions.begin(`${start.name} sweep.txt`, '');
  document.show(render);
  // Not beside the rollout: a table with its lines needs the width.
  await vscode.window.showTextDocument(document.uri, { preview: false });
  const title = `Sweeping ${rows.length} ${rows.length === 1 ? 'completion' : 'completions'}`;
  try {
    await withCancel(title, async (signal, report) => {
      const any = AbortSignal.any([signal, document.closed]);
      await runSteered(request, states, any, () => {
        document.show(render);
        report(Math.max(...states.map(({ tokens }) => tokens)), start.maxTokens, 'tokens each at most');
      });
    });
    over = 'cancelled';
  } catch (error) {
    over = 'broke off';
    void offerAgain(
      error,
      async () => sweep(parts, { ...request, model: await parts.pair.use('reasoning') }, samples),
      KEPT,
    );
  } finally {
    document.show(render);
  }
  return document.uri;
}

/** The lines above the table. */
function describeSweep({ model, start, vectors, rows }: SteeredRequest, samples: number): string[] {
  const names = vectors.map(describeVector);
  const { temperature, topP, topK, minP } = start.sampling;
  const sampling = [
    temperature === 0 ? 'greedy' : `temperature ${temperature}`,
    ...Object.entries({ 'top-p': topP, 'top-k': topK, 'min-p': minP }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name} ${value}`],
    ),
  ];
  const seeds =
    samples > 1 ? `seeds ${rows[0].seed} to ${rows[0].seed + samples - 1}` : `seed ${rows[0].seed}`;
  return [
    `Sweep of ${start.name} from character ${start.offset}, ${samples > 1 ? `${samples} samples for each strength` : 'one sample for each strength'}`,
    `${model.identity.name} + strength × ${names.join(' + ')}`,
    `${sampling.join(', ')}, ${seeds}, at most ${start.maxTokens} tokens`,
  ];
}

async function askSweep(memory: vscode.Memento): Promise<SweepChoice | undefined> {
  const choice = memory.get<SweepChoice>(REMEMBERED, { strengths: [0, 1, 2, 4, 8], samples: 1 });
  const given = await askInOrder('Sweep Strengths', [
    place =>
      askText(place, {
        prompt: 'Strengths: the vector is multiplied by each. Also 0..8 by 2',
        value: choice.strengths.map(strengthText).join(', '),
        parse: parseStrengths,
        onTyped: strengths => `${strengths.length} strengths: ${strengths.map(strengthText).join(', ')}`,
        onText: strengths => void (choice.strengths = strengths),
      }),
    place =>
      askText(place, {
        prompt: 'Completions for each strength, with a seed of their own',
        value: String(choice.samples),
        parse: text => parseSamples(text, choice.strengths.length),
        onTyped: samples => `${choice.strengths.length * samples} completions in one batch`,
        onText: samples => void (choice.samples = samples),
      }),
  ]);
  if (!given) return undefined;
  await memory.update(REMEMBERED, choice);
  return choice;
}

function parseSamples(text: string, strengths: number): number | string {
  const most = Math.floor(MOST_ROWS / strengths);
  const samples = Number(text);
  return /^\s*\d+\s*$/.test(text) && samples >= 1 && samples <= most
    ? samples
    : `A whole number from 1 to ${most}`;
}
