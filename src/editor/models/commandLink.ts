/** The target of a Markdown link that runs a command with one argument; the Markdown must trust the command. */
export function commandLink(command: string, argument: object): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify([argument]))}`;
}
