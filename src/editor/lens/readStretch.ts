import type { Which } from '../models/modelPair';
import { visibleToken } from '../rollout/markdown';
import type { LensChoice, LensGrid, LensToken } from './lensContract';
import { layersOf } from './lensMarkdown';
import type { LensReader, LensReading } from './lensReader';
import { stretchTokens } from './lensStretch';
import { type LensText, placedToken } from './lensText';

/** A stretch as the view shows it. */
export interface ShownStretch {
  text: LensText;
  /** Positions [from, to). */
  from: number;
  to: number;
  tokens: LensToken[];
  /** Whether tokens follow. */
  later: boolean;
  grids: LensGrid[];
}

/** Which stretch is wanted: where it begins, a position in it, and whose it is. */
export interface WantedStretch {
  from: number;
  position: number;
  choice: LensChoice;
}

/** The position of the token at a place of the file; at the very end of the text that of the last token. */
export async function positionOf(text: LensText, offset: number, signal: AbortSignal): Promise<number> {
  const token = (await placedToken(text, offset, signal)) ?? (await placedToken(text, offset - 1, signal));
  return token?.position ?? 0;
}

/** Reads a stretch with each model that is wanted; undefined for a text without tokens. The models must be open. */
export async function readStretch(
  reader: LensReader,
  text: LensText,
  { from, position, choice }: WantedStretch,
  signal: AbortSignal,
  progress: (event: { done: number; total: number }) => void,
): Promise<ShownStretch | undefined> {
  const positions = await reader.positions();
  // A token beyond the model's positions is left to the model to refuse.
  const limit = position < positions ? positions : Number.POSITIVE_INFINITY;
  const { shown: tokens, later } = stretchTokens(text.tokens, from, limit);
  if (tokens.length === 0) return undefined;
  const to = from + tokens.length;
  const chosen: Which[] = choice === 'both' ? ['reasoning', 'base'] : [choice];
  const parts = chosen.map(() => ({ done: 0, total: 0 }));
  const readings = chosen.map((which, i) =>
    reader.read(
      which,
      { text, from, to },
      {
        signal,
        onEvent: event => {
          parts[i] = event;
          progress(parts.reduce((a, b) => ({ done: a.done + b.done, total: a.total + b.total })));
        },
      },
    ),
  );
  const grids = (await Promise.all(readings)).map(gridOf);
  return { text, from, to, tokens, later, grids };
}

function gridOf({ which, model, columns, vector }: LensReading): LensGrid {
  const texts: Record<number, string> = {};
  for (const { ids } of columns)
    for (const id of ids) texts[id] ??= visibleToken(model.tokenizer.tokenText(id));
  const { name } = model.identity;
  return { which, name, layers: layersOf(columns[0]), columns, texts, vector };
}
