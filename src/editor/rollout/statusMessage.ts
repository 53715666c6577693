/** Characters up to which the status bar shows a message whole: longer ones are cut there, and screen readers pass over it. */
const SHORT = 70;

/** Whether a message is short enough for the status bar. */
export const fitsStatusBar = (message: string): boolean => message.length <= SHORT;

/** A message as the status bar shows it: `$(name)` in the name of a file is no icon. */
export const withoutIcons = (message: string): string =>
  message.replace(/\$\((?=[a-z0-9-]+(?:~[a-z]+)?\))/gi, '\\$(');
