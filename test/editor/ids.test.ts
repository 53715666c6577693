import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LABELS } from '../../src/core/labels';
import { DEFAULT_LENGTH, DEFAULT_OFFSET } from '../../src/core/windows';
import * as ids from '../../src/editor/ids';

const ROOT = join(__dirname, '../..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const { contributes } = manifest;
const sorted = (values: Iterable<string>) => [...values].sort();
const editor = join(ROOT, 'src/editor');
const sources = readdirSync(editor, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .map(path => ({ path, text: readFileSync(join(editor, path), 'utf8') }));

it.each([
  ['commands', ids.COMMANDS, contributes.commands.map((c: { command: string }) => c.command)],
  ['settings', ids.SETTINGS, Object.keys(contributes.configuration.properties)],
  ['colours', ids.COLORS, contributes.colors.map((c: { id: string }) => c.id)],
  [
    'views',
    ids.VIEWS,
    Object.values(contributes.views as { id: string }[][]).flatMap(v => v.map(({ id }) => id)),
  ],
])('%s are those of package.json', (_, inCode, inManifest: string[]) => {
  expect(sorted(Object.values(inCode))).toEqual(sorted(inManifest));
});

it('the language is that of package.json', () => {
  expect(contributes.languages.map((l: { id: string }) => l.id)).toEqual([ids.LANGUAGE]);
  expect(manifest.activationEvents).toEqual([`onLanguage:${ids.LANGUAGE}`]);
});

it('every when clause uses context keys that are set', () => {
  const clauses = JSON.stringify([contributes.keybindings, contributes.menus]);
  const used = new Set(clauses.match(/(?<=[ "!])doubletake\.\w+(?=[ "])/g));
  for (const id of [ids.COMMANDS, ids.VIEWS].flatMap(group => Object.values(group))) used.delete(id);
  expect(sorted(used)).toEqual(sorted(Object.values(ids.CONTEXT_KEYS)));
});

it('no id is written anywhere else', () => {
  const known = [ids.COMMANDS, ids.SETTINGS, ids.COLORS, ids.CONTEXT_KEYS, ids.VIEWS].flatMap(group =>
    Object.values(group),
  );
  for (const { path, text } of sources.filter(({ path }) => path !== 'ids.ts'))
    expect(
      known.filter(id => text.includes(`'${id}'`)),
      path,
    ).toEqual([]);
});

it('at most 19 commands, one of them outside rollouts, stand in the palette, all with the category, in Title Case', () => {
  const hidden = contributes.menus.commandPalette.filter((m: { when: string }) => m.when === 'false').length;
  expect(contributes.commands.length - hidden).toBeLessThanOrEqual(19);
  for (const { category, title } of contributes.commands) {
    expect(category).toBe('Doubletake');
    expect(title).toMatch(/^[A-Z]/);
  }
});

it('keys name commands, and digits the labels of the paper', () => {
  const digits = contributes.keybindings.filter((k: { key: string }) => /^\d$/.test(k.key));
  expect(digits.map((k: { args: string }) => k.args)).toEqual(LABELS);
  for (const { command, when } of contributes.keybindings) {
    expect(Object.values(ids.COMMANDS)).toContain(command);
    expect(when).toContain(`editorLangId == ${ids.LANGUAGE}`);
  }
});

it('annotation mode leaves no key to the editor that would change the text', () => {
  const taken = new Map<string, string>(
    contributes.keybindings
      .filter(({ when }: { when: string }) => /doubletake\.annotating/.test(when))
      .flatMap(({ key, mac, command }: Record<string, string>) => [key, mac ?? key].map(k => [k, command])),
  );
  for (const key of ['backspace', 'delete']) expect(taken.get(key)).toBe(ids.COMMANDS.removeLabel);
  for (const key of ['ctrl+v', 'cmd+v', 'shift+insert', 'ctrl+x', 'cmd+x', 'shift+delete', 'tab'])
    expect(taken.get(key), key).toBe(ids.COMMANDS.keepTextInAnnotation);
});

it('colours have defaults for all four kinds of theme; defaults of windows are those of the method', () => {
  for (const { defaults } of contributes.colors)
    expect(sorted(Object.keys(defaults))).toEqual(['dark', 'highContrast', 'highContrastLight', 'light']);
  const { properties } = contributes.configuration;
  expect(properties[ids.SETTINGS.windowOffset].default).toBe(DEFAULT_OFFSET);
  expect(properties[ids.SETTINGS.windowLength].default).toBe(DEFAULT_LENGTH);
});

it('files that package.json names are there', () => {
  const [{ configuration, icon }] = contributes.languages;
  const pages = contributes.walkthroughs.flatMap((w: { steps: { media: { markdown: string } }[] }) =>
    w.steps.map(({ media }) => media.markdown),
  );
  expect(pages.length).toBeGreaterThan(0);
  for (const path of [manifest.icon, configuration, icon.light, icon.dark, ...pages])
    expect(existsSync(join(ROOT, path)), path).toBe(true);
});

it('only the edge to the editor imports vscode', () => {
  for (const { path, text } of sources.filter(({ path }) => /^(rollout|views\/rows)\//.test(path)))
    expect(text, path).not.toMatch(/from 'vscode'/);
});
