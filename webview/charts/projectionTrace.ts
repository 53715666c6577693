import type { ProjectedTrace } from '../../src/core/results';
import { emptyChart } from './finishSvg';
import type { ChartElement, ChartOptions } from './surface';

/** Steps of shading on either side of zero; more are not told apart behind text. */
export const SHADES = 5;

/**
 * Fig. 6 as HTML: the text of a trace, each token shaded by its centred projection on v (blue along v, orange against it),
 * backtracking starts outlined in red, underlined and marked ↺. Shades are classes, styled by `PROJECTION_TRACE_CSS`.
 */
export function projectionTrace(trace: ProjectedTrace | null, { document }: ChartOptions): ChartElement {
  if (!trace || trace.tokens.length === 0)
    return emptyChart(document, 'No trace was projected on the vector.');
  const reach = Math.max(
    ...trace.tokens.map(({ projection }) => (Number.isFinite(projection) ? Math.abs(projection) : 0)),
    1e-9,
  );
  const starts = trace.tokens.filter(({ backtracking }) => backtracking).length;
  const text = document.createElement('div');
  text.setAttribute('class', 'doubletake-trace');
  text.setAttribute('role', 'group');
  text.setAttribute('dir', 'auto');
  text.setAttribute(
    'aria-label',
    `A trace of ${trace.tokens.length} tokens shaded by their projection on the vector; ${starts} backtracking starts are marked ↺.`,
  );
  for (const { text: token, projection, backtracking } of trace.tokens) {
    const level = Number.isFinite(projection) ? Math.round((SHADES * projection) / reach) : 0;
    const span = document.createElement(backtracking ? 'mark' : 'span');
    const shade = level === 0 ? '' : level > 0 ? `along-${level}` : `against-${-level}`;
    span.setAttribute('class', [backtracking ? 'backtracking' : '', shade].filter(Boolean).join(' '));
    if (Number.isFinite(projection))
      span.setAttribute(
        'title',
        `projection ${projection.toFixed(2)}${backtracking ? ', backtracking starts here' : ''}`,
      );
    // A token of a word begins with its space: outside the outline, so that the mark stays with its word.
    const space = backtracking ? (/^\s*/.exec(token)?.[0] ?? '') : '';
    span.append(token.slice(space.length));
    text.append(...(space ? [space] : []), span);
  }
  return text;
}

/** Style of `projectionTrace`, for the report and the panel. */
export const PROJECTION_TRACE_CSS = [
  '.doubletake-trace { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.9; unicode-bidi: isolate; }',
  '.doubletake-trace span, .doubletake-trace mark { color: inherit; background: transparent; border-radius: 2px; padding: 0.12em 0; }',
  ...Array.from({ length: SHADES }, (_, i) => i + 1).flatMap(level => [
    shade(`along-${level}`, 'var(--vscode-charts-blue, #2a7fd4)', level),
    shade(`against-${level}`, 'var(--vscode-charts-orange, #d1701c)', level),
  ]),
  '.doubletake-trace .backtracking { outline: 2px solid var(--vscode-charts-red, #d33d4d); outline-offset: 1px; text-decoration: underline wavy var(--vscode-charts-red, #d33d4d); font-weight: 600; white-space: nowrap; padding-inline: 2px; }',
  '.doubletake-trace .backtracking::before { content: "↺\\2060"; color: var(--vscode-charts-red, #d33d4d); text-decoration: none; }',
].join('\n');

function shade(name: string, colour: string, level: number): string {
  return `.doubletake-trace .${name} { background: color-mix(in srgb, ${colour} ${level * 11}%, transparent); }`;
}
