/** Colours of a picture in one kind of theme; a hover's image does not see the theme's variables. */
export interface PictureColors {
  positive: string;
  negative: string;
  axis: string;
}

/** Colours for each kind of theme, each with at least 3:1 against its hover's background. */
export const PICTURE_COLORS: Record<'dark' | 'light' | 'highContrast' | 'highContrastLight', PictureColors> =
  {
    dark: { positive: '#e8a33d', negative: '#5aa9ff', axis: '#9a9a9a' },
    light: { positive: '#b45309', negative: '#1d5fd0', axis: '#6b6b6b' },
    highContrast: { positive: '#ffd000', negative: '#6cb6ff', axis: '#ffffff' },
    highContrastLight: { positive: '#7a4300', negative: '#003f9e', axis: '#000000' },
  };

const HEIGHT = 40;
const WIDEST = 320;

/**
 * Projections by layer as a small bar chart, an SVG for a Markdown image: the first layer on the left, bars up for
 * positive ones and down for negative, a mark under the layer that the vector belongs to.
 */
export function projectionPicture(
  projections: ArrayLike<number>,
  vectorLayer: number,
  { positive, negative, axis }: PictureColors,
): string {
  const values = Array.from(projections);
  const step = Math.min(12, Math.max(3, Math.floor(WIDEST / values.length)));
  const middle = HEIGHT / 2;
  const most = Math.max(...values.map(Math.abs), Number.MIN_VALUE);
  const bars = values.map((value, layer) => {
    const size = Math.max(1, (Math.abs(value) / most) * middle);
    const top = value >= 0 ? middle - size : middle;
    return `<rect x="${layer * step + 1}" y="${top.toFixed(1)}" width="${step - 2}" height="${size.toFixed(1)}" fill="${value >= 0 ? positive : negative}"/>`;
  });
  const width = values.length * step;
  const x = vectorLayer * step + step / 2;
  const mark = `<path d="M${x} ${HEIGHT + 2}l3 5h-6z" fill="${axis}"/>`;
  const line = `<path d="M0 ${middle}H${width}" stroke="${axis}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT + 8}">${bars.join('')}${line}${mark}</svg>`;
  return `data:image/svg+xml;base64,${btoa(svg)}`;
}

/** The same in words: "layer 0: 1.2, layer 1: −0.34". */
export function projectionText(projections: ArrayLike<number>): string {
  return Array.from(
    projections,
    (value, layer) => `layer ${layer}: ${String(Number(value.toPrecision(2))).replace('-', '−')}`,
  ).join(', ');
}
