import * as vscode from 'vscode';

/** What a step of several came to: the next question, the one before, or the end of it all. */
export type Turn = 'next' | 'back' | 'cancel';

/** Where a question stands among the others. */
export interface Place {
  title: string;
  /** From 1. */
  step: number;
  totalSteps: number;
}

/** Asks one question and keeps its answer itself. */
export type Question = (place: Place) => Promise<Turn>;

/** Asks questions in order, with a way back and their numbers; false if the person gives up. */
export async function askInOrder(title: string, questions: readonly Question[]): Promise<boolean> {
  for (let at = 0; at < questions.length; ) {
    const turn = await questions[at]({ title, step: at + 1, totalSteps: questions.length });
    if (turn === 'cancel') return false;
    at = Math.max(0, at + (turn === 'next' ? 1 : -1));
  }
  return true;
}

/** Asks for one of several items. */
export async function askPick<T extends vscode.QuickPickItem>(
  place: Place,
  options: {
    placeholder: string;
    items: readonly T[];
    active?: T;
    onPick(item: T): void | Promise<void>;
  },
): Promise<Turn> {
  const pick = vscode.window.createQuickPick<T>();
  pick.placeholder = options.placeholder;
  pick.items = options.items;
  pick.matchOnDescription = true;
  if (options.active) pick.activeItems = [options.active];
  return turnOf(pick, place, async done => {
    const [item] = pick.activeItems;
    if (!item) return;
    await options.onPick(item);
    done();
  });
}

/** Asks for a text. `parse` gives a string for what is wrong; `onTyped` sees what is right, and first the value given. */
export async function askText<T>(
  place: Place,
  options: {
    prompt: string;
    value: string;
    parse(text: string): T | string;
    /** May tell something of a valid value, such as a count. */
    onTyped?(value: T): string | undefined;
    onText(value: T): void | Promise<void>;
  },
): Promise<Turn> {
  const input = vscode.window.createInputBox();
  const check = () => {
    const value = options.parse(input.value);
    if (typeof value === 'string') input.validationMessage = value;
    else {
      const told = options.onTyped?.(value);
      // In the prompt, as a validation message would hide it.
      input.prompt = told ? `${told}. ${options.prompt}` : options.prompt;
      input.validationMessage = '';
    }
    return value;
  };
  input.value = options.value;
  input.onDidChangeValue(check);
  check();
  return turnOf(input, place, async done => {
    const value = check();
    if (typeof value === 'string') return;
    await options.onText(value);
    done();
  });
}

/** Shows an input with its place and a way back until it is accepted, left or gone back from. */
async function turnOf(
  input: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  { title, step, totalSteps }: Place,
  accept: (done: () => void) => Promise<void>,
): Promise<Turn> {
  input.title = title;
  input.step = step;
  input.totalSteps = totalSteps;
  input.ignoreFocusOut = true;
  input.buttons = step > 1 ? [vscode.QuickInputButtons.Back] : [];
  try {
    return await new Promise<Turn>((resolve, reject) => {
      input.onDidTriggerButton(button => {
        if (button === vscode.QuickInputButtons.Back) resolve('back');
      });
      input.onDidAccept(() => {
        input.busy = true;
        accept(() => resolve('next'))
          .catch(reject)
          .finally(() => {
            input.busy = false;
          });
      });
      input.onDidHide(() => resolve('cancel'));
      input.show();
    });
  } finally {
    input.dispose();
  }
}
