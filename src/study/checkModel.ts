import type { CheckResult, ProviderChoice } from '../model/contract';
import type { TextModel } from '../model/textModel';

// Long enough for attention over several pieces, short enough for a second on a laptop; at least 64 tokens, because a
// provider may take another path for long prompts.
const PROBE =
  'The question asks how many apples are left. First, there are twelve apples in the basket, and three friends take two each. ' +
  'So six apples are taken, which leaves six. Wait, let me check that again: twelve minus six is six, so the answer holds. ' +
  'For example, with nine apples and the same friends there would be three left over at the end of the day.';

/** What a model in use must satisfy, its tokenizer and provider included; `emit` gets each result as it comes. */
export async function checkModel(
  model: TextModel,
  asked: ProviderChoice,
  emit: (result: CheckResult) => void,
  signal?: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const report = (result: CheckResult) => {
    results.push(result);
    emit(result);
  };
  const { ids } = model.tokenizer.encode(PROBE, { addSpecialTokens: true });
  const round = model.tokenizer.decode(ids, { skipSpecialTokens: true });
  report({
    name: 'tokenizer round trip',
    passed: round.trim() === PROBE,
    detail: `${ids.length} tokens`,
  });
  const pool = await model.pool({ signal });
  const { architecture, layers, dModel, provider, providerReason, fellBack } = pool.info;
  report({ name: 'model opened', passed: true, detail: `${architecture}, ${layers} layers, d ${dModel}` });
  // `auto` asks for whatever works; a provider asked for by name has to.
  report({ name: `provider ${provider}`, passed: !fellBack || asked === 'auto', detail: providerReason });
  await pool.call('check', { ids }, { onEvent: report, signal });
  return results;
}
