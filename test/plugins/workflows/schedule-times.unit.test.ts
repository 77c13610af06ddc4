/** When schedules come, and what is refused about them. */
import assert from 'node:assert/strict';
import { firstRunAfter, nextRunAfter } from '#plugins/workflows/language/schedule-times.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

describe('times of schedules', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  const of = (schedule: object, timezone?: string): any => ({
    document: { metadata: { patchbay: timezone ? { timezone } : {} } },
    schedule,
  });
  const times = (cron: string, timezone: string, from: string, count: number) => {
    const found: string[] = [];
    for (let now = Date.parse(from); found.length < count; found.push(new Date(now).toISOString().slice(0, 16)))
      now = nextRunAfter(of({ cron }, timezone), now) ?? Number.NaN;
    return found;
  };
  const refusal = async (body: string) => {
    const definition = definitionOf('refused', `${body}\ndo: [ { a: { set: { a: 1 } } } ]`);
    const answer = await bench.admin.post('/api/platform/workflows', { definition });
    assert.equal(answer.status, 422, answer.text);
    return answer.text;
  };

  it('of every are multiples after the first, however late one is started', () => {
    const schedule = of({ every: { seconds: 10 } });
    assert.equal(firstRunAfter(schedule, 1_000), 11_000);
    assert.equal(nextRunAfter(schedule, 16_050, 11_000), 21_000);
    assert.equal(nextRunAfter(schedule, 31_000, 11_000), 41_000);
    assert.equal(nextRunAfter(schedule, 47_500, 11_000), 51_000);
  });

  it('of cron follow the clock of a zone through both changes of the year', () => {
    const spring = times('0 9 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z', 2);
    assert.deepEqual(spring, ['2026-03-28T08:00', '2026-03-29T07:00']);
    const skipped = times('30 2 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z', 3);
    assert.deepEqual(skipped, ['2026-03-28T01:30', '2026-03-29T01:30', '2026-03-30T00:30']);
    const twice = times('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2);
    assert.deepEqual(twice, ['2026-10-25T00:30', '2026-10-26T01:30']);
    assert.deepEqual(times('0 9 * * *', '', '2026-03-28T12:00:00Z', 1), ['2026-03-29T09:00']);
  });

  it('of cron are planned anew when the zone changes', async () => {
    const publish = (version: string, timezone: string) =>
      bench.admin.post('/api/platform/workflows', {
        definition: `document: { dsl: '1.0.0', namespace: test, name: zones, version: '${version}', metadata: { patchbay: { timezone: ${timezone} } } }
schedule: { cron: '0 9 * * *' }
do: [ { a: { set: { a: 1 } } } ]`,
      });
    const hourOf = async () => {
      const row = await bench.app.services.db.read('workflows_schedules').first();
      return new Date(Number(row?.next_at)).getUTCHours();
    };
    assert.equal((await publish('1.0.0', 'Asia/Shanghai')).status, 201);
    assert.equal(await hourOf(), 1);
    assert.equal((await publish('1.0.1', 'Asia/Tokyo')).status, 201);
    assert.equal(await hourOf(), 0);
  });

  it('in an unknown zone, or with a zone inside of cron, are refused with a sentence', async () => {
    assert.match(
      await refusal("# metadata: { patchbay: { timezone: Europe/Bärlin } }\nschedule: { cron: '0 9 * * *' }"),
      /no time zone 'Europe\/Bärlin'/,
    );
    assert.match(
      await refusal("schedule: { cron: 'CRON_TZ=Europe/Berlin 0 9 * * *' }"),
      /write document\.metadata\.patchbay\.timezone: Europe\/Berlin/,
    );
    assert.match(await refusal("schedule: { cron: 'often' }"), /is not a cron expression/);
  });
});
