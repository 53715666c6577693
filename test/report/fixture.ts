import type { CosineAtLayer, LensAtLayer, ReproduceResults, SteeredCell } from '../../src/core/results';

/** A text that tries to break out of every output format: tags, handlers, a terminal escape, right-to-left, emoji. */
export const HOSTILE =
  '</script><img src=x onerror="alert(1)"> \u001b[2J\u001b]0;owned\u0007 \u202egnp.exe שלום 🤔 & "quoted", \'single\'';

const STRENGTHS = [0, 1.7, 3.3, 5, 6.7];
const OTHER_LABELS = [
  'initializing',
  'deduction',
  'adding-knowledge',
  'example-testing',
  'uncertainty-estimation',
];

function cell(over: Partial<SteeredCell> & { b: number }): SteeredCell {
  const sd = 0.6 * over.b + 0.002;
  return {
    model: 'reasoning',
    intervention: 'base-derived',
    layer: 3,
    offset: -12,
    strength: 0,
    n: 60,
    sd,
    low: Math.max(0, over.b - (1.96 * sd) / Math.sqrt(60)),
    high: over.b + (1.96 * sd) / Math.sqrt(60),
    degenerate: 0,
    repeatedFourGrams: 0.08,
    ...over,
  };
}

function row(model: SteeredCell['model'], intervention: string, bs: number[]): SteeredCell[] {
  return bs.map((b, i) =>
    cell({
      model,
      intervention,
      strength: STRENGTHS[i],
      b,
      degenerate: i === 4 && model === 'reasoning' ? 0.35 : 0.01 * i,
    }),
  );
}

function control(intervention: string, bs: [number, number], gain = 1): SteeredCell[] {
  return bs.map((b, i) =>
    cell({ intervention, offset: null, strength: STRENGTHS[i + 2] * gain, b, degenerate: 0.03 }),
  );
}

const twoByTwo = [
  ...row('reasoning', 'base-derived', [0.0041, 0.0092, 0.0188, 0.0276, 0.0412]),
  ...row('reasoning', 'reasoning-derived', [0.0041, 0.0101, 0.0197, 0.0262, 0.0371]),
  ...row('base', 'base-derived', [0.0002, 0.0002, 0.0003, 0.0004, 0.0006]),
  ...row('base', 'reasoning-derived', [0.0002, 0.0001, 0.0003, 0.0005, 0.0008]),
];

const OFFSETS = [-30, -25, -20, -16, -14, -12, -10, -8, -6, -4, -2, 0, 3];

/** Results with realistic numbers of a small pair: the findings hold but one, and one cell in five falls apart when steered hard. */
export function fullResults(): ReproduceResults {
  return {
    toolVersion: '0.1.0',
    base: { name: 'base', hash: 'a1b2c3d4e5f60718', layers: 6, dModel: 128 },
    reasoning: { name: 'reasoning', hash: '0718e5f6c3d4a1b2', layers: 6, dModel: 128 },
    rollouts: {
      count: 300,
      tokens: 48211,
      b: 0.0046,
      labels: {
        initializing: 602,
        deduction: 2411,
        'adding-knowledge': 288,
        'example-testing': 154,
        'uncertainty-estimation': 317,
        backtracking: 412,
      },
    },
    choice: { layer: 3, offset: -12, length: 5 },
    vectors: [
      { source: 'base-derived', norm: 1.31, meanNorm: 8.7, positives: 409, windows: 4171, splitHalf: 0.91 },
      {
        source: 'reasoning-derived',
        norm: 1.52,
        meanNorm: 9.1,
        positives: 409,
        windows: 4171,
        splitHalf: 0.93,
      },
    ],
    cosineByLayer: [0.64, 0.71, 0.79, 0.84, 0.83, 0.8].map(
      (baseReasoning, layer): CosineAtLayer => ({
        layer,
        baseReasoning,
        otherLabels: Object.fromEntries(
          OTHER_LABELS.map((label, i) => [label, 0.42 - 0.2 * i + 0.03 * layer]),
        ),
        splitHalfBase: layer === 0 ? null : 0.85 + 0.02 * layer,
        splitHalfReasoning: 0.86 + 0.02 * layer,
      }),
    ),
    lensByLayer: Array.from({ length: 6 }, (_, layer) =>
      (['base-derived', 'reasoning-derived'] as const).flatMap(vector =>
        (['base', 'reasoning'] as const).map(
          (unembedding): LensAtLayer => ({
            layer,
            vector,
            unembedding,
            score:
              (vector === 'base-derived' ? 0.02 : 0.11) * layer * (unembedding === 'base' ? 1 : 1.6) - 0.05,
            percentile: 0.5 + 0.07 * layer,
          }),
        ),
      ),
    ).flat(),
    twoByTwo: [...twoByTwo],
    baselines: [
      ...twoByTwo.filter(
        c => c.model === 'reasoning' && c.intervention === 'base-derived' && [0, 3.3, 5].includes(c.strength),
      ),
      ...control('−v', [0.0012, 0.0004]),
      ...[1, 2, 3, 4, 5].flatMap(seed =>
        control(`noise ${seed}`, [0.0038 + 0.0006 * seed, 0.0041 + 0.0009 * seed]),
      ),
      ...control('mean activation', [0.0051, 0.0064]),
      ...OTHER_LABELS.flatMap((label, i) => control(label, [0.0048 - 0.0004 * i, 0.0055 - 0.0007 * i])),
      ...control('self-amplification', [0.0044, 0.0049], 1.31 / 8.7),
    ],
    windows: [
      cell({ intervention: 'none', offset: null, b: 0.0041 }),
      ...OFFSETS.flatMap((offset, i) =>
        [3.3, 5].map(strength =>
          cell({
            offset,
            strength,
            b: 0.004 + strength * 0.0052 * Math.exp(-(((offset + 11) / 7) ** 2)),
            degenerate: strength === 5 && i > 9 ? 0.4 : 0.02,
          }),
        ),
      ),
    ],
    layers: [
      cell({ intervention: 'none', offset: null, b: 0.0041 }),
      ...[0.0062, 0.0114, 0.0203, 0.0274, 0.0181, 0.0077].map((b, layer) =>
        cell({ layer, strength: 5 - 0.3 * layer, b, degenerate: layer === 0 ? 0.3 : 0.02 }),
      ),
    ],
    projection: {
      name: 'logic-017',
      tokens:
        'Okay , so I need to find who plays chess . Cy plays tea , I think . ↩ Wait , that is not right : tea is a drink , so Cy must play chess . Ann perhaps likes maps . 🤔 Hmm , let me check once more .'
          .split(' ')
          .map((word, i) => ({
            text: word === '↩' ? '\n' : ` ${word}`,
            projection: 3 * Math.sin(i / 3) - 0.4,
            backtracking: word === 'Wait' || word === 'Hmm',
          })),
    },
    example: {
      prompt: 'Who plays chess: Ann, Ben or Cy?',
      strength: 5,
      unsteered: 'Okay, Ann likes maps. Ben likes rain. So Cy plays chess.\n</think>\nCy plays chess.',
      steered:
        'Okay, Ann likes maps. Wait, maybe that is Ben. Hmm, let me check. Ann likes maps. Wait, so Cy plays chess.\n</think>\nCy plays chess.',
    },
    findings: [
      {
        id: 'fig3',
        claim:
          'The base-derived vector makes the reasoning model backtrack: b rises at least fivefold while the text stays readable',
        holds: true,
        evidence:
          'b 0.0041 [0.0033, 0.0049] without steering, 0.0276 [0.0229, 0.0323] at strength 5: ×6.7; 3 % of those traces fall apart',
      },
      {
        id: 'fig4',
        claim: 'It raises b at least twice as far as any control of the same norm',
        holds: true,
        evidence: 'rise 0.0235; the strongest control, noise 5 at 5, rises by 0.0045',
      },
      {
        id: 'lens',
        claim: 'By logit lens the base-derived vector does not point at “wait” or “but” at that layer',
        holds: false,
        evidence: 'mean logit at the 97th percentile',
      },
      {
        id: 'optimum',
        claim: 'Windows and layers have an optimum that is neither the word’s own window nor the last layer',
        holds: null,
        evidence: 'no sweep was run',
      },
    ],
    seconds: { harvest: 6.2, 'two-by-two, reasoning model': 14.9, baselines: 9.1, windows: 12.4 },
    settings: {
      seed: 1,
      prompts: 60,
      strengths: STRENGTHS,
      command:
        'doubletake reproduce --base models/base --reasoning models/reasoning --rollouts rollouts --out report',
    },
  };
}

/** What is left when nothing was measured. */
export function emptyResults(): ReproduceResults {
  return {
    ...fullResults(),
    rollouts: { count: 0, tokens: 0, labels: {}, b: Number.NaN },
    vectors: [],
    cosineByLayer: [],
    lensByLayer: [],
    twoByTwo: [],
    baselines: [],
    windows: [],
    layers: [],
    projection: null,
    example: null,
    findings: [],
    seconds: {},
  };
}
