import * as vscode from 'vscode';
import { UserError } from '../core/errors';
import { CancelledError } from '../rpc/messages';
import { fitsStatusBar, withoutIcons } from './rollout/statusMessage';

/** Milliseconds that a short message stays in the status bar. */
const SHOWN = 8000;

/** What went wrong in a command: a few words in the status bar, a longer sentence in a notification; the stack for the log. */
export function tellError(log: vscode.LogOutputChannel, error: unknown): void {
  if (error instanceof CancelledError) return;
  // The command ends now, not when somebody has read it.
  if (!(error instanceof UserError)) return void notify(log, error);
  const { message } = error;
  log.warn(message);
  if (fitsStatusBar(message)) vscode.window.setStatusBarMessage(`$(warning) ${withoutIcons(message)}`, SHOWN);
  else void vscode.window.showWarningMessage(`Doubletake: ${message}`);
}

/** What went wrong without a command, or must not be overlooked: a notification that leads to the log. */
export async function notify(log: vscode.LogOutputChannel, error: unknown): Promise<void> {
  const { message } = error as Error;
  log.error(error as Error);
  const show = 'Show Log';
  if ((await vscode.window.showErrorMessage(`Doubletake: ${message}`, show)) === show) log.show();
}
