/** What is remembered until a notice comes, and what is believed while none can come. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Transaction } from '#core/database/database.ts';
import { createRemembered, type RememberedOptions } from '#core/events/remembered.ts';

describe('what is remembered', () => {
  const listeners = new Map<string, (payload: unknown) => void>();
  let missed = (): void => {};
  let isConnected = true;
  const notices = {
    on: (topic: string, listener: (payload: unknown) => void) => {
      listeners.set(topic, listener);
      return () => {};
    },
    onGap: (fn: () => void) => {
      missed = fn;
      return () => {};
    },
    isConnected: () => isConnected,
    send: async (_trx: Transaction, topic: string, payload?: unknown) => listeners.get(topic)?.(payload),
  };
  let reads: string[] = [];
  let now = 0;
  before(() => mock.method(performance, 'now', () => now));
  after(() => mock.restoreAll());
  beforeEach(() => {
    [reads, isConnected] = [[], true];
  });

  const remembering = (more: Partial<RememberedOptions<string>> = {}) =>
    createRemembered({
      notices,
      topic: 'settings',
      load: async (key) => {
        reads.push(key);
        return `${key} ${reads.length}`;
      },
      ...more,
    });

  it('is read once, and anew after a change of it or of all', async () => {
    const settings = remembering();
    for (const key of ['a', 'a', 'b', 'b']) await settings.of(key);
    assert.deepEqual(reads, ['a', 'b']);
    await settings.changed({} as Transaction, 'a');
    assert.deepEqual([await settings.of('a'), await settings.of('b')], ['a 3', 'b 2']);
    await settings.changed({} as Transaction);
    assert.deepEqual([await settings.of('a'), await settings.of('b')], ['a 4', 'b 5']);
    missed();
    assert.equal(await settings.of('a'), 'a 6');
  });

  it('is believed for two seconds while notices cannot come', async () => {
    const settings = remembering();
    await settings.of('a');
    isConnected = false;
    now += 1_999;
    assert.equal(await settings.of('a'), 'a 1');
    now += 1;
    assert.equal(await settings.of('a'), 'a 2');
  });

  it('is believed no longer than it may be, also while notices come', async () => {
    const settings = remembering({ longestMs: 1_000 });
    await settings.of('a');
    now += 999;
    assert.equal(await settings.of('a'), 'a 1');
    now += 1;
    assert.equal(await settings.of('a'), 'a 2');
  });

  it('is read by who asks, where that is another way', async () => {
    const settings = remembering();
    assert.equal(await settings.of('a', async (key) => `${key} within`), 'a within');
    assert.equal(await settings.of('a'), 'a within');
  });

  it('is not kept when it changes while it is read', async () => {
    const kept: string[] = [];
    const settings = remembering({ kept: (key, value) => void kept.push(`${key}: ${value}`) });
    const reading = settings.of('a');
    await settings.changed({} as Transaction, 'a');
    // Somebody else reads what it has become while the first still waits.
    assert.deepEqual(await Promise.all([reading, settings.of('a')]), ['a 1', 'a 2']);
    assert.equal(await settings.of('a'), 'a 2');
    assert.deepEqual(kept, ['a: a 2']);
  });

  it('is bounded, and forgets by the notices of others that concern it', async () => {
    const settings = remembering({ most: 2, isConcerned: (payload) => payload === null });
    for (const key of ['a', 'b', 'c', 'c', 'a']) await settings.of(key);
    assert.deepEqual(reads, ['a', 'b', 'c', 'a']);
    listeners.get('settings')?.({ userId: 1 });
    assert.equal(await settings.of('a'), 'a 4');
    listeners.get('settings')?.(null);
    assert.equal(await settings.of('a'), 'a 5');
  });
});
