import { describePlace, providerName } from '../models/modelFacts';
import { formatBytes } from '../models/modelFolder';
import type { ModelStatus } from '../models/modelPair';
import { escapeMarkdown } from '../rollout/markdown';
import { percent } from './modelRows';

/** What the status item says of the models; empty while none was asked for. */
export function modelsText(statuses: readonly ModelStatus[], activity: string | undefined): string {
  const opening = statuses.find(({ state }) => state === 'opening');
  if (activity) return `$(loading~spin) ${activity}`;
  if (opening) {
    const { which, progress } = opening;
    return `$(loading~spin) opening ${which}${progress ? ` ${percent(progress)}` : ''}`;
  }
  const failed = statuses.filter(({ state }) => state === 'failed').map(({ which }) => `${which}: failed`);
  // Models on the same provider are told together: "reasoning, base: CPU 380 MB".
  const places = new Map<string, { names: string[]; memory: number }>();
  for (const { which, info } of statuses) {
    if (!info) continue;
    const place = providerName(info.provider);
    const { names = [], memory = 0 } = places.get(place) ?? {};
    places.set(place, { names: [...names, which], memory: memory + info.memory });
  }
  const open = [...places].map(
    ([place, { names, memory }]) => `${names.join(', ')}: ${place} ${formatBytes(memory)}`,
  );
  return [...failed, ...open].join(', ');
}

/** Whether a person should look: a model failed, or a provider that was wanted is not used. */
export function isWarning(statuses: readonly ModelStatus[]): boolean {
  return statuses.some(({ state, info }) => state === 'failed' || info?.fellBack);
}

/** Lines of the tooltip, Markdown with links by `link`. */
export function modelLines(
  statuses: readonly ModelStatus[],
  trusted: boolean,
  link: (title: string, act: 'open' | 'close' | 'check', which: ModelStatus['which']) => string,
): string[] {
  if (!trusted) return ['Models: not run in a workspace that is not trusted'];
  return statuses.map(({ which, state, info, problem, progress }) => {
    const name = which === 'base' ? 'Base model' : 'Reasoning model';
    const check = link('check', 'check', which);
    if (info) {
      const close = link('close', 'close', which);
      const mark = info.fellBack ? '$(warning)' : '$(pass-filled)';
      return `${mark} ${name}: ${describePlace(info)} · ${check} · ${close}  \n${escapeMarkdown(info.providerReason)}`;
    }
    if (state === 'opening')
      return `$(loading~spin) ${name}: opening${progress ? `, ${percent(progress)} converted` : ''} · ${link('cancel', 'close', which)}`;
    if (state === 'failed')
      return `$(error) ${name}: ${escapeMarkdown(problem ?? 'failed')} · ${link('start again', 'open', which)}`;
    return `$(circle-outline) ${name}: not loaded · ${link('open', 'open', which)}`;
  });
}
