/** What pages read again as things happen: soon, not more often than they can use, and the last state always. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paced } from '../../../plugins/admin/web/client/paced.ts';

/** Work whose ends and pauses the test decides. */
function deskOf() {
  const ends: (() => void)[] = [];
  const pauses: (() => void)[] = [];
  const pace = paced(
    () => new Promise<void>((resolve) => ends.push(resolve)),
    1_000,
    (_, run) => pauses.push(run),
  );
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { pace, ends, pauses, settle };
}

describe('reading again as things happen', () => {
  it('begins at once, and cancels nothing: a hundred events during it are one further reading', async () => {
    const { pace, ends, pauses, settle } = deskOf();
    for (let event = 0; event < 100; event++) pace.run();
    assert.equal(ends.length, 1);
    ends[0]?.();
    await settle();
    assert.equal(ends.length, 1, 'not before the pause is over');
    pauses[0]?.();
    assert.equal(ends.length, 2, 'what happened last is seen');
    ends[1]?.();
    await settle();
    pauses[1]?.();
    assert.equal(ends.length, 2, 'nothing has happened since');
    pace.run();
    assert.equal(ends.length, 3);
  });

  it('goes on after a reading that failed, and ends with the page', async () => {
    const pauses: (() => void)[] = [];
    let tries = 0;
    const fails = () => {
      tries++;
      throw new Error('no answer');
    };
    const pace = paced(fails, 1_000, (_, run) => pauses.push(run));
    pace.run();
    pace.run();
    await Promise.resolve();
    pauses[0]?.();
    assert.equal(tries, 2);
    pace.stop();
    pace.run();
    assert.equal(tries, 2);
  });

  it('is how every page does it: no live event reads from the server by itself', () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    const folders = readdirSync(join(root, 'plugins')).flatMap((name) => [
      join('plugins', name, 'ui'),
      join('plugins', name, 'web'),
    ]);
    const readers = folders.flatMap(filesOf).filter((file) => READS_AT_EACH_EVENT.test(readFileSync(file, 'utf8')));
    assert.deepEqual(readers, [], 'take useLiveRefresh');

    function filesOf(folder: string): string[] {
      try {
        return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
          .filter((name) => /\.tsx?$/.test(name))
          .map((name) => join(root, folder, name));
      } catch {
        return [];
      }
    }
  });
});

/** `useLive(topics, …)` whose listener asks the server, as far as the end of the call. */
const READS_AT_EACH_EVENT = /useLive\((?:(?!\n {2}\}?\);|\);\n)[\s\S])*?(refetch|invalidateQueries|[rR]eadAgain)\(/;
