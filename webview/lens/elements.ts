/** Attributes of an element: ARIA and the like, never markup. */
type Attributes = Record<string, string | number | boolean | undefined>;

/** An element with children; strings become text nodes, so that nothing of a rollout is ever read as HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}
