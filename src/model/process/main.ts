import { env } from 'onnxruntime-node';
import { UserError } from '../../core/errors';
import { answer, type CallContext, throwIfCancelled } from '../../rpc/answerer';
import type { Message, Port } from '../../rpc/messages';
import type { ModelContract, ModelInfo } from '../contract';
import { lens, project, writeActivations } from './activations';
import { generate } from './generate';
import { harvest } from './harvest';
import type { LoadedModel } from './loadedModel';
import { type OpenedModel, openModel } from './openModel';
import { selfTest } from './selfTest';
import { TextLens } from './textLens';
import { TokenScorer } from './tokenScores';

// Errors come back as exceptions; the native log would write between a command's own lines.
env.logLevel = 'fatal';

// Ctrl-C in a terminal reaches this process too; whether to cancel or to end is its parent's to say.
process.on('SIGINT', () => {});

// TF32 keeps 10 bits of a factor; read by NVIDIA's libraries when they are loaded. Activations are float32 everywhere.
process.env.NVIDIA_TF32_OVERRIDE = '0';

let opened: OpenedModel | undefined;
let reading: TextLens | undefined;
let scorer: TokenScorer | undefined;

function requireOpened(): OpenedModel {
  if (!opened) throw new UserError('No model is open; open a model folder first.');
  return opened;
}

const model = (): LoadedModel => requireOpened().model;

function info(): ModelInfo {
  const { model, placement } = requireOpened();
  const { folder, config } = model;
  return {
    folder,
    architecture: config.architectureName,
    layers: config.layers,
    dModel: config.dModel,
    vocabulary: config.vocabulary,
    maxPositions: config.maxPositions,
    ...placement,
    memory: process.memoryUsage.rss(),
  };
}

// onnxruntime runs one call after another anyway; a queue keeps two jobs from holding two caches at once.
function makeQueue() {
  let queue: Promise<unknown> = Promise.resolve();
  return function inTurn<Params, Result, Event>(
    job: (params: Params, context: CallContext<Event>) => Promise<Result>,
  ): (params: Params, context: CallContext<Event>) => Promise<Result> {
    return (params, context) => {
      const result = queue.then(() => job(params, context));
      queue = result.catch(() => {});
      return result;
    };
  };
}
const inTurn = makeQueue();
// The scores of a whole text may take minutes: a hover's lens gets its turn between two pieces of it.
const besides = makeQueue();

const parent: Port = {
  post: message => process.send?.(message),
  onMessage: listener => process.on('message', message => listener(message as Message)),
  onClose: listener => process.once('disconnect', () => listener('the caller is gone')),
};

answer<ModelContract>(parent, {
  open: inTurn(async (params, context) => {
    await opened?.model.close();
    await scorer?.close();
    opened = reading = scorer = undefined;
    // A conversion that is given up removes its half: it may be tens of gigabytes.
    const giveUp = () => process.exit(1);
    process.once('SIGTERM', giveUp);
    try {
      opened = await openModel(params, context.emit);
    } finally {
      process.off('SIGTERM', giveUp);
    }
    return info();
  }),
  info,
  generate: inTurn((params, context) => generate(model(), params, context)),
  harvest: inTurn((params, context) => harvest(model(), params, context)),
  activations: inTurn((params, context) => writeActivations(model(), params, context)),
  lens: inTurn(params => lens(model(), params)),
  lensGrid: inTurn((params, context) => {
    reading ??= new TextLens(model());
    return reading.grid(params, context);
  }),
  project: inTurn((params, { signal }) => project(model(), params, signal)),
  tokenScores: besides((params, context) => {
    scorer ??= new TokenScorer(model());
    return scorer.read(params, context);
  }),
  check: inTurn(({ ids }, { emit, signal }) =>
    selfTest(model(), ids, result => {
      throwIfCancelled(signal);
      emit(result);
    }),
  ),
});
parent.onClose(() => process.exit());
