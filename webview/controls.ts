import {
  type Button,
  type Checkbox,
  type Dropdown,
  type Option,
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
} from '@vscode/webview-ui-toolkit';

// The only file that knows the toolkit: whoever replaces it has these functions to keep.

/** A control that shows a value of the host's. */
export interface Control<Value> {
  element: HTMLElement;
  set(value: Value): void;
}

/** Makes the controls known to the page; called once, before any of them. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeDropdown(), vsCodeOption());
}

/** A button; a `quiet` one is not the thing to do next. */
export function button(text: string, run: () => void, quiet = false): Control<{ disabled: boolean }> {
  const element = document.createElement('vscode-button') as Button;
  element.appearance = quiet ? 'secondary' : 'primary';
  element.textContent = text;
  element.addEventListener('click', run);
  return { element, set: ({ disabled }) => void (element.disabled = disabled) };
}

/** A check box with its label. */
export function checkbox(text: string, title: string, change: (checked: boolean) => void): Control<boolean> {
  const element = document.createElement('vscode-checkbox') as Checkbox;
  element.textContent = text;
  element.title = title;
  // The toolkit fires `change` also when the value is set from outside: only a person's click or key counts.
  let shown = false;
  element.addEventListener('change', () => {
    if (element.checked !== shown) change((shown = element.checked));
  });
  return { element, set: checked => void (element.checked = shown = checked) };
}

/** A choice of one of several values. */
export function dropdown<Value extends string>(
  label: string,
  options: readonly { value: Value; text: string }[],
  change: (value: Value) => void,
): Control<Value> {
  const element = document.createElement('vscode-dropdown') as Dropdown;
  element.ariaLabel = label;
  element.title = label;
  for (const { value, text } of options) {
    const option = document.createElement('vscode-option') as Option;
    option.value = value;
    option.textContent = text;
    element.append(option);
  }
  let shown = options[0].value;
  element.addEventListener('change', () => {
    if (element.value !== shown) change((shown = element.value as Value));
  });
  return {
    element,
    set: value => {
      shown = value;
      element.value = value;
    },
  };
}
