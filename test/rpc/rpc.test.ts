import { expect, it } from 'vitest';
import { UserError } from '../../src/core/errors';
import { answer, throwIfCancelled } from '../../src/rpc/answerer';
import { Caller } from '../../src/rpc/caller';
import type { Message, Method, Port } from '../../src/rpc/messages';

interface Contract {
  add: Method<{ a: number; b: number }, number>;
  count: Method<{ to: number }, string, number>;
  fail: Method<{ kind: string }, void>;
  wait: Method<Record<string, never>, void>;
}

/** Two ends of a link in one process; `cut` ends it as a dying process would. */
function link(): { near: Port; far: Port; cut(reason: string): void } {
  const ends = [0, 1].map(() => ({
    messages: [] as ((m: Message) => void)[],
    closes: [] as ((r: string) => void)[],
  }));
  const port = (mine: number): Port => ({
    post: message =>
      setImmediate(() =>
        ends[1 - mine].messages.forEach(listener => void listener(structuredClone(message))),
      ),
    onMessage: listener => ends[mine].messages.push(listener),
    onClose: listener => ends[mine].closes.push(listener),
  });
  return {
    near: port(0),
    far: port(1),
    cut: reason => {
      for (const close of ends.flatMap(end => end.closes)) close(reason);
    },
  };
}

function connect() {
  const { near, far, cut } = link();
  const seen: { aborted: boolean } = { aborted: false };
  answer<Contract>(far, {
    add: ({ a, b }) => a + b,
    count: async ({ to }, { emit, signal }) => {
      for (let i = 1; i <= to; i++) {
        throwIfCancelled(signal);
        emit(i);
        await new Promise(resolve => setImmediate(resolve));
      }
      return 'done';
    },
    fail: ({ kind }) => {
      throw kind === 'user' ? new UserError('Name a folder.') : new TypeError('oops');
    },
    wait: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          seen.aborted = true;
          reject(new Error('aborted'));
        });
      }),
  });
  return { caller: new Caller<Contract>(near), cut, seen };
}

it('returns results and streams events in order', async () => {
  const { caller } = connect();
  expect(await caller.call('add', { a: 2, b: 3 })).toBe(5);
  const events: number[] = [];
  expect(await caller.call('count', { to: 4 }, { onEvent: event => events.push(event) })).toBe('done');
  expect(events).toEqual([1, 2, 3, 4]);
});

it('rejects when the handler throws, keeping UserErrors apart', async () => {
  const { caller } = connect();
  await expect(caller.call('fail', { kind: 'user' })).rejects.toBeInstanceOf(UserError);
  await expect(caller.call('fail', { kind: 'other' })).rejects.toThrow('oops');
  await expect(caller.call('missing' as 'add', { a: 1, b: 1 })).rejects.toThrow('unknown method missing');
});

it('cancels at both ends', async () => {
  const { caller, seen } = connect();
  const controller = new AbortController();
  const call = caller.call('wait', {}, { signal: controller.signal });
  setTimeout(() => controller.abort(), 10);
  await expect(call).rejects.toThrow('Cancelled');
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(seen.aborted).toBe(true);
  await expect(caller.call('add', { a: 1, b: 1 }, { signal: controller.signal })).rejects.toThrow(
    'Cancelled',
  );
});

it('rejects what is pending and what comes later when the link ends', async () => {
  const { caller, cut } = connect();
  const pending = caller.call('wait', {});
  cut('The process ended.');
  await expect(pending).rejects.toThrow('The process ended.');
  await expect(caller.call('add', { a: 1, b: 1 })).rejects.toThrow('The process ended.');
});
