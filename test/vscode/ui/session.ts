import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { until } from '../suite';

/** A running VS Code, as scripts/host/server.mjs makes it. */
export interface Host {
  userData: string;
  url(folder: string, payload?: [string, string][]): string;
  uri(path: string): string;
  install(vsix: string, id: string): string;
  start(): Promise<Host>;
}

/** What scripts/host/suites.mjs starts for these tests. */
export interface Session {
  host: Host;
  browser: Browser;
  /** Folder with test/vscode/workspace and samples/rollouts, writable. */
  workspace: string;
  /** Folder for pictures. */
  screenshots: string;
  /** The repository. */
  root: string;
  vsix: string;
  manifest: {
    contributes: { commands: { command: string; title: string; category: string }[]; menus: Menus };
  };
  withHost<T>(options: object, use: (host: Host, home: string) => Promise<T>): Promise<T>;
}

interface Menus {
  commandPalette: { command: string; when: string }[];
}

export const session = (globalThis as unknown as { doubletakeSession: Session }).doubletakeSession;

/** VS Code's four kinds of theme: an id of a theme that it brings, and the class of its workbench. */
export const THEMES = [
  { id: 'Dark Modern', workbench: 'vs-dark' },
  { id: 'Light Modern', workbench: 'vs' },
  { id: 'Default High Contrast', workbench: 'hc-black' },
  { id: 'Default High Contrast Light', workbench: 'hc-light' },
];

/** Messages of a VS Code that lacks Microsoft's closed parts and compiled ones, which have nothing to do with the extension. */
const NOISE = [
  /\/vsda(_bg)?\.(js|wasm)\b/,
  /^Failed to load resource: the server responded with a status of 404 \(Not Found\) \S+\/vsda/,
  /^%c\s*(ERR color: #f33 )?\[Extension Host\] (%c)?Error: Could not locate the bindings file\. Tried:\n → \S+\/@vscode\/spdlog\//,
  /^%c\s*ERR color: #f33 Error: Timed out waiting for authentication provider 'github' to register\.\n/,
  /^%c\s*(ERR color: #f33 )?(\[Extension Host\] )?(%c)?Error: Cannot find module '\.\/build\/Release\/watchdog'\nRequire stack:\n- \S+\/@vscode\/native-watchdog\//,
];

/** Errors that pages logged, without the known noise. */
export const pageErrors: string[] = [];

/** Opens a page of VS Code on the workspace with one file in the editor. */
export async function openPage(file: string, host = session.host, folder = session.workspace): Promise<Page> {
  const page = await session.browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on('pageerror', error => pageErrors.push(String(error)));
  page.on('console', message => {
    const place = `${message.text()} ${message.location().url}`;
    if (message.type() === 'error' && !NOISE.some(pattern => pattern.test(place))) pageErrors.push(place);
  });
  await page.goto(host.url(folder, [['openFile', host.uri(join(folder, file))]]));
  await page.locator('.editor-instance .view-line').first().waitFor({ timeout: 60_000 });
  return page;
}

/** Closes a page; what VS Code complains of while it goes is nobody's fault. */
export async function closePage(page: Page): Promise<void> {
  page.removeAllListeners('console');
  page.removeAllListeners('pageerror');
  await page.close();
}

let shared: Promise<Page> | undefined;

/** The page that most tests share, as loading one takes ten seconds on a loaded machine; `file` is opened in it. */
export async function sharedPage(file: string): Promise<Page> {
  shared ??= openPage(file);
  const page = await shared;
  if (!(await isActive(page, file))) await quickOpen(page, file);
  return page;
}

async function quickOpen(page: Page, file: string): Promise<void> {
  await page.keyboard.press('Control+p');
  await page.locator('.quick-input-widget .quick-input-box input').fill(file);
  // Chosen by its name: what was shown last (a completion of the same rollout) may come first.
  await page
    .locator(`.quick-input-list .monaco-list-row[aria-label^="${basename(file)}"]`)
    .first()
    .click();
  await until(`${file} in the editor`, () => isActive(page, file));
}

const isActive = async (page: Page, file: string) =>
  (await page.locator(`.tab.active[aria-label^="${basename(file)}"]`).count()) > 0;

/** Changes settings of the workspace, in its file; `undefined` takes one away. (VS Code in a browser does not watch the user's.) */
export function changeSettings(change: Record<string, unknown>, folder = session.workspace): void {
  const path = join(folder, '.vscode', 'settings.json');
  mkdirSync(dirname(path), { recursive: true });
  const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  writeFileSync(path, JSON.stringify({ ...before, ...change }, null, 2));
}

/** Changes the colour theme of a workspace and waits until it is drawn. */
export async function setTheme(
  page: Page,
  { id, workbench }: (typeof THEMES)[number],
  folder = session.workspace,
): Promise<void> {
  changeSettings({ 'workbench.colorTheme': id }, folder);
  await page.locator(`.monaco-workbench.${workbench}`).waitFor({ timeout: 15_000 });
}

/** Saves a picture of the page. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(session.screenshots, `${name}.png`) });
}

/** Types in the command palette, as a person does, and runs the row with exactly that title. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await openPalette(page, title);
  await page.locator(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`).first().waitFor();
  await page.keyboard.press('Enter');
}

/** Opens the command palette with `text` typed in it. */
export async function openPalette(page: Page, text: string): Promise<void> {
  const input = page.locator('.quick-input-widget .quick-input-box input');
  // A question that is just being closed may take the key with it.
  await until('the palette', async () => {
    await page.keyboard.press('F1');
    await input.fill(`>${text}`, { timeout: 3000 });
    return true;
  });
}

/** Closes the palette if it is open. */
export async function closePalette(page: Page): Promise<void> {
  if (await page.locator('.quick-input-widget').isVisible()) await page.keyboard.press('Escape');
}

/** Puts the cursor where `text` stands on the screen. */
export async function clickOn(page: Page, text: string): Promise<void> {
  const place = await placeOf(page, text);
  await page.mouse.click(place.x, place.y);
}

/** The middle of the first character of `text` in the editor, in pixels. */
export function placeOf(page: Page, text: string): Promise<{ x: number; y: number }> {
  return until(`"${text}" on the screen`, () =>
    page.evaluate(wanted => {
      for (const line of document.querySelectorAll('.editor-instance .view-line')) {
        const at = (line.textContent ?? '').replaceAll('\u00a0', ' ').indexOf(wanted);
        if (at < 0) continue;
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        let before = 0;
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const length = node.textContent!.length;
          if (at < before + length) {
            const range = document.createRange();
            range.setStart(node, at - before);
            range.setEnd(node, at - before + 1);
            const { left, top, width, height } = range.getBoundingClientRect();
            return { x: left + width / 2, y: top + height / 2 };
          }
          before += length;
        }
      }
      return null;
    }, text),
  );
}
