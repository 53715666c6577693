import type { TextModel } from '../../model/textModel';
import { CancelledError } from '../../rpc/messages';
import { withCancel } from '../progress';
import type { ModelPair, Which } from './modelPair';

/** The running model, with a notification while it is opened; undefined if the person does not wait for it. */
export async function useModel(pair: ModelPair, which: Which): Promise<TextModel | undefined> {
  if (pair.state(which) === 'open') return pair.use(which);
  return withCancel(`Opening the ${which} model`, async signal => {
    const given = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new CancelledError()), { once: true }),
    );
    return Promise.race([pair.use(which), given]);
  });
}
