/** `schedule.after`: it goes on whatever was refused, and counts from the ends of what it has begun alone. */
import assert from 'node:assert/strict';
import { type Bench, startBench } from './support.ts';

const MINUTE_MS = 60_000;

describe('a schedule by `after`', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({ plugins: { workflows: { maxOpenPerTenant: 3 } } });
  });
  after(() => bench.app.stop());

  const executions = async (name: string) =>
    (await bench.admin.get(`/api/platform/executions?name=${name}`)).body.items;
  const nextOf = async (name: string): Promise<number> => {
    const { items } = (await bench.admin.get('/api/platform/workflow-schedules')).body;
    return Date.parse(items.find((one: any) => one.name === name).next_run_at);
  };
  /** Until so many have ended. */
  const ended = async (name: string, count: number) => {
    while ((await executions(name)).filter(({ ended_at }: any) => ended_at !== null).length < count)
      await bench.app.clock.advance(1_000);
  };

  it('goes on after a start that was refused', async () => {
    await bench.publish('tick', 'schedule: { after: { minutes: 1 } }\ndo: [ { a: { set: { a: 1 } } } ]');
    await ended('tick', 1);
    await bench.publish(
      'blocker',
      '# metadata: { patchbay: { concurrency: { limit: 1 } } }\ndo: [ { w: { wait: { hours: 90 } } } ]',
    );
    const ids: string[] = [];
    for (let refused = false; !refused; ) {
      const { status, body } = await bench.admin.post('/api/platform/workflows/test/blocker/executions', {});
      refused = status === 429;
      if (!refused) ids.push(body.id);
    }
    for (let minutes = 0; minutes < 3; minutes++) await bench.app.clock.advance(MINUTE_MS);
    const before = (await executions('tick')).length;
    for (const id of ids) await bench.admin.post(`/api/platform/executions/${id}/cancel`, {});
    await ended('blocker', ids.length);
    await ended('tick', before + 2);
    await bench.admin.delete('/api/platform/workflows/test/tick');
  });

  it('is not moved by drafts, dry runs, and runs that somebody else began', async () => {
    await bench.publish('often', 'schedule: { every: { minutes: 10 } }\ndo: [ { a: { set: { v: 1 } } } ]');
    const next = await nextOf('often');
    const document = "document: { dsl: '1.0.0', namespace: test, name: often, version: '2.0.0' }";
    const definition = `${document}\nschedule: { after: { days: 300 } }\ndo: [ { a: { set: { v: 2 } } } ]`;
    assert.equal((await bench.admin.post('/api/platform/workflows', { draft: true, definition })).status, 201);
    assert.equal((await bench.run('often', {}, { version: '2.0.0' })).status, 'completed');
    assert.equal(await nextOf('often'), next);
    await bench.publish('after', 'schedule: { after: { hours: 1 } }\ndo: [ { a: { set: { v: 1 } } } ]');
    await ended('after', 1);
    const planned = await nextOf('after');
    await bench.app.clock.advance(MINUTE_MS);
    await bench.run('after', {}, { pins: { '/do/0/a': 1 } });
    await bench.run('after');
    assert.equal(await nextOf('after'), planned);
  });
});
