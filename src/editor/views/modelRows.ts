import { basename } from 'node:path';
import { PROVIDER_NAMES } from '../../model/providers';
import { describePlace, providerName } from '../models/modelFacts';
import { formatBytes } from '../models/modelFolder';
import type { ModelStatus } from '../models/modelPair';
import { escapeMarkdown } from '../rollout/markdown';

/** A row under a model: a name and its value, with the whole of it for the pointer. */
export interface FactRow {
  name: string;
  value: string;
  tooltip?: string;
}

/** Behind a model's name: where it runs, or why it does not. */
export function stateText({ state, info, progress, problem }: ModelStatus, trusted: boolean): string {
  if (!trusted) return 'not in an untrusted workspace';
  if (state === 'open' && info) return describePlace(info);
  if (state === 'opening') return progress ? `opening, ${percent(progress)} converted` : 'opening';
  if (state === 'failed') return problem ?? 'failed';
  return 'not loaded';
}

/** The rows under a model. */
export function factRows(status: ModelStatus): FactRow[] {
  const { folder, bundled, info, problem } = status;
  const from = {
    name: 'folder',
    value: bundled ? 'bundled with Doubletake' : basename(folder),
    tooltip: folder,
  };
  if (!info) return problem ? [{ name: 'failed', value: problem }, from] : [from];
  const { architecture, layers, dModel, vocabulary, maxPositions, provider, providerReason } = info;
  return [
    { name: providerName(provider), value: providerReason, tooltip: `${providerReason}.` },
    { name: formatBytes(info.memory), value: 'of memory', tooltip: 'Resident memory of its processes now' },
    {
      name: architecture,
      value: `${layers} layers, d ${dModel}`,
      tooltip: 'd: width of the residual stream',
    },
    { name: `${vocabulary} tokens`, value: `in the vocabulary, ${maxPositions} in a text at most` },
    from,
  ];
}

/** All of a model as Markdown. */
export function modelTooltip(status: ModelStatus, trusted: boolean): string {
  const { which, folder, info, problem } = status;
  const lines = [
    `**${which === 'base' ? 'Base' : 'Reasoning'} model**`,
    escapeMarkdown(folder),
    which === 'base'
      ? 'Its activations give the vectors, as in the paper.'
      : 'It is steered, and looked through by the logit lens.',
  ];
  if (!trusted) lines.push('No model is loaded in a workspace that is not trusted.');
  else if (problem) lines.push(`$(error) ${escapeMarkdown(problem)}`);
  else if (!info) lines.push('Nothing is loaded before it is asked for.');
  if (info) {
    lines.push(
      `${escapeMarkdown(info.architecture)} · ${info.layers} layers · d ${info.dModel} · vocabulary ${info.vocabulary} · ${info.maxPositions} positions`,
      `${info.fellBack ? '$(warning) ' : ''}Runs on ${PROVIDER_NAMES[info.provider]}: ${escapeMarkdown(info.providerReason)}. ${formatBytes(info.memory)} of memory.`,
    );
  }
  return lines.join('\n\n');
}

/** "40 %". */
export function percent({ done, total }: { done: number; total: number }): string {
  return `${Math.floor((100 * done) / Math.max(total, 1))} %`;
}
