import type { ChartDocument, ChartElement } from './surface';

// A tenth of a pixel is below what a screen shows; rounding keeps snapshots equal across machines and files small.
const LONG_DECIMAL = /-?\d+\.\d{2,}(?:e-?\d+)?/g;

/** How a chart is announced. */
export interface ChartText {
  /** Short name, such as "b against strength". */
  name: string;
  /** One sentence on what it shows, with the numbers. */
  description: string;
}

/**
 * Readies a plot for a page with a strict content security policy and for screen readers: no `<style>`, no inline style,
 * role, name and description on the root, coordinates rounded to a tenth of a pixel.
 */
export function finishSvg(plot: unknown, { name, description }: ChartText): ChartElement {
  const svg = plot as ChartElement;
  for (const style of Array.from(svg.querySelectorAll('style'))) style.remove();
  for (const element of [svg, ...Array.from(svg.querySelectorAll('*'))]) {
    for (const attribute of Array.from(element.attributes)) {
      if (attribute.name.startsWith('aria-')) continue;
      const rounded = attribute.value.replace(LONG_DECIMAL, number =>
        String(Number(Number(number).toFixed(1))),
      );
      if (rounded !== attribute.value) element.setAttribute(attribute.name, rounded);
    }
  }
  svg.setAttribute('class', 'doubletake-chart');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', name);
  svg.setAttribute('aria-description', description);
  return svg;
}

/** The sentence that stands where a chart has nothing to draw. */
export function emptyChart(document: ChartDocument, sentence: string): ChartElement {
  const paragraph = document.createElement('p');
  paragraph.setAttribute('class', 'doubletake-empty');
  paragraph.textContent = sentence;
  return paragraph;
}
