import { strengthText } from './strengths';

/** The name of a rollout's file without folder and ending: "tea" of "tea.rollout.txt" and of "tea.txt". */
export function rolloutName(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return file.replace(/\.txt$/, '').replace(/\.rollout$/, '') || 'rollout';
}

/** What a steered completion of a rollout is called: "tea.steered-4". A minus sign is spelt out, so that it is not read as a dash. */
export function steeredName(name: string, strength: number): string {
  return `${name}.steered-${strengthText(strength).replace('-', 'minus-')}`;
}

/** The names that files of a folder take, also those whose text is gone: labels that are left must not come to another one's text. */
export function takenNames(files: readonly string[]): string[] {
  return files.flatMap(file => /^(.+)\.rollout\.(?:txt|ann|json)$/i.exec(file)?.[1] ?? []);
}

/** The first of name, name.2, name.3 … that is not taken (whatever its case: some file systems do not tell them apart). */
export function freeName(name: string, taken: Iterable<string>): string {
  const used = new Set([...taken].map(one => one.toLowerCase()));
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}.${number}`;
    if (!used.has(candidate.toLowerCase())) return candidate;
  }
}
