/**
 * The part of the DOM that a chart asks of whoever draws it. A webview passes its own document, Node a document without a
 * window; stated here rather than taken from lib.dom, so that the report compiles in a world without the DOM.
 */
export interface ChartDocument {
  createElement(name: string): ChartElement;
  createElementNS(namespace: string, name: string): ChartElement;
}

/** An SVG (or, where there is nothing to draw, HTML) element made by a chart. */
export interface ChartElement {
  readonly outerHTML: string;
  readonly attributes: ArrayLike<{ name: string; value: string }>;
  textContent: string | null;
  setAttribute(name: string, value: string): void;
  append(...nodes: (ChartElement | string)[]): void;
  prepend(...nodes: (ChartElement | string)[]): void;
  remove(): void;
  querySelectorAll(selector: string): ArrayLike<ChartElement>;
}

/** What every chart takes beside its data. Sizes in CSS pixels; colours come from CSS variables (`palette.ts`). */
export interface ChartOptions {
  document: ChartDocument;
  width?: number;
  height?: number;
}

/** Width of a chart when none is asked for, in CSS pixels: fits a report column and half a wide panel. */
export const DEFAULT_WIDTH = 720;
