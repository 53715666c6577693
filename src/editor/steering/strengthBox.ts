import * as vscode from 'vscode';
import { describeVector, type SteeringVector } from './steeringSet';
import { parseStrength, strengthText } from './strengths';

const REMEMBERED = 'doubletake.strength';
// The paper's figures go to 12; 4 is where the bundled pair's waits are many and its text still holds together.
const DEFAULT = 4;
/** Milliseconds without a key until what is typed is tried. */
const PAUSE = 250;

/** The strength typed last. */
export const rememberedStrength = (memory: vscode.Memento) => memory.get<number>(REMEMBERED, DEFAULT);

/** What an open strength box can be told and tells. */
export interface StrengthBox {
  /** A line below what is typed; beyond `Info` in the colour of its severity. */
  tell(message: string, severity: vscode.InputBoxValidationSeverity): void;
  /** The vectors that the strength multiplies, for the title. */
  name(vectors: readonly SteeringVector[]): void;
  hide(): void;
}

/** Buttons beside the box's title, and what they do while the box waits. */
export interface StrengthButton extends vscode.QuickInputButton {
  run(box: StrengthBox): Promise<void>;
}

/** Asks for a strength; `onTyped` is called with every valid one, first with the remembered. Undefined on Escape. */
export async function askStrength(options: {
  title: string;
  /** What Enter does. */
  enter: string;
  vectors: readonly SteeringVector[];
  memory: vscode.Memento;
  buttons?: readonly StrengthButton[];
  onTyped?: (strength: number, box: StrengthBox) => void;
}): Promise<number | undefined> {
  const { title, enter, memory, buttons = [], onTyped } = options;
  const input = vscode.window.createInputBox();
  let pause: NodeJS.Timeout | undefined;
  let away = false;
  const prompt = `Negative steers away. ${enter}`;
  const box: StrengthBox = {
    tell: (message, severity) => {
      if (typeof parseStrength(input.value) !== 'number') return;
      // A validation message hides the prompt: it is kept for what must be seen.
      const seen = severity > vscode.InputBoxValidationSeverity.Info;
      input.prompt = seen ? prompt : `${message}. ${enter}`;
      input.validationMessage = seen ? { message, severity } : '';
    },
    name: vectors => {
      input.title = `${title}: strength × ${vectors.map(describeVector).join(' + ')}`;
    },
    hide: () => input.hide(),
  };
  input.prompt = prompt;
  input.value = strengthText(rememberedStrength(memory));
  input.valueSelection = [0, input.value.length];
  input.ignoreFocusOut = onTyped !== undefined;
  input.buttons = buttons;
  box.name(options.vectors);
  const typed = await new Promise<number | undefined>(resolve => {
    const check = () => {
      const strength = parseStrength(input.value);
      if (typeof strength === 'string')
        input.validationMessage = { message: strength, severity: vscode.InputBoxValidationSeverity.Error };
      return strength;
    };
    input.onDidChangeValue(() => {
      clearTimeout(pause);
      const strength = check();
      if (typeof strength === 'string') return;
      input.validationMessage = '';
      pause = setTimeout(() => onTyped?.(strength, box), PAUSE);
    });
    input.onDidAccept(() => {
      const strength = check();
      if (typeof strength === 'string') return;
      resolve(strength);
      input.hide();
    });
    input.onDidTriggerButton(async button => {
      // What it shows hides this box, which is not the person's Escape.
      away = true;
      try {
        await buttons.find(({ tooltip }) => tooltip === button.tooltip)?.run(box);
      } finally {
        away = false;
        input.show();
      }
    });
    input.onDidHide(() => {
      if (!away) resolve(undefined);
    });
    input.show();
    onTyped?.(rememberedStrength(memory), box);
  });
  clearTimeout(pause);
  input.dispose();
  if (typed !== undefined) await memory.update(REMEMBERED, typed);
  return typed;
}
