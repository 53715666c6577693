import * as vscode from 'vscode';
import { SETTINGS } from '../ids';
import type { WindowSetting } from '../rollout/decorationRanges';
import { updateSetting, WIDEST } from '../settings';
import type { Display } from './display';

/** Asks for offset and length; the windows follow what is typed, Enter keeps it, Escape restores. */
export async function pickWindow(display: Display, uri: vscode.Uri): Promise<void> {
  const { offset, length } = display.windowOf(uri);
  const box = vscode.window.createInputBox();
  box.title = 'Windows before Backtracking Sentences';
  box.prompt = 'First token, counted from the sentence’s first one, and number of tokens';
  box.value = `${offset}, ${length}`;
  const typed = await new Promise<WindowSetting | undefined>(resolve => {
    box.onDidChangeValue(value => {
      const setting = parseWindow(value);
      box.validationMessage =
        typeof setting === 'string'
          ? { message: setting, severity: vscode.InputBoxValidationSeverity.Error }
          : '';
      display.previewWindow(typeof setting === 'string' ? undefined : setting);
    });
    box.onDidAccept(() => {
      const setting = parseWindow(box.value);
      if (typeof setting === 'string') return;
      resolve(setting);
      box.hide();
    });
    box.onDidHide(() => resolve(undefined));
    box.show();
  });
  box.dispose();
  try {
    if (typed) {
      await updateSetting(SETTINGS.windowOffset, typed.offset, uri);
      await updateSetting(SETTINGS.windowLength, typed.length, uri);
    }
  } finally {
    display.previewWindow(undefined);
  }
}

/** "-12, 5" as a setting, or what is wrong with it. */
export function parseWindow(text: string): WindowSetting | string {
  const match = /^\s*([-−+]?\d+)\s*[,; ]\s*(\d+)\s*$/.exec(text);
  if (!match) return 'Two whole numbers: offset, length (such as -12, 5)';
  const offset = Number(match[1].replace('−', '-'));
  const length = Number(match[2]);
  if (Math.abs(offset) > WIDEST) return `The offset is between −${WIDEST} and ${WIDEST}`;
  if (length < 1 || length > WIDEST) return `The length is between 1 and ${WIDEST}`;
  return { offset, length };
}
