/** Ports and hooks between parts: what is below calls what is above without knowing it. */
import assert from 'node:assert/strict';
import { createHook, createPort } from '#core/kit.ts';

describe('a port', () => {
  it('is what has been provided, and says who is missing before that', () => {
    const door = createPort<{ open(by: string): string; width: number }>('opening a door');
    assert.throws(() => door.open('Ada'), new Error('Nobody provides opening a door'));
    door.provide({ open: (by) => `open to ${by}`, width: 2 });
    assert.deepEqual([door.open('Ada'), door.width], ['open to Ada', 2]);
  });
});

describe('a hook', () => {
  it('runs what was added one after the other, and gives what each says', async () => {
    const order: string[] = [];
    const hook = createHook<[what: string], number>();
    hook.add(async (what) => {
      await null;
      return order.push(`first ${what}`);
    });
    hook.add((what) => order.push(`second ${what}`));
    assert.deepEqual(await hook.run('time'), [1, 2]);
    assert.deepEqual(order, ['first time', 'second time']);
  });

  it('runs from above to below where it is told to, and ends with what one throws', async () => {
    const order: string[] = [];
    const hook = createHook({ highestFirst: true });
    hook.add(() => void order.push('below'));
    hook.add(() => {
      order.push('above');
    });
    await hook.run();
    assert.deepEqual(order, ['above', 'below']);
    hook.add(() => {
      throw new Error('no');
    });
    await assert.rejects(hook.run(), new Error('no'));
    assert.equal(order.length, 2);
  });
});
