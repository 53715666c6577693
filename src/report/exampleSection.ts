import { percent, short } from '../../webview/charts/numbers';
import { keywordRate, words } from '../core/keywordRate';
import type { ReproduceResults } from '../core/results';
import { escapeHtml } from './escapeHtml';
import { markedWords } from './markedWords';

/** One prompt, unsteered beside steered, with the words that b counts marked. */
export function exampleSection(example: ReproduceResults['example']): string {
  const inner = example
    ? `<p>The prompt: <q dir="auto">${escapeHtml(example.prompt)}</q> Both columns use the same seed.</p>
<div class="columns">${column('Unsteered', example.unsteered)}${column(`Steered, strength ${short(example.strength)}`, example.steered)}</div>`
    : '<p class="doubletake-empty">No completion was kept.</p>';
  return `<section id="example"><h2>One completion, without and with the vector</h2>\n${inner}\n</section>`;
}

function column(title: string, text: string): string {
  const marked = markedWords(text)
    .map(part =>
      part.counted ? `<mark class="counted">${escapeHtml(part.text)}</mark>` : escapeHtml(part.text),
    )
    .join('');
  const rate = `${percent(keywordRate(text))} of ${words(text).length} words`;
  return `<article><h3>${escapeHtml(title)} <small>b ${rate}</small></h3><div class="completion" dir="auto">${marked}</div></article>`;
}
