import * as vscode from 'vscode';
import { LABELS } from '../../core/labels';
import { COLORS } from '../ids';
import { shadeLine } from '../rollout/shadeScale';

/** How a label's underline is drawn, so that it is told by more than its colour: its key stands before it as well. */
export const LABEL_STYLES: readonly { label: string; color: string; line: string; mark: string }[] = [
  { label: LABELS[0], color: COLORS.initializing, line: 'solid', mark: '①' },
  { label: LABELS[1], color: COLORS.deduction, line: 'dotted', mark: '②' },
  { label: LABELS[2], color: COLORS.addingKnowledge, line: 'dashed', mark: '③' },
  { label: LABELS[3], color: COLORS.exampleTesting, line: 'double', mark: '④' },
  { label: LABELS[4], color: COLORS.uncertaintyEstimation, line: 'wavy', mark: '⑤' },
  { label: LABELS[5], color: COLORS.backtracking, line: 'solid', mark: '⑥' },
  { label: '', color: COLORS.otherLabel, line: 'dashed', mark: '○' },
];

/** Colours of the steps of the shading, weakest first: [above the mean or above 0, below the mean]. */
export const SHADE_COLORS: readonly (readonly [above: string, below: string])[] = [
  [COLORS.positive1, COLORS.negative1],
  [COLORS.positive2, COLORS.negative2],
  [COLORS.positive3, COLORS.negative3],
  [COLORS.positive4, COLORS.negative4],
];

/** The decoration types, made once; `labels` by label, any other label under ''. */
export interface DecorationTypes extends vscode.Disposable {
  window: vscode.TextEditorDecorationType;
  /** A window in a shaded text: its outline alone, since its fill would mix with the shades to colours that mean nothing. */
  shadedWindow: vscode.TextEditorDecorationType;
  start: vscode.TextEditorDecorationType;
  /** Marks in the overview ruler, types of their own: every key would send those of a whole text again. */
  rulerWindow: vscode.TextEditorDecorationType;
  rulerStart: vscode.TextEditorDecorationType;
  tokenBoundary: vscode.TextEditorDecorationType;
  currentSentence: vscode.TextEditorDecorationType;
  labels: ReadonlyMap<string, vscode.TextEditorDecorationType>;
  /** By step −4 … −1, 1 … 4. */
  shades: ReadonlyMap<number, vscode.TextEditorDecorationType>;
  /** Each of them. */
  all: readonly vscode.TextEditorDecorationType[];
}

/** Makes them. `media` is the folder of the gutter icons. */
export function makeDecorationTypes(media: vscode.Uri): DecorationTypes {
  const color = (id: string) => new vscode.ThemeColor(id);
  const icon = (name: string) => vscode.Uri.joinPath(media, name);
  const rangeBehavior = vscode.DecorationRangeBehavior.ClosedClosed;
  const make = vscode.window.createTextEditorDecorationType;
  const window = make({
    backgroundColor: color(COLORS.windowBackground),
    borderColor: color(COLORS.windowBorder),
    borderStyle: 'dotted',
    borderWidth: '0 0 1px 0',
    rangeBehavior,
  });
  const shadedWindow = make({
    borderColor: color(COLORS.rulerWindow),
    borderStyle: 'dashed',
    borderWidth: '2px',
    rangeBehavior,
  });
  const rulerWindow = make({
    overviewRulerColor: color(COLORS.rulerWindow),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    rangeBehavior,
  });
  const rulerStart = make({
    overviewRulerColor: color(COLORS.rulerBacktracking),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
    rangeBehavior,
  });
  const start = make({
    borderColor: color(COLORS.backtrackingBorder),
    borderStyle: 'solid',
    borderWidth: '2px',
    borderRadius: '2px',
    fontWeight: 'bold',
    light: { gutterIconPath: icon('backtracking-light.svg') },
    dark: { gutterIconPath: icon('backtracking-dark.svg') },
    gutterIconSize: 'contain',
    rangeBehavior,
  });
  const tokenBoundary = make({
    borderColor: color(COLORS.tokenBoundary),
    borderStyle: 'solid',
    borderWidth: '0 0 0 1px',
    rangeBehavior,
  });
  const currentSentence = make({
    outlineColor: color(COLORS.currentSentence),
    outlineStyle: 'solid',
    outlineWidth: '1px',
    rangeBehavior,
  });
  const labels = new Map(
    LABEL_STYLES.map(({ label, color: id, line, mark }) => [
      label,
      make({
        // A text decoration rather than a border: several borders on one stretch would hide one another.
        textDecoration: `underline ${line} var(--vscode-${id.replaceAll('.', '-')}) 2px; text-underline-offset: 3px`,
        before: { contentText: mark, color: color(id), margin: '0 0.15em 0 0' },
        rangeBehavior,
      }),
    ]),
  );
  const shades = new Map(
    SHADE_COLORS.flatMap(([above, below], index) => {
      const step = index + 1;
      const shade = (id: string, signed: number) => {
        const line = shadeLine(signed);
        return make({
          backgroundColor: color(id),
          borderColor: color(COLORS.tokenBoundary),
          ...(line && { borderStyle: line.style, borderWidth: `0 0 ${line.width}px 0` }),
          rangeBehavior,
        });
      };
      return [
        [step, shade(above, step)],
        [-step, shade(below, -step)],
      ] as const;
    }),
  );
  const all = [
    window,
    shadedWindow,
    start,
    rulerWindow,
    rulerStart,
    tokenBoundary,
    currentSentence,
    ...labels.values(),
    ...shades.values(),
  ];
  return {
    window,
    shadedWindow,
    start,
    rulerWindow,
    rulerStart,
    tokenBoundary,
    currentSentence,
    labels,
    shades,
    all,
    dispose: () => {
      for (const type of all) type.dispose();
    },
  };
}
