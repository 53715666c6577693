/** A rollout as one text: what the chat template makes of the prompt, then the response. */
export interface RolloutText {
  text: string;
  /** Where offsets of the whole response begin to count, also where its first tag already stands in the template. */
  responseStart: number;
}

/** Joins the two; templates that open the reasoning themselves (R1) and responses that keep their tag would give it twice. */
export function joinRollout(prefix: string, response: string): RolloutText {
  const opened = /<think>\s*$/.test(prefix);
  const text = prefix + (opened ? response.replace(/^<think>\n?/, '') : response);
  return { text, responseStart: text.length - response.length };
}
