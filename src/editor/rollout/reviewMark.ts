import { UserError } from '../../core/errors';

/** Whether the metadata of a rollout (its `.rollout.json`) say that a person has reviewed the labels. Broken JSON says nothing. */
export function isReviewed(metadata: string): boolean {
  try {
    return (JSON.parse(metadata) as { reviewed?: unknown } | null)?.reviewed === true;
  } catch {
    return false;
  }
}

/**
 * The metadata with `"reviewed": true`, or without it; everything else stays as it is written. Throws UserError, naming the
 * file, if they are no JSON object.
 */
export function withReviewMark(metadata: string, reviewed: boolean, file: string): string {
  if (metadata.trim() === '') return reviewed ? '{\n  "reviewed": true\n}\n' : metadata;
  let value: unknown;
  try {
    value = JSON.parse(metadata);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UserError(`${file} is not a JSON object: repair or delete it`);
  const members = membersOf(metadata);
  const marks = members.filter(({ key }) => key === 'reviewed');
  if (!reviewed) return without(metadata, members);
  const mark = marks.at(-1);
  if (mark) return `${metadata.slice(0, mark.value)}true${metadata.slice(mark.end)}`;
  const last = members.at(-1);
  if (!last) return metadata.replace(/\{\s*\}/, '{\n  "reviewed": true\n}');
  const blank = metadata.slice(last.from, last.start) || ' ';
  return `${metadata.slice(0, last.end)},${blank}"reviewed": true${metadata.slice(last.end)}`;
}

/** A member of the outermost object: its key from `start`, its value [value, end), and what is before it from `from` on. */
interface Member {
  key: string;
  from: number;
  start: number;
  value: number;
  end: number;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** The members of JSON that is known to be an object. */
function membersOf(json: string): Member[] {
  const members: Member[] = [];
  let depth = 0;
  let from = 0;
  let member: Member | undefined;
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    if (token === '}' || token === ']') depth--;
    if (depth === 1 && member === undefined && token[0] === '"') {
      member = { key: JSON.parse(token) as string, from, start: index, value: -1, end: -1 };
      members.push(member);
    } else if (member && depth > 0 && !(depth === 1 && (token === ':' || token === ','))) {
      if (member.value < 0) member.value = index;
      member.end = index + token.length;
    }
    if (token === '{' || token === '[') depth++;
    if (depth === 1 && (token === '{' || token === ',')) {
      from = index + 1;
      member = undefined;
    }
  }
  return members;
}

/** The object without its members named "reviewed", each with the comma on one side of it. */
function without(json: string, members: readonly Member[]): string {
  const others = members.filter(({ key }) => key !== 'reviewed');
  if (others.length === members.length) return json;
  const [first, last] = [members[0], members.at(-1)!];
  const kept = others.map(({ from, end }, index) => (index > 0 ? ',' : '') + json.slice(from, end)).join('');
  return (
    json.slice(0, first.from) +
    kept +
    (others.length > 0 ? json.slice(last.end) : json.slice(last.end).trimStart())
  );
}
