import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { atomicWrite } from '../../files/atomicWrite';
import { readRollout, requireRollouts, type StoredRollout, writeLabels } from '../../files/rolloutFolder';
import { readUtf8 } from '../../files/textFile';
import { throwIfCancelled } from '../../rpc/answerer';
import type { RolloutDocument } from '../documents/rolloutDocument';
import type { RolloutDocuments } from '../documents/rolloutDocuments';
import { withCancel } from '../progress';
import { isReviewed, withReviewMark } from '../rollout/reviewMark';
import { labelsPath, metadataPath } from '../rollout/sidecarName';
import { unsavedFile } from '../unsavedFile';
import type { Judge } from './judge';
import { type JudgeChoice, withJudged } from './judgedSpans';

/** Which rollouts of a folder. */
export type FolderScope = 'unlabelled' | 'all';

/** What is done to the rollouts of a folder. */
export interface FolderJudging {
  judge: Judge;
  scope: FolderScope;
  how: JudgeChoice;
  /** Whether rollouts that a person has reviewed are labelled as well; they lose their mark if their labels change. */
  reviewed: boolean;
}

/** What labelling a folder did. */
export interface FolderLabels {
  labelled: number;
  /** Left alone as they had labels. */
  kept: number;
  /** Left alone as a person has reviewed them. */
  reviewed: number;
  sentences: number;
  /** One line for each rollout that could not be labelled. */
  problems: string[];
}

/** Labels a folder's rollouts, one after the other, with counts; open ones by their documents, so that undo brings labels back. */
export async function labelFolderWith(
  documents: RolloutDocuments,
  folder: string,
  job: FolderJudging,
): Promise<FolderLabels> {
  const { judge } = job;
  const done: FolderLabels = { labelled: 0, kept: 0, reviewed: 0, sentences: 0, problems: [] };
  const names = await requireRollouts(folder);
  const whole = await withCancel(`${judge.title}: labelling rollouts`, async (signal, report) => {
    for (const [index, name] of names.entries()) {
      throwIfCancelled(signal);
      report(index, names.length, 'rollouts');
      try {
        await labelOne(documents, folder, name, { ...job, signal }, done);
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
  { judge, scope, how, reviewed, signal }: FolderJudging & { signal: AbortSignal },
  done: FolderLabels,
): Promise<void> {
  const uri = vscode.Uri.file(join(folder, `${name}.rollout.txt`));
  const rollout = await openOrUnsaved(documents, uri);
  const stored = rollout ?? withMark(await readRollout(folder, name));
  if (scope === 'unlabelled' && stored.spans.length > 0) {
    done.kept++;
    return;
  }
  const marked = stored.reviewed;
  if (marked && !reviewed) {
    done.reviewed++;
    return;
  }
  if (!stored.rollout) throw new UserError(`${uri.fsPath}: ${rollout?.problem}`);
  const judged = await judge.label(stored.rollout, signal);
  const before = stored.spans.length;
  const spans = withJudged(stored.spans, judged, how);
  // First: labels of a judge must at no time stand under a person's mark.
  if (marked && (how === 'replace' || spans.length > before)) {
    if (rollout) await rollout.setReviewed(false);
    else await clearMark(metadataPath(uri.fsPath));
  }
  if (rollout) {
    const dirty = rollout.document.isDirty || rollout.labels.file?.document?.isDirty;
    rollout.change(spans);
    // What the person had not saved stays unsaved.
    if (!dirty) await rollout.labels.save('text');
  } else await writeLabels(folder, name, spans);
  done.labelled++;
  done.sentences += how === 'replace' ? judged.length : spans.length - before;
}

/** The rollout if it is open, or if it is closed but labels or metadata of it are not saved yet: then the files are not the truth. */
async function openOrUnsaved(
  documents: RolloutDocuments,
  uri: vscode.Uri,
): Promise<RolloutDocument | undefined> {
  const open = documents.byUri(uri);
  if (open) return documents.loaded(open.document);
  const beside = [labelsPath, metadataPath].map(pathOf => uri.with({ path: pathOf(uri.path) }));
  const unsaved = beside.find(file => unsavedFile(file));
  if (!unsaved) return undefined;
  const rollout = await documents.loaded(await vscode.workspace.openTextDocument(uri));
  if (!rollout) throw new UserError(`${unsaved.fsPath} has unsaved changes: save it first`);
  return rollout;
}

const withMark = (stored: StoredRollout) => ({ ...stored, reviewed: stored.metadata.reviewed === true });

async function clearMark(path: string): Promise<void> {
  await atomicWrite(path, withReviewMark(await readUtf8(path), false, path));
}

/** How many rollouts of a folder a person has reviewed. */
export async function countReviewed(documents: RolloutDocuments, folder: string): Promise<number> {
  let count = 0;
  for (const name of await requireRollouts(folder)) {
    const uri = vscode.Uri.file(join(folder, `${name}.rollout.txt`));
    const path = metadataPath(uri.fsPath);
    const rollout = await openOrUnsaved(documents, uri).catch(() => undefined);
    // A file that is not there, or that cannot be read, is no mark.
    if (rollout?.reviewed ?? isReviewed(await readUtf8(path).catch(() => ''))) count++;
  }
  return count;
}

async function tell(
  { labelled, kept, reviewed, sentences, problems }: FolderLabels,
  judge: Judge,
  whole: boolean,
): Promise<void> {
  const counted = `${judge.title}: ${sentences} sentences in ${labelled} rollouts labelled`;
  const left = kept > 0 ? `, ${kept} with labels left as they are` : '';
  const spared = reviewed > 0 ? `, ${reviewed} reviewed ones left as they are` : '';
  const message = `${counted}${left}${spared}${whole ? '' : ', then cancelled'}.`;
  if (problems.length === 0) void vscode.window.showInformationMessage(message);
  else
    void vscode.window.showWarningMessage(
      `${message} ${problems.length} could not be labelled: ${problems[0]}`,
    );
}
