import type { CheckResult } from '../../model/contract';
import { CancelledError } from '../../rpc/messages';
import { checkModel as check } from '../../study/checkModel';
import { withCancel } from '../progress';
import { type CheckReports, resultLine, summaryLine } from './checkReport';
import type { ModelPair, Which } from './modelPair';

/** The command: runs a model's self-test and shows each result as it comes. Gives the results, undefined if it was cancelled. */
export async function checkModel(
  pair: ModelPair,
  reports: CheckReports,
  which: Which,
): Promise<CheckResult[] | undefined> {
  const model = await pair.use(which);
  const { folder } = pair.status(which);
  const add = await reports.begin(which, `Check of the ${which} model\n${folder}\n`);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const job = (signal: AbortSignal) =>
    check(model, pair.provider, result => add(resultLine(result)), signal).then(
      results => {
        add(`\n${summaryLine(results, seconds())}`);
        return results;
      },
      error => {
        add(error instanceof CancelledError ? '\nCancelled.' : `✗ ${error.message}`);
        throw error;
      },
    );
  return pair.activity.during(
    `checking the ${which} model`,
    withCancel(`Checking the ${which} model`, signal => job(signal)),
  );
}
