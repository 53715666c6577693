import * as vscode from 'vscode';
import type { ModelInfo } from '../../model/contract';
import { PROVIDER_NAMES } from '../../model/providers';
import { COMMANDS } from '../ids';
import { withCancel } from '../progress';
import type { RunningModel } from './runningModel';

// Small models open in less; their spinner in the status bar is enough.
const NOTICE_AFTER_MS = 1500;

/** A notification while a model opens for long: it tells how far a conversion is, and gives the opening up. */
export async function noticeOpening(
  name: string,
  model: RunningModel,
  opening: Promise<unknown>,
  onDidMeasure: vscode.Event<void>,
): Promise<void> {
  const settled = opening.then(
    () => true,
    () => true,
  );
  const later = new Promise<false>(resolve => setTimeout(resolve, NOTICE_AFTER_MS, false));
  if (await Promise.race([settled, later])) return;
  await withCancel(`Opening the ${name}`, async (signal, report) => {
    signal.addEventListener('abort', () => void model.close());
    const listener = onDidMeasure(() => {
      const { done = 0, total = 0 } = model.progress ?? {};
      if (total > 0) report(Math.round(done / 1e6), Math.round(total / 1e6), 'MB converted to float32');
    });
    await settled;
    listener.dispose();
  });
}

/** Says that a provider that was wanted is not used. */
export async function warnOfFallback(name: string, { provider, providerReason }: ModelInfo): Promise<void> {
  const actions: Record<string, string> = {
    'Choose Provider': COMMANDS.chooseProvider,
    'Show Log': COMMANDS.showLog,
  };
  const chosen = await vscode.window.showWarningMessage(
    `The ${name} runs on ${PROVIDER_NAMES[provider]}. ${providerReason}.`,
    ...Object.keys(actions),
  );
  if (chosen) await vscode.commands.executeCommand(actions[chosen]);
}
