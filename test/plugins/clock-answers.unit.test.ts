/**
 * A clock that is set wrong while models answer and a broadcast is sent, by an hour, a day and a year, both ways, and put right
 * again: each message is answered once, and everybody gets the broadcast once.
 */
import assert from 'node:assert/strict';
import { decodeJwt, SignJWT } from 'jose';
import { type Answers, startAnswers } from './ai-replies/answers-support.ts';
import { poll, robotOf, type TestRobot, upload } from './robots/support.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SIZES = { 'an hour': HOUR_MS, 'a day': 24 * HOUR_MS, 'a year': 365 * 24 * HOUR_MS };
const STEPS = Object.entries(SIZES).flatMap(([what, size]) => [
  { name: `${what} ahead`, step: size },
  { name: `${what} back`, step: -size },
]);

describe('a clock that is wrong while', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers();
    answers.says(({ messages }: any) => ({
      action: 'reply',
      text: `Seen: ${(JSON.stringify(messages.at(-1)?.content).match(/message-\w+/g) ?? []).join(' ')}`,
    }));
  });
  after(() => answers.stop());

  /** With a token that lasts whatever the clock says: that tokens end is not what is asked here. */
  const lasting = async (robot: TestRobot): Promise<TestRobot> => {
    const { app } = answers;
    const claims = { ...decodeJwt(robot.token), exp: Math.floor(app.clock.now() / 1000) + 3 * 365 * 24 * 3600 };
    const key = app.services.secrets.derive('robots.jwt');
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key);
    return { ...robot, token, http: app.http.bearer(token) };
  };
  const settle = async () => {
    for (let minute = 0; minute < 12; minute++) {
      await answers.pass(5_000);
      await answers.app.clock.advance(MINUTE_MS);
      await answers.app.platform.cron.runDue();
    }
    await answers.pass(5_000);
  };
  const said = async (robot: TestRobot): Promise<string[]> => {
    const rows = await answers.app.services.db.write('robots_commands').where({ robot: robot.key }).orderBy('id');
    return rows.map(({ params }) => JSON.parse(params).content);
  };

  for (const { name, step } of STEPS)
    it(`models answer, ${name}`, async () => {
      const { app } = answers;
      const robot = await lasting((await answers.tenant()).robot);
      await upload(robot, { spoken: 'message-before', receivedName: 'Ada' });
      await app.services.jobs.idle();
      app.clock.jump(step);
      await upload(robot, { spoken: 'message-during', receivedName: 'Bob' });
      await app.services.jobs.idle();
      await answers.pass(4_000);
      app.clock.jump(-step);
      await upload(robot, { spoken: 'message-after', receivedName: 'Cy' });
      await settle();
      const words = (await said(robot)).join(' ');
      for (const stage of ['before', 'during', 'after'])
        assert.equal(words.split(`message-${stage}`).length - 1, 1, `${stage}: ${words}`);
    }).timeout(60_000);

  for (const { name, step } of STEPS)
    it(`a broadcast is sent, ${name}`, async () => {
      const { app } = answers;
      const robot = await lasting(await robotOf(app));
      const { http } = robot.owner;
      const path = '/api/platform/robots/broadcasts';
      const names = Array.from({ length: 6 }, (_, index) => `name ${index}`);
      const wish = { name: 'n', content: 'x', robots: [robot.robotId], audience: { names }, per_minute: 20 };
      const { id } = (await http.post(path, wish)).body;
      assert.equal((await http.post(`${path}/${id}/start`, {})).status, 200);
      const carryOut = async () => {
        for (const { commandId } of await poll(robot))
          await robot.http.post('/api/robot/command-result', { commandId, errorCode: 0 });
      };
      const beats = async (count: number) => {
        for (let beat = 0; beat < count; beat++) {
          await answers.pass(3_100);
          await carryOut();
        }
      };
      await beats(2);
      app.clock.jump(step);
      await app.platform.cron.runDue();
      await beats(1);
      app.clock.jump(-step);
      await app.platform.cron.runDue();
      await settle();
      await carryOut();
      await beats(8);
      const rows = await app.services.db.read('robots_commands').where({ robot: robot.key, source: 'broadcast' });
      const recipients = rows.map(({ recipient }) => recipient).sort();
      assert.deepEqual(recipients, names, 'each has it once');
      const broadcast = await app.services.db.read('robots_broadcasts').where({ uuid: id }).first('state');
      assert.equal(broadcast?.state, 'finished');
    }).timeout(60_000);
});
