/** The log page behind a balancer: what several processes answer becomes one log that does not jump. */
import assert from 'node:assert/strict';
import { joined, type LogAnswer, type LogLine, NO_LOG, placesOf } from '#plugins/admin/ui/parts/log-joining.ts';

const line = (process: string, id: number, second: number): LogLine => ({
  process,
  id,
  level: 'info',
  time: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`,
  message: `${process}${id}`,
  rest: '',
  pretty: () => '',
});
const answer = (process: string, lines: LogLine[], missed = false): LogAnswer => ({
  process,
  replica: `host-${process}`,
  cursor: `${process}.${lines.at(-1)?.id ?? 0}`,
  missed,
  lines,
});
const shown = ({ lines }: { lines: readonly LogLine[] | null }) => lines?.map(({ message }) => message);

describe('the log of several processes', () => {
  const first = joined(NO_LOG, answer('a', [line('a', 1, 1), line('a', 2, 4)]));
  // A process that does not know the other's place answers with its latest, and says that it has missed some.
  const both = joined(first, answer('b', [line('b', 1, 2), line('b', 2, 5)], true));

  it('is in the order of time, and nothing is missed because another one answers', () => {
    assert.deepEqual(shown(both), ['a1', 'b1', 'a2', 'b2']);
    assert.equal(both.missed, false);
    assert.equal(placesOf(both), 'a.2,b.2');
    assert.deepEqual(
      [...both.processes.values()].map(({ replica }) => replica),
      ['host-a', 'host-b'],
    );
  });

  it('goes on with either of them', () => {
    const later = joined(both, answer('a', [line('a', 3, 6)]));
    assert.deepEqual(shown(later), ['a1', 'b1', 'a2', 'b2', 'a3']);
    assert.equal(placesOf(later), 'b.2,a.3');
  });

  it('says what is missing of a process that was known, whose lines begin anew', () => {
    const gap = joined(both, answer('b', [line('b', 900, 50)], true));
    assert.deepEqual(shown(gap), ['a1', 'a2', 'b900']);
    assert.equal(gap.missed, true);
  });

  it('forgets processes that were replaced, and lines beyond two thousand', () => {
    let log = NO_LOG;
    for (let count = 0; count < 20; count++) {
      log = joined(
        log,
        answer(
          `p${count}`,
          Array.from({ length: 200 }, (_, id) => line(`p${count}`, id, count)),
        ),
      );
    }
    assert.equal(log.processes.size, 8);
    assert.equal(log.lines?.length, 2_000);
    assert.ok(placesOf(log).length < 400);
  });
});
