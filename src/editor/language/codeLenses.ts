import * as vscode from 'vscode';
import type { LabelledSpan } from '../../core/annotation';
import { LABELS } from '../../core/labels';
import { LABEL_STYLES } from '../decorations/decorationTypes';
import type { Display } from '../decorations/display';
import type { Shading } from '../decorations/shading';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { COMMANDS, COMPLETION_SCHEME, LANGUAGE, SETTINGS } from '../ids';
import { KEYWORD_JUDGE } from '../labelling/judge';
import { labelCounts } from '../rollout/backtrackings';
import { shortSetting } from '../rollout/hoverText';
import { SHADE_EXPLANATIONS } from '../rollout/shadeScale';
import { steerPlaces } from '../rollout/steerPlaces';
import { setting } from '../settings';

/** A lens before it has its place in the editor: `offset` is any of its line, UTF-16. */
interface Lens {
  offset: number;
  title: string;
  command: string;
  tooltip: string;
  arguments?: unknown[];
}

/** What is shown of a rollout beside its own things. */
interface Shown {
  display: Display;
  shading: Shading;
}

/** What stands above the lines of a rollout, in the order in which it is shown; one entry per kind of lens. */
const KINDS: readonly ((rollout: RolloutDocument, shown: Shown) => Lens[])[] = [
  legend,
  shades,
  counts,
  steerFromCursor,
  review,
  steerFromHere,
];

/** The same above a completion, which is no rollout of the folder yet. */
const COMPLETION_KINDS: typeof KINDS = [saveCompletion, judgedCounts];

/** The code lenses of rollouts, unless their setting is off. */
export function registerCodeLenses(
  documents: RolloutDocuments,
  display: Display,
  shading: Shading,
): vscode.Disposable[] {
  const changed = new vscode.EventEmitter<void>();
  const fire = () => changed.fire();
  return [
    changed,
    documents.onDidChange(fire),
    display.onDidChange(fire),
    shading.onDidChange(fire),
    vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration(SETTINGS.codeLens)) fire();
    }),
    vscode.languages.registerCodeLensProvider(LANGUAGE, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: async document => {
        const rollout = await documents.loaded(document);
        if (!rollout?.rollout || setting<boolean>(SETTINGS.codeLens, document.uri) === false) return [];
        const kinds = document.uri.scheme === COMPLETION_SCHEME ? COMPLETION_KINDS : KINDS;
        return kinds
          .flatMap(kind => kind(rollout, { display, shading }))
          .map(({ offset, ...command }) => {
            const { line } = document.positionAt(offset);
            return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command);
          });
      },
    }),
  ];
}

function saveCompletion({ document }: RolloutDocument): Lens[] {
  return [
    {
      offset: 0,
      title: 'Save as rollout',
      command: COMMANDS.saveCompletion,
      tooltip: 'Write this completion as a rollout of its own',
      arguments: [document.uri],
    },
  ];
}

function judgedCounts({ spans }: RolloutDocument): Lens[] {
  return [labelsLens(spans, 'labels by the keyword rules:')];
}

function legend(rollout: RolloutDocument, { display, shading }: Shown): Lens[] {
  return [
    {
      offset: 0,
      title: `${shading.of(rollout) ? '⬚' : '▇'} window ${shortSetting(display.windowOf(rollout.document.uri))}`,
      command: COMMANDS.setWindow,
      tooltip:
        'Green, outlined while tokens are shaded: the tokens whose activations are read. Set offset and length',
    },
    {
      offset: 0,
      title: '▢ backtracking',
      command: COMMANDS.nextBacktracking,
      tooltip:
        'The start of a backtracking sentence: outlined in red, with an icon beside the line. Go to the next one',
    },
  ];
}

function shades(rollout: RolloutDocument, { shading }: Shown): Lens[] {
  const shaded = shading.of(rollout);
  if (!shaded) return [];
  return [
    {
      offset: 0,
      title: `◧ ${shaded.legend}`,
      command: COMMANDS.shadeTokens,
      tooltip: `${SHADE_EXPLANATIONS[shaded.kind]} Shade by something else, or by nothing`,
    },
  ];
}

function counts({ spans }: RolloutDocument): Lens[] {
  if (spans.length === 0)
    return [
      {
        offset: 0,
        title: 'no labels: label with the keyword judge',
        command: COMMANDS.labelWithJudge,
        tooltip: 'Label every sentence by its opening words',
        arguments: [{ judge: KEYWORD_JUDGE.id, scope: 'rollout', how: 'fill' }],
      },
    ];
  return [labelsLens(spans, `${spans.length} labels:`)];
}

function labelsLens(spans: readonly LabelledSpan[], what: string): Lens {
  const counted = labelCounts(spans, LABELS);
  const names = counted.map(({ label, count }) => `${count} ${label}`).join(', ');
  const markOf = (name: string) => LABEL_STYLES.find(({ label }) => label === name)?.mark ?? `${name} `;
  return {
    offset: 0,
    title: `${what} ${counted.map(({ label, count }) => `${markOf(label)}${count}`).join(' ')}`,
    command: COMMANDS.toggleLabels,
    tooltip: `${names}. Show or hide all labels`,
  };
}

function steerFromCursor(): Lens[] {
  return [
    {
      offset: 0,
      title: '▶ steer from the cursor',
      command: COMMANDS.compareSteered,
      tooltip: 'Continue from the cursor, unsteered and steered side by side',
    },
  ];
}

function review({ reviewed }: RolloutDocument): Lens[] {
  return [
    {
      offset: 0,
      title: reviewed ? '☑ reviewed' : '☐ reviewed',
      command: COMMANDS.toggleReviewed,
      tooltip: `A person has ${reviewed ? '' : 'not '}checked the labels`,
    },
  ];
}

/** Above each line in which the model starts to backtrack. */
function steerFromHere({ document, text, spans }: RolloutDocument): Lens[] {
  return steerPlaces(text, spans, offset => document.positionAt(offset).line).map(({ start, title }) => ({
    offset: start,
    title,
    command: COMMANDS.steerFromHere,
    tooltip: 'Put the cursor at the start of this sentence and continue from there, steered',
    arguments: [document.uri, start],
  }));
}
