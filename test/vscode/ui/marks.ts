import type { Page } from 'playwright-core';

/** A decoration as it is drawn, with the text under it. Colours are [red, green, blue, alpha], 0 … 255 and 0 … 1. */
export interface Mark {
  text: string;
  background: number[];
  border: number[];
  borderWidth: number;
}

/** The decorations of extensions that the editor shows now, top to bottom; one over a line break is one for each line. */
export async function marks(page: Page): Promise<Mark[]> {
  const drawn = await page.evaluate(() => {
    const lines = [...document.querySelectorAll('.editor-instance .view-line')].map(line => ({
      line,
      box: line.getBoundingClientRect(),
    }));
    const under = (box: DOMRect) => {
      const found = lines.find(({ box: line }) => Math.abs(line.top - box.top) < 3);
      if (!found) return '';
      let text = '';
      const walker = document.createTreeWalker(found.line, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (let i = 0; i < node.textContent!.length; i++) {
          range.setStart(node, i);
          range.setEnd(node, i + 1);
          const { left, width } = range.getBoundingClientRect();
          if (left + width / 2 > box.left && left + width / 2 < box.right) text += node.textContent![i];
        }
      }
      return text.replaceAll('\u00a0', ' ');
    };
    return [...document.querySelectorAll('.editor-instance .view-overlays .cdr[class*="ced-"]')].map(mark => {
      const style = getComputedStyle(mark);
      const box = mark.getBoundingClientRect();
      const outlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0;
      return {
        text: under(box),
        top: box.top,
        left: box.left,
        background: style.backgroundColor,
        border: outlined ? style.outlineColor : style.borderTopColor,
        borderWidth: Number.parseFloat(outlined ? style.outlineWidth : style.borderTopWidth),
      };
    });
  });
  return drawn
    .sort((a, b) => a.top - b.top || a.left - b.left)
    .map(({ text, background, border, borderWidth }) => ({
      text,
      background: channels(background),
      border: channels(border),
      borderWidth,
    }));
}

/** A colour that the extension contributes, as the theme has it now. */
export async function themeColor(page: Page, id: string): Promise<number[]> {
  const color = await page.evaluate(
    name => {
      const probe = document.createElement('div');
      probe.style.color = `var(${name})`;
      document.querySelector('.monaco-workbench')!.append(probe);
      const computed = getComputedStyle(probe).color;
      probe.remove();
      return computed;
    },
    `--vscode-${id.replaceAll('.', '-')}`,
  );
  return channels(color);
}

/** Whether two colours are the same to the eye: browsers round alpha to about 1/255. */
export const sameColor = (a: number[], b: number[]) =>
  a.every((value, i) => Math.abs(value - b[i]) <= (i === 3 ? 0.01 : 1));

/** The marks filled with a contributed colour. */
export async function filledWith(page: Page, id: string): Promise<Mark[]> {
  const color = await themeColor(page, id);
  return (await marks(page)).filter(mark => sameColor(mark.background, color));
}

/** The marks outlined with a contributed colour. */
export async function outlinedWith(page: Page, id: string): Promise<Mark[]> {
  const color = await themeColor(page, id);
  return (await marks(page)).filter(mark => mark.borderWidth > 0 && sameColor(mark.border, color));
}

function channels(color: string): number[] {
  const numbers = (color.match(/[\d.]+/g) ?? []).map(Number);
  return numbers.length === 3 ? [...numbers, 1] : numbers;
}
