/** Threads that run what others wrote: they are ended from outside, and nobody waits long for those of another. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { limitProcessMemory } from '#core/threads/memory-watch.ts';
import { startThread } from '#core/threads/thread.ts';
import { createTurns, ThreadLost } from '#core/threads/turns.ts';
import type { Told } from './greedy-thread.ts';

const SCRIPT = new URL('./greedy-thread.ts', import.meta.url);
const LIMITS = { heapMb: 64, youngMb: 16, outsideMb: 48 };

const turnsOf = (threads: number, longestMs = 20_000) =>
  createTurns<Told, string>({ script: SCRIPT, threads, limits: LIMITS, longestMs });
const lostBy = (reason: string) => (error: unknown) => error instanceof ThreadLost && error.reason === reason;

describe('threads', () => {
  it('are ended when they hold more outside of their heap than they may, with who had them do it alone', async () => {
    const turns = turnsOf(1);
    const greedy = turns.run('greedy', { hold: 400, goOn: true });
    const modest = turns.run('modest', { say: 'hello' });
    await assert.rejects(greedy, lostBy('memory'));
    assert.equal(await modest, 'hello');
  });

  it('are ended when their heap is full, and when their time is over', async () => {
    await assert.rejects(turnsOf(1).run('a', { heap: true }), lostBy('memory'));
    const turns = turnsOf(1, 500);
    const loop = turns.run('b', { loop: true });
    const said = turns.run('c', { say: 'hello' });
    await assert.rejects(loop, lostBy('time'));
    assert.equal(await said, 'hello');
  });

  it('have their time of the processor, however long they wait for it, within bounds', async () => {
    const turns = turnsOf(1, 300);
    assert.equal(await turns.run('a', { say: 'late', afterMs: 1_200 }), 'late');
    await assert.rejects(turns.run('a', { say: 'never', afterMs: 60_000 }), lostBy('time'));
  });

  it('give each lane one place, and what is free to others', async () => {
    const turns = turnsOf(2, 1_000);
    const order: string[] = [];
    const greedy = [1, 2].map(() => turns.run('greedy', { loop: true }).catch(() => order.push('greedy')));
    await turns.run('modest', { say: 'hello' }).then((said) => order.push(said));
    await Promise.all(greedy);
    assert.deepEqual(order, ['hello', 'greedy', 'greedy']);
  });

  it('end, the greediest of them, when the process has more memory than it may', async () => {
    const limits = { ...LIMITS, outsideMb: 2_000 };
    const [greedy, modest] = [startThread(SCRIPT, { limits }), startThread(SCRIPT, { limits })];
    await Promise.all([once(greedy, 'message'), once(modest, 'message')]);
    const restore = limitProcessMemory(process.memoryUsage.rss() + 150 * 1024 * 1024);
    try {
      modest.postMessage({ hold: 10 } satisfies Told);
      const isGone = once(greedy, 'exit');
      // More and more, whatever the process gives back meanwhile.
      const more = setInterval(() => greedy.postMessage({ hold: 100 } satisfies Told), 100);
      greedy.postMessage({ hold: 300 } satisfies Told);
      await isGone;
      clearInterval(more);
      modest.postMessage({ say: 'still here' } satisfies Told);
      const said = new Promise((resolve) => modest.on('message', (text) => text === 'still here' && resolve(text)));
      assert.equal(await said, 'still here');
    } finally {
      restore();
      await modest.terminate();
    }
  });
});

describe('the process that writes a backup', () => {
  it('ends when it has more real memory than it may, and says so', async () => {
    const child = fork(new URL('../../core/backup/backup-process.ts', import.meta.url), { serialization: 'advanced' });
    const source = { dataDir: '/none', version: '0', secretFingerprint: '', now: 0, counted: {} };
    const database = { client: 'sqlite', filename: '/none/none.sqlite3' };
    child.send({ database, source, staging: '/none', target: '/none', memoryMb: 1 });
    const [said] = await once(child, 'message');
    assert.deepEqual(said, { failed: 'The backup could not be written: it takes more than 1 MB of memory' });
    await once(child, 'exit');
  });
});
