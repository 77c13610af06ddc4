/** Events that are told of together: one statement writes what their subscribers have to do, and each gets every one. */
import assert from 'node:assert/strict';
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('events that are told of together', () => {
  let app: TestPlatform;
  const heard: string[] = [];
  const statements: string[] = [];

  before(async () => {
    const hear = defineJob({
      name: 'test.hear',
      summary: 'Notes which events came',
      payload: Type.Object({ id: Type.String() }, { additionalProperties: true }),
      async run({ id }) {
        heard.push(id);
      },
    });
    app = await startPlatform({ parts: { jobs: [hear] } });
    app.services.events.subscribe('test.happened', 'test.hear');
    app.services.db.write.on('query', ({ sql }: { sql: string }) => {
      if (/^insert into "?core_jobs/i.test(sql.trim())) statements.push(sql);
    });
  });
  beforeEach(() => {
    heard.length = 0;
    statements.length = 0;
  });
  after(() => app.stop());

  async function tell(count: number, data: unknown): Promise<string[]> {
    const { db, events, jobs } = app.services;
    const news = Array.from({ length: count }, () => ({ data, tenantId: null }) as never);
    const made = await db.transaction((trx) => events.emitAll(trx, 'test.happened' as never, news));
    for (let tries = 0; tries < 4_000 && heard.length < count; tries++) {
      await jobs.idle();
      await app.clock.advance(1_000);
    }
    return made.map(({ id }) => id);
  }

  it('are written by as few statements as one is, or two where some begin at once', async () => {
    const ids = await tell(40, { n: 1 });
    assert.equal(new Set(ids).size, 40);
    assert.deepEqual(heard.toSorted(), ids.toSorted());
    assert.ok(statements.length <= 2, `${statements.length} statements`);
  });

  it('may be more than a statement can bind', async function () {
    this.timeout(120_000);
    const ids = await tell(6_500, { text: 'x'.repeat(40) });
    assert.deepEqual(heard.toSorted(), ids.toSorted());
  });

  it('are heard live alone when they are told, and leave nothing', async () => {
    const { events, jobs } = app.services;
    const recording = await app.record(/^test\.happened$/);
    events.notify('test.happened' as never, { n: 2 } as never, { tenantId: 'of-somebody' });
    const [event] = await recording.all();
    assert.deepEqual([event?.data, event?.tenantid], [{ n: 2 }, 'of-somebody']);
    await jobs.idle();
    assert.deepEqual([heard, statements], [[], []]);
    recording.end();
  });

  it('become no job of who passes them over, and of who cannot say whether it does they do', async () => {
    const { events } = app.services;
    events.subscribe('test.happened', 'test.hear', {
      passesOver({ data }) {
        if ((data as { n: number }).n === 3) throw new Error('unknown');
        return (data as { n: number }).n === 4;
      },
    });
    assert.deepEqual(await tellOnce(4), []);
    assert.equal(statements.length, 0);
    const ids = await tellOnce(3);
    assert.deepEqual([...new Set(heard)], ids);
  });

  it('become no job of who has dealt with them in their transaction, where there is one writer', async () => {
    const { db, events } = app.services;
    const taken: string[] = [];
    events.subscribe('test.happened', 'test.hear', {
      async takes(trx, several) {
        assert.equal(trx.isCompleted(), false);
        taken.push(...several.map(({ id }) => id));
        return several.filter(({ data }) => (data as { n: number }).n === 6);
      },
    });
    const [first] = await tellOnce(5);
    assert.equal(first === undefined, db.soleWriter);
    assert.equal(new Set(taken).size, db.soleWriter ? 1 : 0);
    assert.equal((await tellOnce(6)).length, 1);
  });

  /** The id of the event for whom it was heard. */
  async function tellOnce(n: number): Promise<string[]> {
    const { db, events, jobs } = app.services;
    const { id } = await db.transaction((trx) =>
      events.emit(trx, 'test.happened' as never, { n } as never, { tenantId: null }),
    );
    await jobs.idle();
    return heard.includes(id) ? [id] : [];
  }

  it('may be none', async () => {
    assert.deepEqual(await tell(0, {}), []);
    assert.equal(statements.length, 0);
  });
});
