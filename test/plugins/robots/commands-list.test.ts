/** The commands of a robot as pages list them, and asking again for what failed. */
import assert from 'node:assert/strict';
import { addMember, register } from '#test/support/accounts.ts';
import { walkList } from '#test/support/lists.ts';
import { poll, type RobotsPlatform, robotOf, sendText, startRobots, type TestRobot } from './support.ts';

describe('the commands of a robot', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots();
  });
  after(() => app.stop());

  const pathOf = ({ robotId }: TestRobot) => `/api/platform/robots/robots/${robotId}/commands`;

  async function listed(robot: TestRobot, query = ''): Promise<any[]> {
    const answer = await robot.owner.http.get(`${pathOf(robot)}${query}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.items;
  }

  async function report(robot: TestRobot, commandId: string, errorCode: number, more: object = {}): Promise<void> {
    const errorReason = errorCode === 0 ? '' : 'not found';
    const body = { robotId: robot.robotId, commandId, errorCode, errorReason, ...more };
    assert.equal((await robot.http.post('/api/robot/command-result', body)).status, 200);
  }

  it('are listed with what became of them, by state and by type, in every order', async () => {
    const robot = await robotOf(app);
    const ids: string[] = [];
    for (const text of ['one', 'two', 'three']) ids.push(await sendText(robot, text));
    const body = { robotId: robot.robotId, commandType: 501, commandData: { groupName: 'club' } };
    const asked = await robot.owner.http.post('/api/robot/send-message', body);
    assert.equal(asked.status, 200, asked.text);
    await poll(robot);
    await report(robot, ids[0]!, 0);
    await report(robot, ids[1]!, 201_104, { failList: ['张三'] });
    const [info, , failed, done] = await listed(robot);
    assert.deepEqual(
      [info.type, info.recipients, info.text, info.status],
      ['get_group_info', ['club'], '', 'dispatched'],
    );
    assert.deepEqual(
      [failed.id, failed.status, failed.error_code, failed.error_reason],
      [ids[1], 'failed', 201_104, 'not found'],
    );
    assert.deepEqual([done.recipients, done.text, done.error_code, done.repeatable], [['张三'], 'one', 0, false]);
    const states = async (query: string) => (await listed(robot, query)).map(({ text }) => text);
    assert.deepEqual(await states('?status=failed,expired'), ['two']);
    assert.deepEqual(await states('?status=succeeded,failed'), ['two', 'one']);
    assert.deepEqual(await states('?status=pending,dispatched'), ['', 'three']);
    assert.deepEqual(await states('?type=send_message'), ['three', 'two', 'one']);
    assert.deepEqual(await states('?type=get_group_info'), ['']);
    await walkList({ client: robot.owner.http, path: pathOf(robot), rows: 4, sorts: ['created_at'] });
  });

  it('are for those who may see the robot', async () => {
    const robot = await robotOf(app, await register(app));
    await sendText(robot, 'secret');
    const member = await addMember(app, robot.owner, 'member');
    for (const { http } of [member, await register(app)]) {
      assert.equal((await http.get(pathOf(robot))).status, 404);
      assert.equal((await http.post(`${pathOf(robot)}/cmd_1/repeat`)).status, 404);
    }
    assert.equal((await robot.http.get(pathOf(robot))).status, 403);
  });

  it('are asked for again once, where nobody gets anything twice', async () => {
    const robot = await robotOf(app, await register(app));
    const again = (id: string) => robot.owner.http.post(`${pathOf(robot)}/${id}/repeat`);
    const [failed, partly, done] = [await sendText(robot, 'a'), await sendText(robot, 'b'), await sendText(robot, 'c')];
    assert.equal((await again(failed)).body.code, 'COMMAND_NOT_REPEATABLE');
    assert.equal((await again('cmd_none')).body.code, 'COMMAND_NOT_FOUND');
    await poll(robot);
    await report(robot, failed, 201_102);
    await report(robot, partly, 201_102, { successList: ['张三'] });
    await report(robot, done, 0);
    for (const id of [partly, done]) assert.equal((await again(id)).status, 409);
    const [first, second] = await Promise.all([again(failed), again(failed)]);
    assert.deepEqual([first.status, second.status], [202, 202]);
    assert.equal(first.body.command_id, second.body.command_id);
    const [repeat, ...others] = await listed(robot);
    assert.deepEqual([repeat.id, repeat.text, repeat.recipients], [first.body.command_id, 'a', ['张三']]);
    assert.equal(others.length, 3);
  });

  it('are asked for again when they never reached the robot in time, and not when they may have', async () => {
    const robot = await robotOf(app, await register(app));
    const offered = await sendText(robot, 'offered');
    await poll(robot);
    await sendText(robot, 'never');
    const { db, clock } = app.services;
    await db.write('robots_commands').where({ robot: robot.key }).update({ expires_at: clock.now() });
    await app.services.robotResults.expire();
    const expired = await listed(robot, '?status=expired');
    assert.deepEqual(
      expired.map(({ id, repeatable }) => [id === offered, repeatable]),
      [
        [false, true],
        [true, false],
      ],
    );
    const [{ id }] = expired;
    assert.equal((await robot.owner.http.post(`${pathOf(robot)}/${id}/repeat`)).status, 202);
  });

  it('are found by an index, those that are few among many too', async () => {
    const robot = await robotOf(app);
    const plans: [string, RegExp][] = [
      ['', /robots_commands_robot_id/],
      ['?sort=created_at', /robots_commands_robot_id/],
      ['?status=failed', /robots_commands_unfinished/],
      ['?status=failed,expired', /robots_commands_unfinished/],
      ['?status=pending,dispatched', /robots_commands_open/],
      ['?type=get_corps', /robots_commands_other/],
    ];
    for (const [query, index] of plans) assert.match(await planOf(robot, query), index, query);
  });

  /** How the database reads a page of them. */
  async function planOf(robot: TestRobot, query: string): Promise<string> {
    const { db } = app.services;
    const found: { sql: string; bindings: unknown[] }[] = [];
    const note = (statement: { sql: string; bindings: unknown[] }) => void found.push(statement);
    db.read.on('query', note);
    await listed(robot, query);
    db.read.removeListener('query', note);
    const page = found.find(({ sql }) => /robots_commands.* order by .* limit/.test(sql));
    assert.ok(page, query);
    return db.transaction(async (trx) => {
      if (db.client !== 'pg')
        return JSON.stringify(await trx.raw(`explain query plan ${page.sql}`, page.bindings as never));
      await trx.raw('set local enable_seqscan = off');
      const { rows } = await trx.raw(`explain ${page.sql.replaceAll(/\$\d+/g, '?')}`, page.bindings as never);
      return JSON.stringify(rows);
    });
  }
});
