import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import type { TextModel } from '../../model/textModel';
import type { VectorRequest } from '../../study/makeVector';
import type { Display } from '../decorations/display';
import { parseWindow } from '../decorations/windowPicker';
import { askInOrder, askPick, askText, type Place, type Turn } from '../questions';
import { countWindows, type FolderWindows } from './folderWindows';
import type { Which } from './modelPair';
import { askVectorFile } from './vectorFileQuestion';

/** What a person chose the last time. */
export interface VectorChoice extends Required<VectorRequest> {
  which: Which;
}

/** A vector to compute, and where to. */
export interface VectorPlan {
  choice: VectorChoice;
  out: string;
}

/** The paper's layer: 10 of 32. */
export const paperLayer = (layers: number) => Math.round((10 / 32) * layers);

/** What the questions need to know; a model's text side is opened, but nothing is run. */
export interface VectorQuestions {
  folder: string;
  display: Display;
  /** The last answers; without them the paper's. */
  last: Partial<VectorChoice>;
  modelFolder(which: Which): string;
  open(which: Which): Promise<{ model: TextModel; found: FolderWindows }>;
}

/** Asks for model, label, window, layer, convention and file; windows are previewed in the open editors. Undefined if given up. */
export async function askVector(questions: VectorQuestions): Promise<VectorPlan | undefined> {
  const { display } = questions;
  const asked = new Asked(questions);
  try {
    const given = await askInOrder('Compute Vector', [
      place => asked.model(place),
      place => asked.label(place),
      place => asked.window(place),
      place => asked.layer(place),
      place => asked.convention(place),
      place => asked.file(place),
    ]);
    return given ? asked.plan : undefined;
  } finally {
    display.previewWindow(undefined);
  }
}

class Asked {
  private readonly choice: VectorChoice;
  private model_!: TextModel;
  private found!: FolderWindows;
  private out = '';

  constructor(private readonly given: VectorQuestions) {
    this.choice = {
      which: 'base',
      label: 'backtracking',
      layer: -1,
      minus: 'labelled',
      scale: 'raw',
      ...given.display.windowOf(vscode.Uri.file(given.folder)),
      ...given.last,
    };
  }

  get plan(): VectorPlan {
    return { choice: this.choice, out: this.out };
  }

  model(place: Place): Promise<Turn> {
    const item = (which: Which, detail: string) => ({
      label: `${which} model`,
      description: this.given.modelFolder(which),
      detail,
      which,
    });
    const items = [
      item('base', 'Base-derived: the paper’s vector, from the base model reading the rollouts'),
      item('reasoning', 'Reasoning-derived: from the model that wrote the rollouts'),
    ];
    return askPick(place, {
      placeholder: 'Whose activations?',
      items,
      active: items.find(({ which }) => which === this.choice.which),
      onPick: async ({ which }) => {
        const { model, found } = await this.given.open(which);
        if (found.labels.length === 0)
          throw new UserError(
            `The rollouts in ${this.given.folder} have no labels: label them first (Label with Judge)`,
          );
        this.choice.which = which;
        this.model_ = model;
        this.found = found;
      },
    });
  }

  label(place: Place): Promise<Turn> {
    const items = this.found.labels.map(({ label, count, rollouts }) => ({
      label,
      description: `${count} ${count === 1 ? 'sentence' : 'sentences'} in ${rollouts} of ${this.found.rollouts.length} rollouts`,
    }));
    return askPick(place, {
      placeholder: 'Windows before sentences with which label?',
      items,
      active: items.find(({ label }) => label === this.choice.label),
      onPick: ({ label }) => void (this.choice.label = label),
    });
  }

  async window(place: Place): Promise<Turn> {
    const { label, offset, length } = this.choice;
    const turn = await askText(place, {
      prompt: 'Window: first token, counted from the sentence’s first one, and number of tokens',
      value: `${offset}, ${length}`,
      parse: text => {
        const setting = parseWindow(text);
        if (typeof setting === 'string') this.given.display.previewWindow(undefined);
        return setting;
      },
      onTyped: setting => {
        this.given.display.previewWindow({ ...setting, label });
        const { windows, rollouts } = countWindows(this.found.rollouts, label, setting);
        return `${windows} ${label} windows in ${rollouts} rollouts`;
      },
      onText: setting => void Object.assign(this.choice, setting),
    });
    if (turn !== 'next') this.given.display.previewWindow(undefined);
    return turn;
  }

  layer(place: Place): Promise<Turn> {
    const { layers } = this.model_.identity;
    const third = paperLayer(layers);
    const known = this.choice.layer >= 0 && this.choice.layer < layers;
    return askText(place, {
      prompt: `Layer: resid_post of which block, 0 to ${layers - 1}? A third of the way is the paper’s`,
      value: String(known ? this.choice.layer : third),
      parse: text =>
        /^\s*\d+\s*$/.test(text) && Number(text) < layers
          ? Number(text)
          : `A whole number from 0 to ${layers - 1}`,
      onTyped: layer => (layer === third ? 'A third of the way: 10 of 32 in the paper' : undefined),
      onText: layer => void (this.choice.layer = layer),
    });
  }

  convention(place: Place): Promise<Turn> {
    const item = (
      label: string,
      detail: string,
      minus: 'labelled' | 'overall',
      scale: 'raw' | 'mean-norm',
    ) => ({
      label,
      detail,
      minus,
      scale,
    });
    const items = [
      item('Minus the mean of all labelled windows', 'The paper’s; the vector’s own norm', 'labelled', 'raw'),
      item(
        'Minus the mean of all tokens, at its norm',
        'Venhoff et al.: strengths are comparable between layers',
        'overall',
        'mean-norm',
      ),
      item('Minus the mean of all tokens', 'The vector’s own norm', 'overall', 'raw'),
      item('Minus the mean of all labelled windows, at the mean norm', '', 'labelled', 'mean-norm'),
    ];
    const { minus, scale } = this.choice;
    return askPick(place, {
      placeholder: 'The mean activation of the label’s windows, minus what?',
      items,
      active: items.find(item => item.minus === minus && item.scale === scale),
      onPick: ({ minus, scale }) => void Object.assign(this.choice, { minus, scale }),
    });
  }

  async file(place: Place): Promise<Turn> {
    return askVectorFile(place, this.given.folder, vectorName(this.choice), path => {
      this.out = path;
    });
  }
}

/** "backtracking.base.layer1": what a vector's file is called before its ending. */
export function vectorName({ label, which, layer }: Pick<VectorChoice, 'label' | 'which' | 'layer'>): string {
  const safe = label.replace(/[^\p{L}\p{N}_.-]+/gu, '-').replace(/^[.-]+/, '') || 'label';
  return `${safe}.${which}.layer${layer}`;
}
