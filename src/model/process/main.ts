import { env } from 'onnxruntime-node';
import { UserError } from '../../core/errors';
import { answer, type CallContext } from '../../rpc/answerer';
import type { Message, Port } from '../../rpc/messages';
import type { ModelContract, ModelInfo } from '../contract';
import { lens, project, writeActivations } from './activations';
import { generate } from './generate';
import { harvest } from './harvest';
import { LoadedModel } from './loadedModel';
import { selfTest } from './selfTest';
import { TextLens } from './textLens';

// Errors come back as exceptions; the native log would write between a command's own lines.
env.logLevel = 'fatal';

// Ctrl-C in a terminal reaches this process too; whether to cancel or to end is its parent's to say.
process.on('SIGINT', () => {});

let opened: LoadedModel | undefined;
let reading: TextLens | undefined;

function model(): LoadedModel {
  if (!opened) throw new UserError('No model is open; open a model folder first.');
  return opened;
}

function info({ folder, config }: LoadedModel): ModelInfo {
  return {
    folder,
    architecture: config.architectureName,
    layers: config.layers,
    dModel: config.dModel,
    vocabulary: config.vocabulary,
    maxPositions: config.maxPositions,
    provider: 'cpu',
    providerReason: 'the CPU was asked for',
    fellBack: false,
    memory: process.memoryUsage.rss(),
  };
}

// onnxruntime runs one call after another anyway; a queue keeps two jobs from holding two caches at once.
let queue: Promise<unknown> = Promise.resolve();
function inTurn<Params, Result, Event>(
  job: (params: Params, context: CallContext<Event>) => Promise<Result>,
): (params: Params, context: CallContext<Event>) => Promise<Result> {
  return (params, context) => {
    const result = queue.then(() => job(params, context));
    queue = result.catch(() => {});
    return result;
  };
}

const parent: Port = {
  post: message => process.send?.(message),
  onMessage: listener => process.on('message', message => listener(message as Message)),
  onClose: listener => process.once('disconnect', () => listener('the caller is gone')),
};

answer<ModelContract>(parent, {
  open: inTurn(async (params, context) => {
    await opened?.close();
    reading = undefined;
    opened = await LoadedModel.open(params, (done, total) => context.emit({ done, total }));
    return info(opened);
  }),
  info: () => info(model()),
  generate: inTurn((params, context) => generate(model(), params, context)),
  harvest: inTurn((params, context) => harvest(model(), params, context)),
  activations: inTurn((params, context) => writeActivations(model(), params, context)),
  lens: inTurn(params => lens(model(), params)),
  lensGrid: inTurn((params, context) => {
    reading ??= new TextLens(model());
    return reading.grid(params, context);
  }),
  project: inTurn((params, { signal }) => project(model(), params, signal)),
  check: inTurn(({ ids }, { emit }) => selfTest(model(), ids, emit)),
});
parent.onClose(() => process.exit());
