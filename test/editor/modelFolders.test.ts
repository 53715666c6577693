import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedModels, huggingFaceCacheFolder } from '../../src/editor/models/huggingFaceCache';
import { formatBytes, inspectModelFolder, weightFaults } from '../../src/editor/models/modelFolder';

const BUNDLED = join(__dirname, '../../models/reasoning');
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'doubletake-models-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('what is missing in a model folder', () => {
  const GB = 1e9;
  it.each([
    ['nothing', [{ name: 'a', there: 2 * GB, whole: 2 * GB }], undefined, []],
    ['files of another kind', [{ name: 'a', there: 2 * GB }], undefined, []],
    [
      'one shard of four',
      [
        { name: 'model-00001-of-00002.safetensors', there: 3.1 * GB, whole: 3.1 * GB },
        { name: 'model-00002-of-00002.safetensors', there: 0 },
      ],
      5 * GB,
      ['model-00002-of-00002.safetensors is missing', '3.1 GB of 5.0 GB there'],
    ],
    [
      'several shards, no sum known',
      [
        { name: 'a', there: 1 * GB, whole: 1 * GB },
        { name: 'b', there: 0 },
        { name: 'c', there: 0 },
      ],
      undefined,
      ['b and 1 more of 3 files are missing', '1.0 GB there'],
    ],
    [
      'a download cut off',
      [{ name: 'a', there: 1.2e6, whole: 4.7e6 }],
      undefined,
      ['a is cut short', '1 MB of 5 MB there'],
    ],
  ])('%s', (_, files, total, faults) => expect(weightFaults(files, total)).toEqual(faults));

  it.each([
    [800, '1 kB'],
    [58343, '58 kB'],
    [4.7e6, '5 MB'],
    [16.06e9, '16.1 GB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it('accepts the bundled model', async () => {
    expect(await inspectModelFolder(BUNDLED)).toMatchObject({
      architecture: 'LlamaForCausalLM',
      bytes: 4682056,
    });
  });

  const spoiled: [string, (folder: string) => void, RegExp][] = [
    ['no folder', folder => rmSync(folder, { recursive: true }), /does not exist/],
    [
      'a file',
      folder => {
        rmSync(folder, { recursive: true });
        writeFileSync(folder, '');
      },
      /is a file/,
    ],
    [
      'an empty folder',
      folder => {
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
      },
      /is not a model folder/,
    ],
    [
      'no config and no tokenizer',
      folder => ['config', 'tokenizer'].map(name => rmSync(join(folder, `${name}.json`))),
      /not whole: config\.json and tokenizer\.json are missing/,
    ],
    ['no weights', folder => rmSync(join(folder, 'model.safetensors')), /the weights .+ are missing/],
    [
      'truncated weights',
      folder => truncateSync(join(folder, 'model.safetensors'), 1_200_000),
      /model\.safetensors is cut short; 1 MB of 5 MB there/,
    ],
    [
      'weights cut off in their header',
      folder => truncateSync(join(folder, 'model.safetensors'), 100),
      /model\.safetensors is cut short/,
    ],
    [
      'a link that leads nowhere',
      folder => {
        rmSync(join(folder, 'model.safetensors'));
        symlinkSync('../../blobs/gone', join(folder, 'model.safetensors'));
      },
      /the weights .+ are missing/,
    ],
  ];
  it.each(spoiled)('refuses %s', async (_, spoil, message) => {
    const folder = join(home, 'model');
    cpSync(BUNDLED, folder, { recursive: true });
    spoil(folder);
    await expect(inspectModelFolder(folder)).rejects.toThrow(message);
  });
});

describe('the cache of Hugging Face', () => {
  it.each([
    [{ HF_HUB_CACHE: '/a', HF_HOME: '/b' }, '/a'],
    [{ HF_HOME: '/b', XDG_CACHE_HOME: '/c' }, join('/b', 'hub')],
    [{ XDG_CACHE_HOME: '/c' }, join('/c', 'huggingface', 'hub')],
  ])('%o', (env, folder) => expect(huggingFaceCacheFolder(env)).toBe(folder));

  const add = (repository: string, revision: string, main?: string) => {
    const folder = join(home, repository, 'snapshots', revision);
    cpSync(BUNDLED, folder, { recursive: true });
    mkdirSync(join(home, repository, 'refs'), { recursive: true });
    if (main) writeFileSync(join(home, repository, 'refs', 'main'), `${main}\n`);
    return folder;
  };

  it('lists whole models, by the revision of main', async () => {
    const wanted = add('models--org--small', 'aaaaaaaaaaaa', 'aaaaaaaaaaaa');
    add('models--org--small', 'bbbbbbbbbbbb');
    rmSync(join(add('models--org--half', 'cccccccccccc'), 'model.safetensors'));
    add('datasets--org--rollouts', 'dddddddddddd');
    add('models--alone', 'eeeeeeeeeeee');
    expect(await cachedModels(home)).toEqual([
      expect.objectContaining({ name: 'alone', revision: 'eeeeeee' }),
      expect.objectContaining({ name: 'org/small', revision: 'aaaaaaa', folder: wanted }),
    ]);
  });

  it('falls back on another revision if that of main is not whole', async () => {
    rmSync(join(add('models--org--small', 'aaaaaaaaaaaa', 'aaaaaaaaaaaa'), 'config.json'));
    add('models--org--small', 'bbbbbbbbbbbb');
    expect((await cachedModels(home)).map(({ revision }) => revision)).toEqual(['bbbbbbb']);
  });

  it('is empty where there is none', async () => expect(await cachedModels(join(home, 'none'))).toEqual([]));
});
