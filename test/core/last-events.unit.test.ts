/** Past events are told one after another: who looks at the first one costs nobody the others. */
import assert from 'node:assert/strict';
import { createLastEvents, type PastEvent } from '#core/events/last-events.ts';
import { ROOT } from '#test/support/principals.ts';

const WISH = { principal: ROOT, tenantId: 'ours', most: 3 };

describe('last events', () => {
  const told: number[] = [];
  const judged: string[] = [];
  const lastEvents = createLastEvents({
    eventSight: {
      mayKnow: (type) => type !== 'bill.hidden',
      maySee: async (event) => {
        judged.push(event.id);
        return event.subject !== 'secret';
      },
    },
  });
  lastEvents.add('bill.paid', async function* () {
    for (const key of [3, 2, 1]) {
      told.push(key);
      yield past(key);
    }
  });
  lastEvents.add('bill.made', async () => [past(3, 'theirs'), { ...past(2), subject: 'secret' }, past(1)]);
  lastEvents.add('bill.hidden', async () => [past(1)]);

  it('are told and judged when they are looked at', async () => {
    for await (const event of lastEvents.of('bill.paid', WISH)) {
      assert.equal(event.id, 'bill.paid/3');
      break;
    }
    assert.deepEqual([told, judged], [[3], ['bill.paid/3']]);
  });

  it('are those of the tenant that the reader may see', async () => {
    assert.deepEqual(await idsOf('bill.made'), ['bill.made/1']);
    assert.ok(!judged.includes('bill.made/3'));
    assert.deepEqual(await idsOf('bill.hidden'), []);
    assert.deepEqual(await idsOf('bill.unknown'), []);
  });

  async function idsOf(type: string): Promise<string[]> {
    const ids: string[] = [];
    for await (const { id } of lastEvents.of(type, WISH)) ids.push(id);
    return ids;
  }
});

function past(key: number, tenantId = 'ours'): PastEvent {
  return { key, at: key, tenantId, data: {} };
}
