import { UserError } from '../../core/errors';
import type { Tokenizer } from './tokenizer';

const EXAMPLES = 4;

/**
 * For each id of the reasoning tokenizer (`from`) the id that the base model (`to`) is fed, -1 for an id without a token.
 *
 * One token becomes one token, so text boundaries do not move (the paper's step 6): the same token keeps its id; begin
 * and end of text become the base model's own; any other added token the base does not know becomes the first token of
 * `filler`, an ordinary one. Throws UserError if ordinary tokens differ, with a few of them.
 */
export function mapTokens(from: Tokenizer, to: Tokenizer, filler = ' ####'): Int32Array {
  const map = new Int32Array(from.vocabSize).fill(-1);
  const differing: number[] = [];
  let fillerId: number | undefined;
  for (let id = 0; id < map.length; id++) {
    const token = from.rawToken(id);
    if (token === undefined) continue;
    if (to.rawToken(id) === token) map[id] = id;
    else if (!from.isAdded(id)) differing.push(id);
    else map[id] = counterpart(id, token, from, to) ?? (fillerId ??= firstToken(to, filler));
  }
  if (differing.length > 0) throw new UserError(refusal(from, to, differing));
  return map;
}

function counterpart(id: number, token: string, from: Tokenizer, to: Tokenizer): number | undefined {
  if (id === from.bosId && to.bosId !== undefined) return to.bosId;
  if (id === from.eosId && to.eosId !== undefined) return to.eosId;
  // The same mark under another number: only another added token means the same.
  const same = to.idOf(token);
  return same !== undefined && to.isAdded(same) ? same : undefined;
}

function firstToken(to: Tokenizer, filler: string): number {
  const [id] = to.encode(filler, { addSpecialTokens: false }).ids;
  if (id === undefined) throw new UserError('The filler for unknown special tokens is empty.');
  return id;
}

function refusal(from: Tokenizer, to: Tokenizer, ids: number[]): string {
  const text = (tokenizer: Tokenizer, id: number) =>
    tokenizer.rawToken(id) === undefined ? 'nothing' : JSON.stringify(tokenizer.tokenText(id));
  const examples = ids
    .slice(0, EXAMPLES)
    .map(id => `${id} is ${text(from, id)} in ${from.name} and ${text(to, id)} in ${to.name}`);
  return (
    `${from.name} and ${to.name} do not share a vocabulary: ${ids.length} ordinary tokens differ ` +
    `(${examples.join('; ')}${ids.length > EXAMPLES ? '; …' : ''}). Take a base model with the same tokenizer.`
  );
}
