import type { ChartElement } from '../../webview/charts/surface';
import { escapeHtml } from './escapeHtml';

/** What serialising reads of a node. */
interface MarkupNode {
  readonly nodeType: number;
  readonly localName?: string;
  readonly attributes?: ArrayLike<{ name: string; value: string }>;
  readonly childNodes: ArrayLike<MarkupNode>;
  readonly textContent: string | null;
}

const TEXT = 3;

/**
 * An element as markup that is good HTML and good XML. `outerHTML` of a document without a window leaves `<`, `&` and control
 * characters in attributes as they are, which HTML allows and an SVG file does not.
 */
export function markup(element: ChartElement): string {
  return nodeMarkup(element as unknown as MarkupNode);
}

function nodeMarkup(node: MarkupNode): string {
  if (node.nodeType === TEXT) return escapeHtml(node.textContent ?? '');
  const attributes = Array.from(
    node.attributes ?? [],
    ({ name, value }) => ` ${name}="${escapeHtml(value)}"`,
  );
  const children = Array.from(node.childNodes, nodeMarkup).join('');
  return `<${node.localName}${attributes.join('')}>${children}</${node.localName}>`;
}
