import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { readRollout, requireRollouts, writeLabels } from '../../files/rolloutFolder';
import { throwIfCancelled } from '../../rpc/answerer';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { withCancel } from '../progress';
import type { Judge } from './judge';
import { type JudgeChoice, withJudged } from './judgedSpans';

/** Which rollouts of a folder. */
export type FolderScope = 'unlabelled' | 'all';

/** What labelling a folder did. */
export interface FolderLabels {
  labelled: number;
  /** Left alone as they had labels. */
  kept: number;
  sentences: number;
  /** One line for each rollout that could not be labelled. */
  problems: string[];
}

/** Labels a folder's rollouts, one after the other, with counts; open ones by their documents, so that undo brings labels back. */
export async function labelFolderWith(
  documents: RolloutDocuments,
  folder: string,
  judge: Judge,
  scope: FolderScope,
  how: JudgeChoice,
): Promise<FolderLabels> {
  const done: FolderLabels = { labelled: 0, kept: 0, sentences: 0, problems: [] };
  const names = await requireRollouts(folder);
  const whole = await withCancel(`${judge.title}: labelling rollouts`, async (signal, report) => {
    for (const [index, name] of names.entries()) {
      throwIfCancelled(signal);
      report(index, names.length, 'rollouts');
      try {
        await labelOne(documents, folder, name, { judge, scope, how, signal }, done);
      } catch (error) {
        // One bad file must not keep the others from their labels.
        if (!(error instanceof UserError)) throw error;
        done.problems.push(error.message);
      }
    }
    return true;
  });
  void tell(done, judge, whole === true);
  return done;
}

async function labelOne(
  documents: RolloutDocuments,
  folder: string,
  name: string,
  job: { judge: Judge; scope: FolderScope; how: JudgeChoice; signal: AbortSignal },
  done: FolderLabels,
): Promise<void> {
  const { judge, scope, how, signal } = job;
  const uri = vscode.Uri.file(join(folder, `${name}.rollout.txt`));
  const open = documents.byUri(uri);
  const rollout = open && (await documents.loaded(open.document));
  const stored = rollout ?? (await readRollout(folder, name));
  if (scope === 'unlabelled' && stored.spans.length > 0) {
    done.kept++;
    return;
  }
  if (!stored.rollout) throw new UserError(`${uri.fsPath}: ${rollout?.problem}`);
  const judged = await judge.label(stored.rollout, signal);
  const before = stored.spans.length;
  const spans = withJudged(stored.spans, judged, how);
  if (rollout) {
    const dirty = rollout.document.isDirty || rollout.labels.file?.document?.isDirty;
    rollout.change(spans);
    // What the person had not saved stays unsaved.
    if (!dirty) await rollout.labels.save('text');
  } else await writeLabels(folder, name, spans);
  done.labelled++;
  done.sentences += how === 'replace' ? judged.length : spans.length - before;
}

async function tell(
  { labelled, kept, sentences, problems }: FolderLabels,
  judge: Judge,
  whole: boolean,
): Promise<void> {
  const counted = `${judge.title}: ${sentences} sentences in ${labelled} rollouts labelled`;
  const left = kept > 0 ? `, ${kept} with labels left as they are` : '';
  const message = `${counted}${left}${whole ? '' : ', then cancelled'}.`;
  if (problems.length === 0) void vscode.window.showInformationMessage(message);
  else
    void vscode.window.showWarningMessage(
      `${message} ${problems.length} could not be labelled: ${problems[0]}`,
    );
}
