import { DOMParser } from 'linkedom';
import type { ChartDocument } from '../../webview/charts/surface';

/** A document without a window, in which charts are drawn in Node; a fresh one for each report. */
export function svgDocument(): ChartDocument {
  return new DOMParser().parseFromString(
    '<!doctype html><html><body></body></html>',
    'text/html',
  ) as unknown as ChartDocument;
}
