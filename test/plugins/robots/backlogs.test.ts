/** What waits for a robot in great number, with a clock that was wrong, or behind an answer that was lost on the way. */
import assert from 'node:assert/strict';
import { readySql } from '#plugins/robots/commands/ready-commands.ts';
import { COMMAND_MOVES, type CommandMove, mayMove } from '#plugins/robots/commands/states.ts';
import { poll, type RobotsPlatform, robotOf, sendText, startRobots, type TestRobot } from './support.ts';

const HOUR_MS = 3_600_000;
const REPEAT_MS = 36_000;

describe('a backlog of commands', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots();
  });
  after(() => app.stop());

  it('is claimed by reading what is offered, however much waits behind it', async () => {
    const [few, many] = [await robotOf(app), await robotOf(app)];
    await waiting(few, 300);
    await waiting(many, 3_000);
    const readOf = async (robot: TestRobot) => {
      const { value, rows } = await countingRows(() => claim(robot, 'socket'));
      assert.equal(value.offers.length, 100);
      assert.deepEqual([value.hasMore, value.heldUp], [true, null]);
      return rows;
    };
    assert.equal(await readOf(many), await readOf(few));
    for (let offered = 100; offered < 1_000; offered += 100) await claim(many, 'socket');
    const full = await claim(many, 'socket');
    assert.deepEqual([full.offers.length, full.heldUp], [0, null], 'so many may be on their way without a result');
    const first = await app.services.db.read('robots_commands').where({ robot: many.key }).orderBy('id').first();
    await many.http.post('/api/robot/command-result', {
      robotId: many.robotId,
      commandId: first?.command_id,
      errorCode: 0,
    });
    assert.ok((await claim(many, 'socket')).offers.length > 0);
  });

  it('is walked along its index, of whichever kind it is', async () => {
    const { db, clock } = app.services;
    if (db.client === 'pg') return;
    const now = clock.now();
    const window = { now, repeatBefore: now, offeredUntil: now, putOffUntil: now, most: 1, mostUnderWay: 1 };
    for (const { sql, bindings } of readySql(db.client, [1], window)) {
      const explain = `explain query plan ${sql}`;
      const plan: { detail: string }[] = await db.transaction((trx) => trx.raw(explain, bindings));
      const steps = plan.map(({ detail }) => detail).join('\n');
      assert.doesNotMatch(steps, /TEMP B-TREE|SCAN robots_commands/);
      for (const index of ['open', 'offered', 'put_off']) assert.match(steps, new RegExp(`robots_commands_${index} `));
    }
  });

  it('is offered and repeated after the clock was put back', async () => {
    const robot = await robotOf(app);
    const { db } = app.services;
    const own = () => db.write('robots_commands').where({ robot: robot.key });
    const one = await sendText(robot, 'one');
    assert.deepEqual(await polled(robot), [one]);
    // As a clock that was an hour ahead has noted it.
    const ahead = app.clock.now() + HOUR_MS;
    await own().update({ offered_at: ahead });
    const two = await sendText(robot, 'two');
    assert.deepEqual(await polled(robot), [one, two]);
    await own().update({ status: 'pending', due_at: ahead + HOUR_MS, offered_over: null, offered_at: null });
    assert.deepEqual(await polled(robot), [one, two]);
    const broadcast = await started(robot, ['a', 'b']);
    await app.services.jobs.idle();
    await db
      .write('robots_paces')
      .where({ robot: robot.key })
      .update({ next_at: ahead + 12 * HOUR_MS });
    await app.clock.advance(3_000);
    await app.services.broadcastPacing.resumeLost();
    await app.services.jobs.idle();
    const { body } = await robot.owner.http.get(`/api/platform/robots/broadcasts/${broadcast}`);
    assert.equal(body.sent, 2);
  });

  it('keeps its order for a recipient when the answer to a poll was lost', async () => {
    const robot = await robotOf(app);
    const first = await sendText(robot, '1: Your order is cancelled.');
    assert.deepEqual(await polled(robot), [first]);
    const second = await sendText(robot, '2: Sorry, that was for somebody else.');
    const other = await sendText(robot, 'for another', { titleList: ['李四'] });
    assert.deepEqual(await polled(robot), [other]);
    await app.clock.advance(REPEAT_MS);
    assert.deepEqual(await polled(robot), [first, second, other]);
    const third = await sendText(robot, '3');
    for (const commandId of [first, second, other])
      await robot.http.post('/api/robot/command-result', { robotId: robot.robotId, commandId, errorCode: 0 });
    assert.deepEqual(await polled(robot), [third]);
  });

  it('goes from state to state by the ways of one table alone', async () => {
    const robot = await robotOf(app);
    const { db, robotResults, clock } = app.services;
    const states = ['pending', 'dispatched', 'succeeded', 'failed', 'expired'] as const;
    const command = await sendText(robot, 'x');
    const row = () => db.write('robots_commands').where({ command_id: command });
    const outcome = { errorCode: 0, errorReason: '', executionTimeMs: 0, successList: [], failList: [] };
    const ways: Record<string, [CommandMove, () => Promise<unknown>]> = {
      offered: ['offer', () => claim(robot, 'socket')],
      reported: ['finish', () => robotResults.record({ id: robot.key }, command, outcome)],
      'given up': [
        'finish',
        () =>
          row()
            .update({ expires_at: clock.now() })
            .then(() => robotResults.expire()),
      ],
      'taken back': ['withdraw', () => robotResults.withdraw({ id: robot.key }, command).catch(() => {})],
    };
    for (const [what, [move, go]] of Object.entries(ways))
      for (const status of states) {
        const fresh = { due_at: 0, tries: 0, offered_over: null, finished_at: null, result: null };
        const expires_at = clock.now() + HOUR_MS;
        await row().update({ ...fresh, status, expires_at, offered_at: status === 'dispatched' ? 1 : null });
        await go();
        const after = (await row().first('status'))?.status as string;
        const to: readonly string[] = COMMAND_MOVES[move].to;
        assert.ok(mayMove(move, status) ? to.includes(after) : after === status, `${what}: ${status} became ${after}`);
      }
  });

  function claim({ key }: TestRobot, over: string) {
    return app.services.commandDispatch.claim({ robot: key, over, limit: 100 });
  }

  async function polled(robot: TestRobot): Promise<string[]> {
    return (await poll(robot)).map(({ commandId }) => commandId);
  }

  async function started(robot: TestRobot, names: string[]): Promise<string> {
    const body = { name: 'News', content: 'News', robots: [robot.robotId], audience: { names } };
    const made = await robot.owner.http.post('/api/platform/robots/broadcasts', body);
    assert.equal(made.status, 201, made.text);
    await robot.owner.http.post(`/api/platform/robots/broadcasts/${made.body.id}/start`, {});
    return made.body.id;
  }

  /** Rows of commands that are given out while it happens; what the platform asks for by itself does not count. */
  async function countingRows<T>(happens: () => Promise<T>): Promise<{ value: T; rows: number }> {
    const { db } = app.services;
    let rows = 0;
    const note = (answer: { rows?: unknown[] } | unknown[], { sql }: { sql: string }) => {
      if (!sql.includes('robots_commands')) return;
      rows += (Array.isArray(answer) ? answer : (answer?.rows ?? [])).length;
    };
    db.write.on('query-response', note);
    const value = await happens();
    db.write.removeListener('query-response', note);
    assert.ok(rows > 0);
    return { value, rows };
  }

  async function waiting({ key, owner }: TestRobot, count: number): Promise<void> {
    const { db, clock } = app.services;
    const now = clock.now();
    const rows = Array.from({ length: count }, (_, place) => ({
      command_id: `cmd_${key}_${place}`,
      robot: key,
      tenant_id: owner.tenantId,
      code: 203,
      type: 'send_message',
      params: JSON.stringify({ titleList: [`n${place}`], content: 'x' }),
      recipient: `n${place}`,
      priority: 1,
      status: 'pending' as const,
      source: 'api' as const,
      due_at: 0,
      created_at: now,
      expires_at: now + 24 * HOUR_MS,
    }));
    for (let start = 0; start < count; start += 500)
      await db.write('robots_commands').insert(rows.slice(start, start + 500));
  }
});
