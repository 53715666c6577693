/** Colours of the charts: VS Code's chart colours where they are set, else mid tones that read on white and on black. */
export const PALETTE = {
  /** The base-derived vector, the protagonist of every figure. */
  ours: 'var(--vscode-charts-blue, #2a7fd4)',
  /** The reasoning-derived vector. */
  theirs: 'var(--vscode-charts-orange, #d1701c)',
  /** Controls and other labels, which are told apart by their labels, not by their hue. */
  quiet: 'var(--vscode-descriptionForeground, #808080)',
  /** A third and fourth hue, where a control needs one. */
  third: 'var(--vscode-charts-purple, #a06cc0)',
  fourth: 'var(--vscode-charts-green, #2e9c6b)',
  ink: 'currentColor',
  paper: 'var(--vscode-editor-background, Canvas)',
} as const;

/** Dash patterns that tell series apart without colour. */
export const DASHES = { solid: undefined, dashed: '6 4', dotted: '1.5 3.5' } as const;
