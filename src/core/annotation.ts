import type { Label } from './labels';

/** One label over [start, end), UTF-16 offsets into the whole rollout file text. */
export interface LabelledSpan {
  start: number;
  end: number;
  label: Label;
  /** The `T…` id this span has in an `.ann` file, kept so that notes and relations still point at it. */
  id?: string;
}
