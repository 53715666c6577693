import * as vscode from 'vscode';
import type { LabelledSpan } from '../../core/annotation';
import { UserError } from '../../core/errors';
import { isKnownLabel, LABELS, type Label } from '../../core/labels';
import { LABEL_STYLES } from '../decorations/decorationTypes';
import { type ActiveRollout, activeRollout, cursorOf, goTo } from '../documents/activeRollout';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { COMMANDS, SETTINGS } from '../ids';
import { labelCounts } from '../rollout/backtrackings';
import {
  extendUnit,
  labelSameOpening,
  mergeUnits,
  splitUnit,
  withLabel,
  withoutLabel,
} from '../rollout/editSpans';
import { withoutIcons } from '../rollout/statusMessage';
import { neighbourUnit, trimmed, type Unit, unitAt } from '../rollout/units';
import { setting } from '../settings';
import { type JudgeArguments, labelWithJudge } from './labelWithJudge';

/** A command by its id. */
export type Commands = Record<string, (...args: unknown[]) => unknown>;

/** The commands that change labels, all on the active editor's current sentence. `annotating` says whether to go on to the next. */
export function labelCommands(documents: RolloutDocuments, annotating: () => boolean): Commands {
  let last: Label | undefined;
  // Keys come faster than promises settle: from the moment a command knows its sentence, it changes the labels and moves on
  // without waiting, so that the next command sees what it did.
  const onSentence = async (change: (active: ActiveRollout, unit: Unit) => void) => {
    const active = await activeRollout(documents);
    change(active, targetOf(active));
  };
  const set = (active: ActiveRollout, label: Label) => {
    const { editor, rollout } = active;
    const unit = targetOf(active);
    last = label;
    rollout.change(withLabel(rollout.spans, unit, label));
    if (!annotating() || setting<boolean>(SETTINGS.autoAdvance) === false) return;
    const next = neighbourUnit(rollout.unitsNear(unit.start), unit.start, 1);
    if (next) goTo(editor, next.start);
  };
  return {
    [COMMANDS.setLabel]: async label => {
      const active = await activeRollout(documents);
      const chosen = typeof label === 'string' ? label : await pickLabel(active.rollout.spans, last);
      if (chosen) set(active, chosen);
    },
    [COMMANDS.repeatLabel]: async () => {
      const active = await activeRollout(documents);
      if (last === undefined) throw new UserError('No label was set yet: press 1 to 6');
      set(active, last);
    },
    [COMMANDS.removeLabel]: () =>
      onSentence(({ rollout }, unit) => {
        if (!unit.span) throw new UserError('This sentence has no label');
        rollout.change(withoutLabel(rollout.spans, unit));
      }),
    [COMMANDS.splitLabel]: () =>
      onSentence(({ editor, rollout }, unit) => {
        const { spans, second } = splitUnit(rollout.text, rollout.spans, unit, cursorOf(editor));
        rollout.change(spans);
        goTo(editor, second.start);
      }),
    [COMMANDS.mergeLabel]: () =>
      onSentence(({ editor, rollout }, unit) => {
        const next = neighbourUnit(rollout.unitsNear(unit.start), unit.start, 1);
        rollout.change(mergeUnits(rollout.spans, unit, next));
        goTo(editor, unit.start);
      }),
    [COMMANDS.extendLabel]: async () => {
      const { editor, rollout } = await activeRollout(documents);
      const { document, selection } = editor;
      const range = { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) };
      // The sentence at the anchor: the selection was drawn out from it.
      const at = (offset: number) => {
        const units = rollout.unitsNear(offset);
        return units[unitAt(units, offset)];
      };
      const unit = at(document.offsetAt(selection.anchor));
      const other = at(cursorOf(editor));
      const labelled = unit?.span ? unit : other;
      if (!labelled) throw new UserError('There is no sentence here');
      rollout.change(extendUnit(rollout.text, rollout.spans, labelled, range));
      goTo(editor, range.start);
    },
    [COMMANDS.applyToSameOpening]: () =>
      onSentence(({ rollout }, unit) => {
        const label = unit.span?.label ?? last;
        if (label === undefined)
          throw new UserError('This sentence has no label yet: label it, then apply it to others');
        const units = rollout.unitsNow();
        const { spans, opening, count } = labelSameOpening(rollout.text, rollout.spans, units, unit, label);
        rollout.change(spans);
        const done = `${count} sentences that begin with “${opening}” are now ${label}`;
        vscode.window.setStatusBarMessage(withoutIcons(done), 5000);
      }),
    [COMMANDS.labelWithJudge]: given => labelWithJudge(documents, (given ?? {}) as JudgeArguments),
    [COMMANDS.undoLabelChange]: async () => (await activeRollout(documents)).rollout.labels.step('undo'),
    [COMMANDS.redoLabelChange]: async () => (await activeRollout(documents)).rollout.labels.step('redo'),
    [COMMANDS.writeMovedLabels]: async uri =>
      await owner(documents, uri).then(rollout => rollout.labels.rewrite(false)),
    [COMMANDS.removeLostLabels]: async uri =>
      await owner(documents, uri).then(rollout => rollout.labels.rewrite(true)),
  };
}

/** The selected text, if any, else the sentence at the cursor. */
function targetOf({ editor, rollout }: ActiveRollout): Unit {
  const { document, selection } = editor;
  const units = rollout.unitsNear(cursorOf(editor));
  if (!selection.isEmpty) {
    const range = trimmed(rollout.text, document.offsetAt(selection.start), document.offsetAt(selection.end));
    if (!range) throw new UserError('The selection holds no text to label');
    return units.find(({ start, end }) => start === range.start && end === range.end) ?? range;
  }
  const unit = units[unitAt(units, cursorOf(editor))];
  if (!unit) throw new UserError(rollout.problem ?? 'This rollout has no sentences to label');
  return unit;
}

async function owner(documents: RolloutDocuments, uri: unknown) {
  const found = uri instanceof vscode.Uri ? (documents.byUri(uri) ?? documents.ofLabels(uri)) : undefined;
  return found ?? (await activeRollout(documents)).rollout;
}

async function pickLabel(
  spans: readonly LabelledSpan[],
  last: Label | undefined,
): Promise<Label | undefined> {
  const others = labelCounts(spans, LABELS).filter(({ label }) => !isKnownLabel(label));
  const items = [...LABELS, ...others.map(({ label }) => label)].map(label => ({
    label,
    description: LABEL_STYLES.find(style => style.label === label)?.mark,
  }));
  const another = { label: 'Another label…', description: undefined, another: true };
  const ordered = last
    ? [...items.filter(i => i.label === last), ...items.filter(i => i.label !== last)]
    : items;
  const picked = await vscode.window.showQuickPick([...ordered, another], {
    placeHolder: 'Label of the sentence or the selection',
  });
  if (!picked || !('another' in picked)) return picked?.label;
  return vscode.window.showInputBox({
    prompt: 'Name of the label',
    validateInput: value => (/^\S+$/.test(value) ? undefined : 'A name without spaces'),
  });
}
