import * as vscode from 'vscode';
import { CancelledError } from '../rpc/messages';

/** Tells how far a job is: `done` of `total`, counted in `unit` ("tokens"); the time left is reckoned from it. */
export type Report = (done: number, total: number, unit: string) => void;

/** Milliseconds of work until a forecast is worth showing. */
const FORECAST_AFTER = 1500;

/**
 * Runs a job with a notification that can cancel it, with counts and time left; a cancelled job gives undefined, in silence.
 * What nobody asked for is shown in the status bar instead (`ProgressLocation.Window`), which has no button to cancel.
 */
export async function withCancel<T>(
  title: string,
  job: (signal: AbortSignal, report: Report) => Promise<T>,
  location = vscode.ProgressLocation.Notification,
): Promise<T | undefined> {
  const options = { location, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    const started = performance.now();
    let shown = 0;
    const report: Report = (done, total, unit) => {
      const increment = total > 0 ? (100 * done) / total - shown : 0;
      shown += increment;
      const left = timeLeft(performance.now() - started, done, total);
      progress.report({ increment, message: `${done} of ${total} ${unit}${left}` });
    };
    try {
      return await job(controller.signal, report);
    } catch (error) {
      if (error instanceof CancelledError) return undefined;
      throw error;
    }
  });
}

/** ", about 40 s left" once that is more than a guess. */
function timeLeft(elapsed: number, done: number, total: number): string {
  if (elapsed < FORECAST_AFTER || done <= 0 || done >= total) return '';
  const seconds = Math.ceil(((elapsed / done) * (total - done)) / 1000);
  return seconds < 90 ? `, about ${seconds} s left` : `, about ${Math.round(seconds / 60)} min left`;
}
