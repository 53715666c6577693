import { PROJECTION_TRACE_CSS } from '../../webview/charts/projectionTrace';

/** Style of the report. It sets the variables that the charts read, for light and dark; hues after Okabe & Ito. */
export const REPORT_CSS = `
:root {
  color-scheme: light dark;
  --vscode-editor-background: #ffffff;
  --vscode-editor-foreground: #1d2733;
  --vscode-descriptionForeground: #626d79;
  --vscode-charts-blue: #0b69b3;
  --vscode-charts-orange: #c25400;
  --vscode-charts-purple: #96508a;
  --vscode-charts-green: #007f5c;
  --vscode-charts-red: #c62a45;
  --line: #d9dee4;
  --panel: #f5f7f9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --vscode-editor-background: #16191d;
    --vscode-editor-foreground: #e3e7eb;
    --vscode-descriptionForeground: #9ba5b0;
    --vscode-charts-blue: #56b0f0;
    --vscode-charts-orange: #f0974a;
    --vscode-charts-purple: #d79acb;
    --vscode-charts-green: #3ec69a;
    --vscode-charts-red: #ff7085;
    --line: #343a41;
    --panel: #1f2429;
  }
}
@media (forced-colors: active) {
  :root {
    --vscode-editor-background: Canvas;
    --vscode-editor-foreground: CanvasText;
    --vscode-descriptionForeground: CanvasText;
    --line: CanvasText;
    --panel: Canvas;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--vscode-editor-background); color: var(--vscode-editor-foreground); font: 16px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 50rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 0.25rem; }
h2 { font-size: 1.2rem; margin: 3rem 0 0.75rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 0.5rem; }
small { font-weight: normal; color: var(--vscode-descriptionForeground); }
.subtitle { color: var(--vscode-descriptionForeground); margin: 0 0 1.25rem; }
.summary { font-size: 1.06rem; }
.doubletake-empty { color: var(--vscode-descriptionForeground); font-style: italic; }
figure { margin: 0; }
figcaption { font-size: 0.92rem; margin-top: 0.5rem; }
figcaption p { margin: 0.25rem 0; }
.scroll { overflow-x: auto; }
.doubletake-chart { display: block; max-width: 100%; min-width: 36rem; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.7rem 0.4rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
th.number { text-align: right; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.verdict { white-space: nowrap; font-weight: 600; }
.holds .verdict { color: var(--vscode-charts-green); }
.fails .verdict { color: var(--vscode-charts-red); }
.unmeasured .verdict { color: var(--vscode-descriptionForeground); }
details { margin-top: 0.75rem; }
details .scroll { max-height: 26rem; overflow: auto; }
summary { cursor: pointer; color: var(--vscode-charts-blue); font-size: 0.92rem; }
:focus-visible { outline: 2px solid var(--vscode-charts-blue); outline-offset: 2px; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
.completion { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 0.8rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.92rem; unicode-bidi: isolate; max-height: 32rem; overflow: auto; }
mark.counted { color: inherit; background: color-mix(in srgb, var(--vscode-charts-red) 22%, transparent); border-bottom: 2px solid var(--vscode-charts-red); font-weight: 600; border-radius: 2px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1.25rem; font-size: 0.92rem; }
dt { color: var(--vscode-descriptionForeground); }
dd { margin: 0; overflow-wrap: anywhere; }
.command { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 0.7rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.85rem; }
q { font-style: italic; unicode-bidi: isolate; }
#fig6 .doubletake-trace { max-height: 34rem; overflow: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 0.8rem 1rem; font-size: 0.92rem; }
@media print { .scroll, .completion, .doubletake-trace { max-height: none; overflow: visible; } }
${PROJECTION_TRACE_CSS}
`.trim();
