import * as vscode from 'vscode';
import { COMMANDS } from '../ids';
import type { Commands } from '../labelling/labelCommands';
import { compareSteered } from './compareSteered';
import { saveCompletion } from './saveCompletion';
import { type SteeringArguments, steerFromCursor } from './steerFromCursor';
import type { SteeringParts } from './steeringParts';
import { parseStrengths } from './strengths';
import { type SweepArguments, sweepStrengths } from './sweepStrengths';

/** The commands that continue a rollout with vectors added. */
export function steeringCommands(parts: SteeringParts): Commands {
  return {
    [COMMANDS.steerFromCursor]: given => steerFromCursor(parts, steeringArguments(given)),
    [COMMANDS.compareSteered]: given => compareSteered(parts, steeringArguments(given)),
    [COMMANDS.sweepStrengths]: given => sweepStrengths(parts, sweepArguments(given)),
    [COMMANDS.saveCompletion]: given =>
      saveCompletion(
        parts.completions,
        given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri,
      ),
  };
}

// Menus give a Uri, key bindings whatever stands in a person's keybindings.json.
function steeringArguments(given: unknown): SteeringArguments {
  const { strength, seed } = (given ?? {}) as Record<string, unknown>;
  return { strength: finite(strength), seed: finite(seed) };
}

function sweepArguments(given: unknown): SweepArguments {
  const { strengths, samples, seed } = (given ?? {}) as Record<string, unknown>;
  const parsed = Array.isArray(strengths) ? parseStrengths(strengths.join(', ')) : undefined;
  return {
    strengths: Array.isArray(parsed) ? parsed : undefined,
    samples: finite(samples),
    seed: finite(seed),
  };
}

const finite = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
