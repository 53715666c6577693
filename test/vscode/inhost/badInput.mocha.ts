import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { formatAnn, parseAnn } from '../../../src/core/brat';
import { labelSentences } from '../../../src/core/keywordJudge';
import { parseRollout } from '../../../src/core/rollout';
import { measure, until } from '../suite';
import { closeAll } from './extension';
import {
  openRollout,
  outlineNames,
  problems,
  putCursor,
  save,
  savedLabels,
  sidecarText,
  writeFiles,
} from './rollouts';

const wrap = (reasoning: string) => `<prompt>\nWhy?\n</prompt>\n<think>\n${reasoning}\n</think>\nAnswer: so.`;
const PLAIN = 'Okay, first things first. It rains. Wait, it snows. So it is cold.';

/** Texts that broke admired extensions. Each holds the sentence "Wait, it snows." once. */
const TEXTS: Record<string, string> = {
  'CRLF line ends': wrap(PLAIN.replaceAll('. ', '.\n')).replaceAll('\n', '\r\n'),
  'emoji and combining marks': wrap(`😀👩‍👩‍👧‍👦 e\u0301 ${PLAIN} 🏳️‍🌈 Ende.`),
  'right-to-left text': wrap(`שלום עולם. مرحبا بالعالم. ${PLAIN} \u202eabc\u202c.`),
  'markup and </script>': wrap(
    `<script>alert(1)</script> <img src=x onerror=alert(1)>. ${PLAIN} [x](command:workbench.action.quit).`,
  ),
  'a line of 10,000 characters': wrap(`${'It rains again today. '.repeat(460)}${PLAIN}`),
  'no prompt and no tags': PLAIN,
  'a prompt that is never closed': `<prompt>\n${PLAIN}`,
  'a byte order mark': `\uFEFF${wrap(PLAIN)}`,
  'nothing after the tags': `${wrap(PLAIN).split('</think>')[0]}`,
};

describe('Unusual rollouts', () => {
  afterEach(closeAll);

  for (const [title, text] of Object.entries(TEXTS)) {
    it(`labels a rollout with ${title}, and the text stays as it is`, async () => {
      const name = `bad-${title.replaceAll(/\W+/g, '-')}`;
      await writeFiles(name, text);
      const editor = await openRollout(name);
      const shown = editor.document.getText();
      putCursor(editor, 'Wait, it snows.');
      await vscode.commands.executeCommand('doubletake.setLabel', 'backtracking');
      if (title === 'a prompt that is never closed') {
        await until('a diagnostic', () => problems(name).length > 0);
      } else {
        await until('the label', async () => {
          assert.deepEqual(savedLabels(await sidecarText(name)), [['backtracking', 'Wait, it snows.']]);
          return true;
        });
        await save();
        const { problems: faults } = parseAnn(
          await sidecarText(name),
          title === 'a byte order mark' ? `\uFEFF${shown}` : shown,
        );
        assert.deepEqual(faults, []);
      }
      assert.equal(editor.document.getText(), shown);
      assert.deepEqual(
        await vscode.workspace.fs
          .readFile(editor.document.uri)
          .then(bytes => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)),
        text,
      );
    });
  }

  it('labels in a rollout of 5 MB without long waits', async function () {
    this.timeout(60_000);
    const text = wrap(`${'The hall is cold at noon. It rains in the park.\n'.repeat(110_000)}${PLAIN}`);
    await writeFiles('bad-5mb', text);
    const editor = await openRollout('bad-5mb');
    putCursor(editor, 'Wait, it snows.');
    const start = performance.now();
    await vscode.commands.executeCommand('doubletake.setLabel', 'backtracking');
    await until('the label', async () => savedLabels(await sidecarText('bad-5mb')).length === 1, 30_000);
    measure('label in a rollout of 5 MB', performance.now() - start);
    await save();
  });
});

describe('Sidecars that do not fit', () => {
  afterEach(closeAll);
  const text = wrap(PLAIN);
  const good = formatAnn(labelSentences(parseRollout(text).response, parseRollout(text).responseStart), text);

  /** Two labels, each from a part of the text to the end of the next sentence but one of them. */
  const crossing = (first: string, second: string) => {
    const [from, at] = [text.indexOf(first), text.indexOf(second)];
    const to = at + 'things'.length;
    const end = at + second.length;
    return `T1\tdeduction ${from} ${to}\t${text.slice(from, to)}\nT2\texample-testing ${at} ${end}\t${text.slice(at, end)}\n`;
  };

  const open = async (name: string, ann: string) => {
    await writeFiles(name, text, ann);
    await openRollout(name);
    return name;
  };

  it('says nothing about one that fits', async () => {
    const name = await open('side-good', good);
    await until('the labels read', async () => (await outlineNames()).some(line => line.includes('Wait')));
    assert.deepEqual(problems(name), []);
  });

  const FAULTS: Record<string, string> = {
    'another file': 'T1\tdeduction 30 61\tA sentence of some other rollout.\n',
    'offsets out of range': 'T1\tdeduction 90000 90010\tnot there.\n',
    'a line that is no label': 'T1 deduction without tabs\n',
    'labels that cross': crossing('Okay, first', 'things first. It rains'),
  };
  for (const [title, ann] of Object.entries(FAULTS)) {
    it(`reports ${title}, and keeps the line`, async () => {
      const name = await open(`side-${title.replaceAll(/\W+/g, '-')}`, ann);
      const [first] = await until('a diagnostic', () => problems(name).length > 0 && problems(name));
      assert.notEqual(first.message.trim(), '');
      putCursor(vscode.window.activeTextEditor!, 'Wait, it snows.');
      await vscode.commands.executeCommand('doubletake.setLabel', 'backtracking');
      await until('the new label', async () => /backtracking/.test(await sidecarText(name)));
      assert((await sidecarText(name)).includes(ann.trim()), 'the line is lost');
    });
  }

  it('are not looked for where a query, as of git, names the file', async () => {
    const event = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
    const refuse = () => {
      throw vscode.FileSystemError.NoPermissions();
    };
    const bytes = new TextEncoder().encode(`T1 is what this line begins with.\n${PLAIN}`);
    // Whatever path is asked for, the query says which file comes back.
    const revisions: vscode.FileSystemProvider = {
      onDidChangeFile: event.event,
      watch: () => event,
      stat: () => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: bytes.length }),
      readFile: () => bytes,
      readDirectory: () => [],
      writeFile: refuse,
      createDirectory: refuse,
      delete: refuse,
      rename: refuse,
    };
    const registered = vscode.workspace.registerFileSystemProvider('revisions', revisions, {
      isReadonly: true,
    });
    try {
      const uri = vscode.Uri.parse('revisions:/old.rollout.txt?old.rollout.txt');
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
      await until('an outline', async () => (await outlineNames()).length > 0);
      await new Promise(resolve => setTimeout(resolve, 500));
      const told = vscode.languages.getDiagnostics().filter(([{ scheme }]) => scheme === 'revisions');
      assert.deepEqual(
        told.flatMap(([, each]) => each.map(({ message }) => message)),
        [],
      );
    } finally {
      await closeAll();
      registered.dispose();
    }
  });

  it('finds labels again whose offsets are off, and says so', async () => {
    const shifted = good.replace(
      /(\tbacktracking )(\d+) (\d+)/,
      (_, label, start, end) => `${label}${Number(start) + 5} ${Number(end) + 5}`,
    );
    const name = await open('side-shifted', shifted);
    await until('a diagnostic', () => problems(name).length > 0);
    assert.match(problems(name)[0].message, /moved/i);
  });
});
