import { fixed, percent } from '../../webview/charts/numbers';
import type { ReproduceResults } from '../core/results';
import { escapeHtml } from './escapeHtml';
import { grouped } from './summary';

/** How many rollouts, sentences of each label and windows there were, and how long and stable the vectors are. */
export function countsSection({ rollouts, vectors }: ReproduceResults): string {
  const labels = Object.entries(rollouts.labels).map(([label, count]) =>
    pair(label, `${grouped(count)} sentences`),
  );
  const rows = vectors.map(
    v =>
      `<tr><td>${v.source}</td><td class="number">${fixed(v.norm, 3)}</td><td class="number">${fixed(v.meanNorm, 3)}</td><td class="number">${grouped(v.positives)}</td><td class="number">${grouped(v.windows)}</td><td class="number">${fixed(v.splitHalf)}</td></tr>`,
  );
  const table = `<div class="scroll"><table><thead><tr><th scope="col">vector</th><th scope="col" class="number">norm</th><th scope="col" class="number">norm of the mean activation</th><th scope="col" class="number">windows before backtracking</th><th scope="col" class="number">windows in all</th><th scope="col" class="number">split-half cosine</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
  return `<section id="counts"><h2>Counts</h2>
<dl>${pair('rollouts', grouped(rollouts.count))}${pair('tokens', grouped(rollouts.tokens))}${pair('b of the rollouts', percent(rollouts.b))}${labels.join('')}</dl>
${rows.length > 0 ? table : '<p class="doubletake-empty">No vector was computed.</p>'}
</section>`;
}

/** What repeats the run: command, seed, models by hash, seconds of each stage. */
export function makingSection({
  base,
  reasoning,
  settings,
  seconds,
  choice,
  toolVersion,
}: ReproduceResults): string {
  const model = ({ name, hash, layers, dModel }: ReproduceResults['base']) =>
    `<bdi>${escapeHtml(name)}</bdi>, ${layers} layers of width ${dModel}, <code>${escapeHtml(hash)}</code>`;
  const stages = Object.entries(seconds);
  const total = stages.reduce((sum, [, value]) => sum + value, 0);
  const took = stages.map(([stage, value]) => pair(stage, `${fixed(value, 1)} s`));
  return `<section id="making"><h2>How it was made</h2>
<pre class="command">${escapeHtml(settings.command)}</pre>
<dl>${pair('doubletake', toolVersion)}${pair('seed', String(settings.seed))}${pair('prompts steered on', grouped(settings.prompts))}${pair('layer and window', `resid_post.${choice.layer}, ${choice.length} tokens from ${fixed(choice.offset, 0)}`)}
<dt>base model</dt><dd>${model(base)}</dd><dt>reasoning model</dt><dd>${model(reasoning)}</dd></dl>
<h3>Seconds of each stage</h3>
${took.length > 0 ? `<dl>${took.join('')}${pair('together', `${fixed(total, 1)} s`)}</dl>` : '<p class="doubletake-empty">No stage was timed.</p>'}
</section>`;
}

function pair(term: string, value: string): string {
  return `<dt dir="auto">${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`;
}
