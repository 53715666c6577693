import type { Finding, ReproduceResults } from '../core/results';
import { escapeHtml } from './escapeHtml';
import { exampleSection } from './exampleSection';
import { type Figure, figures } from './figures';
import { htmlTable } from './htmlTable';
import { markup } from './markup';
import { countsSection, makingSection } from './provenanceSections';
import { REPORT_CSS } from './reportCss';
import { summary } from './summary';
import { verdictWords } from './tables';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** The report of `doubletake reproduce`: one HTML file with nothing outside itself, no script, and every text escaped. */
export function renderReport(results: ReproduceResults): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Doubletake: ${escapeHtml(results.reasoning.name)} and ${escapeHtml(results.base.name)}</title>
<style>
${REPORT_CSS}
</style>
</head>
<body>
<main>
<header>
<h1>Does the base model hold the latent of backtracking?</h1>
<p class="subtitle">Ward, Lin, Venhoff &amp; Nanda (arXiv 2507.12638) repeated on <bdi>${escapeHtml(results.reasoning.name)}</bdi> and its base model <bdi>${escapeHtml(results.base.name)}</bdi></p>
<p class="summary">${escapeHtml(summary(results))}</p>
</header>
${findingsSection(results.findings)}
${figures(results).map(figureSection).join('\n')}
${exampleSection(results.example)}
${countsSection(results)}
${makingSection(results)}
</main>
</body>
</html>
`;
}

const MARKS = new Map<boolean | null, [mark: string, name: string]>([
  [true, ['✓', 'holds']],
  [false, ['✗', 'fails']],
  [null, ['?', 'unmeasured']],
]);

function findingsSection(findings: readonly Finding[]): string {
  const rows = findings.map(({ claim, holds, evidence }) => {
    const [mark, name] = MARKS.get(holds)!;
    return `<tr class="${name}"><td>${escapeHtml(claim)}</td><td class="verdict"><span aria-hidden="true">${mark}</span> ${verdictWords(holds)}</td><td>${escapeHtml(evidence)}</td></tr>`;
  });
  const table = `<div class="scroll"><table class="findings"><thead><tr><th scope="col">Claim of the paper</th><th scope="col">Here</th><th scope="col">Evidence</th></tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
  return `<section id="findings"><h2>Findings</h2>\n${rows.length > 0 ? table : '<p class="doubletake-empty">No finding was judged.</p>'}\n</section>`;
}

function figureSection({ id, title, chart, caption, table }: Figure): string {
  const details =
    table.rows.length > 0
      ? `\n<details><summary>View as table</summary>${htmlTable(table, `${title}, as a table`)}</details>`
      : '';
  return `<section id="${id}"><h2>${escapeHtml(title)}</h2>
<figure>
<div class="scroll">${markup(chart)}</div>
<figcaption><p><b>Here.</b> ${escapeHtml(caption.here)}</p><p><b>In the paper.</b> ${escapeHtml(caption.paper)}</p><p><b>Measured.</b> ${escapeHtml(caption.measured)}</p></figcaption>
</figure>${details}
</section>`;
}
