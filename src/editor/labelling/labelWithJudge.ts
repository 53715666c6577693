import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { LABELS } from '../../core/labels';
import { type ActiveRollout, activeRollout } from '../documents/activeRollout';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { askInOrder, askPick, type Question } from '../questions';
import { labelCounts } from '../rollout/backtrackings';
import { countReviewed, type FolderLabels, type FolderScope, labelFolderWith } from './folderJudging';
import { JUDGES, type Judge } from './judge';
import { type JudgeChoice, overlaps, withJudged } from './judgedSpans';

/** What a judge labels: of the open rollout, or rollouts of its folder. */
export type JudgeScope = 'rollout' | 'selection' | FolderScope;

/** What a link or a key binding gives so that nothing is asked; what is left out is asked for. */
export interface JudgeArguments {
  judge?: string;
  scope?: JudgeScope;
  how?: JudgeChoice;
  /** Whether all rollouts of a folder are also those that a person has reviewed. */
  reviewed?: boolean;
}

type Judging = Required<Omit<JudgeArguments, 'judge'>> & { judge: Judge };

/** Labels by a judge what the person chooses. Resolves with what was labelled in a folder. */
export async function labelWithJudge(
  documents: RolloutDocuments,
  given: JudgeArguments,
): Promise<FolderLabels | undefined> {
  const active = await activeRollout(documents);
  if (!active.rollout.rollout) throw new UserError(active.rollout.problem!);
  const choice = await chooseJudging(documents, active, given);
  if (!choice) return undefined;
  const { judge, scope, how, reviewed } = choice;
  if (scope === 'rollout' || scope === 'selection') {
    await labelOpen(active, judge, scope, how);
    return undefined;
  }
  const { uri } = active.editor.document;
  if (uri.scheme !== 'file')
    throw new UserError('Save the rollout in a folder first: it has no folder whose rollouts to label');
  return labelFolderWith(documents, dirname(uri.fsPath), { judge, scope, how, reviewed });
}

async function labelOpen(
  { editor, rollout }: ActiveRollout,
  judge: Judge,
  scope: 'rollout' | 'selection',
  how: JudgeChoice,
): Promise<void> {
  const { document, selection } = editor;
  const within =
    scope === 'selection'
      ? { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) }
      : { start: 0, end: Number.POSITIVE_INFINITY };
  const all = await judge.label(rollout.rollout!, new AbortController().signal);
  const judged = all.filter(overlaps(within));
  const spans = withJudged(rollout.spans, judged, how, within);
  // First: labels of a judge must at no time stand under a person's mark.
  if (rollout.reviewed && (how === 'replace' || spans.length > rollout.spans.length))
    await rollout.setReviewed(false);
  rollout.change(spans);
  const found = labelCounts(judged, LABELS).map(({ label, count }) => `${count} ${label}`);
  vscode.window.setStatusBarMessage(`${judge.title}: ${found.join(', ') || 'no sentences found'}`, 8000);
}

async function chooseJudging(
  documents: RolloutDocuments,
  { editor, rollout }: ActiveRollout,
  given: JudgeArguments,
): Promise<Judging | undefined> {
  const [only] = JUDGES;
  const chosen = {
    judge: JUDGES.find(({ id }) => id === given.judge) ?? (JUDGES.length === 1 ? only : undefined),
    scope: given.scope,
    how: given.how,
    reviewed: given.reviewed,
  };
  const questions: Question[] = [];
  if (!chosen.judge)
    questions.push(place =>
      askPick(place, {
        placeholder: 'Which judge?',
        items: JUDGES.map(judge => ({ label: judge.title, detail: judge.detail, judge })),
        onPick: ({ judge }) => void (chosen.judge = judge),
      }),
    );
  if (!chosen.scope)
    questions.push(place =>
      askPick(place, {
        placeholder: 'What should be labelled?',
        items: scopesOf(editor),
        onPick: ({ scope }) => void (chosen.scope = scope),
      }),
    );
  if (!chosen.how)
    questions.push(async place => {
      // Without labels there is nothing to replace; a rollout without labels has nothing to keep.
      const open = chosen.scope === 'rollout' || chosen.scope === 'selection';
      if (chosen.scope === 'unlabelled' || (open && rollout.spans.length === 0)) {
        chosen.how = 'fill';
        return 'next';
      }
      return askPick(place, {
        placeholder: open ? 'This rollout has labels already' : 'Some rollouts may have labels already',
        items: choicesOf(open ? rollout : undefined),
        onPick: ({ how }) => void (chosen.how = how),
      });
    });
  if (chosen.reviewed === undefined)
    questions.push(async place => {
      const { uri } = editor.document;
      const count =
        chosen.scope === 'all' && uri.scheme === 'file'
          ? await countReviewed(documents, dirname(uri.fsPath))
          : 0;
      if (count === 0) return 'next';
      return askPick(place, {
        placeholder: `${count} of these rollouts ${count === 1 ? 'is' : 'are'} marked as reviewed`,
        items: REVIEWED,
        onPick: ({ reviewed }) => void (chosen.reviewed = reviewed),
      });
    });
  const title = chosen.judge ? `Label with Judge: ${chosen.judge.title}` : 'Label with Judge';
  if (!(await askInOrder(title, questions))) return undefined;
  const { judge, scope, how, reviewed = false } = chosen;
  return { judge: judge!, scope: scope!, how: how!, reviewed };
}

const REVIEWED = [
  { label: 'Leave the reviewed ones out', detail: 'Their labels and marks stay', reviewed: false },
  {
    label: 'Label the reviewed ones as well',
    detail: 'Those whose labels change are no longer marked as reviewed',
    reviewed: true,
  },
];

function scopesOf({
  selection,
  document,
}: vscode.TextEditor): (vscode.QuickPickItem & { scope: JudgeScope })[] {
  const folder = document.uri.scheme === 'file' ? dirname(document.uri.fsPath) : undefined;
  const item = (label: string, detail: string, scope: JudgeScope) => ({ label, detail, scope });
  return [
    ...(selection.isEmpty ? [] : [item('The selection', 'Sentences that it touches', 'selection')]),
    item('This rollout', 'Every sentence of its reasoning', 'rollout'),
    ...(folder
      ? [
          item('Rollouts of this folder without labels', folder, 'unlabelled'),
          item('All rollouts of this folder', folder, 'all'),
        ]
      : []),
  ];
}

/** For an open rollout, or else for those of a folder. */
function choicesOf(rollout: RolloutDocument | undefined): (vscode.QuickPickItem & { how: JudgeChoice })[] {
  const labels = rollout ? `The ${rollout.spans.length} labels` : 'Labels';
  const mark = rollout?.reviewed ? ', the mark as reviewed goes' : '';
  const undo = rollout ? `undo brings them back${mark}` : 'in closed files this cannot be undone';
  return [
    { label: 'Label what has no label', detail: `${labels} that are there stay${mark}`, how: 'fill' },
    { label: 'Replace all labels', detail: `${labels} that are there go; ${undo}`, how: 'replace' },
  ];
}
