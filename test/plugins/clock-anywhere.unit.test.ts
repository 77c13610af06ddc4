/**
 * A clock that is set wrong in the middle of everything, by an hour, a day and a year, both ways, and put right again: what was
 * under way comes to its end, and nothing is done twice.
 */
import assert from 'node:assert/strict';
import { authConfig } from '#test/support/accounts.ts';
import { poll, robotOf, type TestRobot, upload } from './robots/support.ts';
import { type Bench, startBench } from './workflows/support.ts';

const HOUR_MS = 3600_000;
const SIZES = { 'an hour': HOUR_MS, 'a day': 24 * HOUR_MS, 'a year': 365 * 24 * HOUR_MS };

describe('a clock that is wrong in the middle of', () => {
  let bench: Bench;
  let robot: TestRobot;
  before(async () => {
    const auth = { ...authConfig, registration: 'open' };
    bench = await startBench({
      plugins: { auth, robots: { requestsPerMinute: 0, accessTokenHours: 2_000 } },
    } as never);
    await bench.publish('waits', 'do: [{w: {wait: {minutes: 10}}}, {s: {set: {done: true}}}]');
  });
  after(() => bench.app.stop());

  /** As a workflow does it: no session of anybody's ends with the clock. */
  const tell = (content: string) =>
    bench.app.services.robotCommands.send({
      robotId: robot.robotId,
      tenantId: robot.owner.tenantId,
      code: 203,
      type: 'send_message',
      origin: 'workflow',
      params: { type: 'text', titleList: ['Ada'], content },
    });

  for (const [what, size] of Object.entries(SIZES))
    for (const step of [size, -size])
      it(`a waiting workflow and commands of a robot, ${what} ${step > 0 ? 'ahead' : 'back'}`, async () => {
        const { clock, services } = bench.app;
        robot = await robotOf(bench.app);
        await upload(robot, { receivedName: 'Ada' });
        const before = await bench.start('waits');
        await tell('before');
        await bench.app.platform.cron.runDue();
        clock.jump(step);
        const during = await bench.start('waits');
        await tell('during');
        await services.jobs.idle();
        clock.jump(-step);
        await bench.app.platform.cron.runDue();
        const after = await bench.start('waits');
        await tell('after');
        const said: string[] = [];
        for (let round = 0; round < 4; round++) {
          for (const { commandId, commandParams } of await poll(robot)) {
            said.push(commandParams.content);
            await robot.http.post('/api/robot/command-result', { commandId, errorCode: 0 });
          }
          await clock.advance(5 * 60_000);
        }
        // What was written a day ago or earlier, by the clock of that moment, has lived as long as a command does.
        const isOver = step <= -24 * HOUR_MS;
        assert.deepEqual(said, isOver ? ['before', 'after'] : ['before', 'during', 'after']);
        // What waits is looked through for wrong times now and then, beside everything else.
        for (const id of [before, during, after])
          await bench.until(id, async ({ status }) => {
            if (status !== 'completed') await clock.advance(60_000);
            return status === 'completed';
          });
      });

  it('a wait whose beginning was noted by a clock that was ahead', async () => {
    const id = await bench.start('waits');
    const { db } = bench.app.services;
    const ahead = bench.app.clock.now() + 365 * 24 * HOUR_MS;
    await db.write('workflows_tasks').where({ execution_id: id }).update({ started_at: ahead });
    await bench.until(id, async ({ status }) => {
      if (status !== 'completed') await bench.app.clock.advance(60_000);
      return status === 'completed';
    });
  });
});
