/** Text of a rollout as it stands, for a Markdown hover: nothing in it is a link, an image, HTML, an icon or emphasis. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()#+\-.!|~$:@/]/g, '\\$&')
    .replace(/[\r\n]+/g, ' ');
}

/** One token for people: white space and control characters made visible, the rest as it is, at most 40 characters. */
export function visibleToken(text: string): string {
  const shown = Array.from(text.slice(0, 80))
    .slice(0, 40)
    .join('')
    .replace(/ /g, '␣')
    .replace(/\n/g, '⏎')
    .replace(/\r/g, '␍')
    .replace(/\t/g, '⇥')
    .replace(/\p{C}/gu, '�');
  return shown.length < text.length && text.length > 40 ? `${shown}…` : shown;
}
