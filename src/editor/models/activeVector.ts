import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { isVectorMetadata, parseVectorMetadata } from '../../core/vectorMetadata';
import { readSafetensorsHeader } from '../../files/safetensors';
import { vectorFor } from '../../files/vectorFile';
import type { ModelIdentity } from '../../model/checkpoint/identity';

const REMEMBERED = 'doubletake.activeVector';

/** A steering vector ready for a model. */
export interface ActiveVector {
  path: string;
  vector: Float32Array;
  layer: number;
}

/** The vector that steering and hovers use: chosen once, remembered for the workspace. */
export class VectorChoice {
  constructor(private readonly memory: vscode.Memento) {}

  /** The remembered vector if it is still there and fits the model. */
  current(model: ModelIdentity): ActiveVector | undefined {
    const path = this.memory.get<string>(REMEMBERED);
    if (!path) return undefined;
    try {
      return { path, ...vectorFor(path, model) };
    } catch {
      return undefined;
    }
  }

  /** Makes a vector file the active one. */
  async remember(path: string): Promise<void> {
    await this.memory.update(REMEMBERED, path);
  }

  /** Asks for one of the workspace's vector files; undefined if the person gives up. */
  async pick(model: ModelIdentity): Promise<ActiveVector | undefined> {
    const files = await vscode.workspace.findFiles('**/*.safetensors', '**/{node_modules,models}/**', 200);
    const remembered = this.memory.get<string>(REMEMBERED);
    const items = files
      .flatMap(({ fsPath }) => describe(fsPath))
      .sort((a, b) => Number(b.path === remembered) - Number(a.path === remembered));
    if (items.length === 0) {
      throw new UserError(
        'There is no vector file in this workspace. Compute one first: Compute Vector from Rollouts.',
      );
    }
    const picked = await vscode.window.showQuickPick(items, {
      placeHolder: `Vector to add to the residual stream of ${model.name}`,
      matchOnDescription: true,
    });
    if (!picked) return undefined;
    const chosen = { path: picked.path, ...vectorFor(picked.path, model) };
    await this.remember(picked.path);
    return chosen;
  }
}

function describe(path: string): (vscode.QuickPickItem & { path: string })[] {
  try {
    const { metadata } = readSafetensorsHeader(path);
    if (!isVectorMetadata(metadata)) return [];
    const { label, layer, model, windowOffset, windowLength, norm, positives } =
      parseVectorMetadata(metadata);
    const description = `${label}, layer ${layer}, from ${model}`;
    const detail = `window ${windowOffset}, ${windowLength} tokens · ${positives} windows · norm ${norm.toPrecision(3)}`;
    return [{ label: basename(path), description, detail, path }];
  } catch {
    // A file that is no vector of ours is not offered.
    return [];
  }
}
