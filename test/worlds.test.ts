import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(__dirname, '..');

/** What each folder may import: other folders of the project, and packages. */
const WORLDS: Record<string, { folders: string[]; packages: RegExp }> = {
  'src/core': { folders: [], packages: /^pure-rand\// },
  'src/rpc': { folders: ['src/core'], packages: /^node:/ },
  'src/files': { folders: ['src/core'], packages: /^node:/ },
  'src/model/process': {
    folders: ['src/core', 'src/rpc', 'src/files', 'src/model'],
    packages: /^(node:|onnxruntime-node$|pure-rand\/)/,
  },
  'src/model': {
    folders: ['src/core', 'src/rpc', 'src/files'],
    packages: /^(node:|protobufjs\/|@huggingface\/)/,
  },
  'src/study': {
    folders: ['src/core', 'src/rpc', 'src/files', 'src/model', 'package.json'],
    packages: /^node:/,
  },
  'src/report': { folders: ['src/core', 'src/report', 'webview/charts'], packages: /^(node:|linkedom)/ },
  'src/cli': {
    folders: ['src/core', 'src/rpc', 'src/files', 'src/model', 'src/study', 'src/report', 'package.json'],
    packages: /^(node:|commander$)/,
  },
  // What the editor knows of rollouts needs no vscode, so that it is tested without one.
  'src/editor/rollout': { folders: ['src/core', 'src/model/text'], packages: /^node:/ },
  // The rows of the side bar, likewise.
  'src/editor/views/rows': { folders: ['src/core', 'src/editor/rollout'], packages: /^node:/ },
  'src/editor': {
    folders: ['src/core', 'src/rpc', 'src/files', 'src/model', 'src/study'],
    packages: /^(node:|vscode$)/,
  },
  'src/bench': {
    folders: ['src/core', 'src/rpc', 'src/files', 'src/model', 'src/study', 'src/cli', 'package.json'],
    packages: /^(node:|commander$|pure-rand\/|onnxruntime-node\/package.json$)/,
  },
  'webview/lens': {
    folders: ['src/core', 'src/rpc', 'src/editor/lens/lensContract', 'webview/controls'],
    packages: /^$/,
  },
  webview: { folders: [], packages: /^@vscode\/webview-ui-toolkit$/ },
  'webview/charts': { folders: ['src/core'], packages: /^@observablehq\/plot/ },
};

const sources = ['src', 'webview'].flatMap(top =>
  readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map(entry => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')),
);

const worldOf = (path: string) =>
  Object.keys(WORLDS)
    .filter(world => path.startsWith(`${world}/`))
    .sort((a, b) => b.length - a.length)[0];

describe('no world leaks into another', () => {
  it('finds the sources', () => expect(sources.length).toBeGreaterThan(50));

  it.each(sources)('%s', path => {
    const world = worldOf(path);
    if (!world) return expect.unreachable(`${path} belongs to no world`);
    const { folders, packages } = WORLDS[world];
    const text = readFileSync(join(ROOT, path), 'utf8');
    for (const [, target] of text.matchAll(/^(?:import|export)[^'"]*?from ['"]([^'"]+)['"]/gm)) {
      if (!target.startsWith('.')) {
        expect(target, `${path} may not import ${target}`).toMatch(packages);
        continue;
      }
      const found = relative(ROOT, resolve(ROOT, path, '..', target))
        .split(sep)
        .join('/');
      const allowed =
        found.startsWith(`${world}/`) ||
        folders.some(folder => found === folder || found.startsWith(`${folder}/`));
      expect(allowed, `${path} may not import ${found}`).toBe(true);
    }
  });
});

it('nothing but the process of the model loads onnxruntime', () => {
  const users = sources.filter(path =>
    /from 'onnxruntime-node'/.test(readFileSync(join(ROOT, path), 'utf8')),
  );
  for (const path of users) expect(path).toMatch(/^src\/model\/process\//);
});

it('one file knows the controls’ toolkit, so that its successor can take its place', () => {
  const users = sources.filter(path =>
    readFileSync(join(ROOT, path), 'utf8').includes('@vscode/webview-ui-toolkit'),
  );
  expect(users).toEqual(['webview/controls.ts']);
});
