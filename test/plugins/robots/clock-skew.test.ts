/** What a clock noted that was ahead, or what was noted before it was put back, holds nothing up once it is right again. */
import assert from 'node:assert/strict';
import { authConfig, register, signInAdmin } from '#test/support/accounts.ts';
import { connected, isCommand, poll, type RobotsPlatform, robotOf, sendText, startRobots, upload } from './support.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEAR_MS = 365 * 24 * HOUR_MS;
const SCHEDULED = '/api/platform/robots/scheduled-messages';

describe('a clock that was ahead', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots({ plugins: { auth: { ...authConfig, registration: 'open', accessTokenMinutes: 1440 } } });
  });
  after(() => app.stop());

  /** As a clock that is so much ahead sees and notes it. */
  async function ahead<T>(ms: number, work: () => Promise<T>): Promise<T> {
    app.clock.jump(ms);
    try {
      return await work();
    } finally {
      app.clock.jump(-ms);
    }
  }
  const nextMinute = async () => {
    await app.clock.advance(MINUTE_MS + 1_000);
    await app.platform.cron.runDue();
  };

  it('leaves a robot online whose socket is open, and repeats to it what has no result', async () => {
    const robot = await robotOf(app);
    app.clock.jump(HOUR_MS);
    const seen = () => robot.owner.http.get(`/api/platform/robots/robots/${robot.robotId}`);
    const line = await connected(app, robot);
    await app.clock.advance(31_000);
    const commandId = await sendText(robot, 'again');
    await line.next(isCommand);
    app.clock.jump(-HOUR_MS);
    for (let seconds = 0; seconds < 150; seconds += 25) {
      await app.clock.advance(25_000);
      line.send({ type: 'ping' });
      await line.next(({ type }) => type === 'pong');
      await app.services.robotPresence.sweep();
    }
    assert.equal((await line.next(isCommand)).data.commandId, commandId);
    // That it is there is noted beside what is answered.
    let shown = await seen();
    for (let look = 0; look < 100 && shown.body.status !== 'online'; look++) shown = await seen();
    assert.equal(shown.body.status, 'online', shown.text);
    line.socket.close();
  });

  it('ends the pause for a person half an hour after it is right, and leaves what was switched off', async () => {
    const robot = await robotOf(app);
    const { db, conversations } = app.services;
    const isAutomatic = async (person: string) => {
      const own = await db.write('robots_conversations').where({ robot: robot.key, person }).first();
      return conversations.isAutomatic(own?.uuid ?? '');
    };
    for (const receivedName of ['Ada', 'Bob']) await upload(robot, { receivedName, spoken: 'hello' });
    await ahead(YEAR_MS, () =>
      db
        .write('robots_conversations')
        .where({ robot: robot.key, person: 'Ada' })
        .update({ paused_until: app.clock.now() + 30 * MINUTE_MS, paused_by: 'person' }),
    );
    await upload(robot, { receivedName: 'Bob', isSelf: true, spoken: '/bot off' });
    await nextMinute();
    assert.deepEqual([await isAutomatic('Ada'), await isAutomatic('Bob')], [false, false]);
    await app.clock.advance(31 * MINUTE_MS);
    assert.deepEqual([await isAutomatic('Ada'), await isAutomatic('Bob')], [true, false]);
  });

  it('has people told that nobody is there all the same', async () => {
    const person = await register(app);
    const robot = await robotOf(app, person);
    const hours = { zone: 'UTC', days: [{ day: 1, from: '00:00', to: '00:15' }], answer: 'Nobody is here' };
    const set = await person.http.patch('/api/v2/tenant/settings', { robots_working_hours: hours });
    assert.equal(set.status, 200, set.text);
    await app.clock.advance(HOUR_MS);
    await upload(robot, { spoken: 'hello' });
    assert.equal((await poll(robot)).length, 1);
    const { db } = app.services;
    await db
      .write('robots_conversations')
      .where({ robot: robot.key })
      .update({ away_until: app.clock.now() + YEAR_MS });
    await upload(robot, { spoken: 'hello again' });
    await upload(robot, { spoken: 'and again' });
    const away = await db.read('robots_commands').where({ robot: robot.key });
    assert.equal(away.length, 2);
  });

  it('sends a message at its next time that comes again and again', async () => {
    const robot = await robotOf(app);
    const wish = { robot_id: robot.robotId, names: ['Ada'], content: 'hello', cron: '*/10 * * * *', zone: 'UTC' };
    const made = await robot.owner.http.post(SCHEDULED, wish);
    assert.equal(made.status, 201, made.text);
    const { db } = app.services;
    const own = () => db.write('robots_scheduled_messages').where({ uuid: made.body.id });
    const noted = app.clock.now() + YEAR_MS;
    await own().update({ next_at: noted + 10 * MINUTE_MS, last_at: noted, updated_at: noted });
    await nextMinute();
    const next = Number((await own().first())?.next_at);
    assert.ok(next <= app.clock.now() + 10 * MINUTE_MS, String(next - app.clock.now()));
    await app.clock.advance(next - app.clock.now());
    await app.platform.cron.runDue();
    assert.equal((await poll(robot)).length, 1);
  });

  it('keeps no contact and no loop in the time that has not come', async () => {
    const robot = await robotOf(app);
    const { db } = app.services;
    await upload(robot, { receivedName: 'Ada', spoken: 'hello' });
    const noted = app.clock.now() + YEAR_MS;
    await db.write('robots_contacts').where({ robot: robot.key }).update({ last_seen_at: noted });
    await db.write('robots_conversations').where({ robot: robot.key }).update({ window_at: noted, heard: 29 });
    await upload(robot, { receivedName: 'Ada', spoken: 'still there?' });
    const contact = await db.read('robots_contacts').where({ robot: robot.key }).first();
    assert.equal(Number(contact?.last_seen_at), app.clock.now());
    const talk = await db.read('robots_conversations').where({ robot: robot.key }).first();
    assert.deepEqual([Number(talk?.window_at), talk?.heard], [app.clock.now(), 1]);
  });

  it('takes what somebody says for no echo of what was sent in that time', async () => {
    const robot = await robotOf(app);
    await upload(robot, { receivedName: 'Ada', spoken: 'hello' });
    await sendText(robot, 'Ten euros.', { titleList: ['Ada'] });
    const { db } = app.services;
    const sent = () => db.write('robots_messages').where({ robot: robot.key, spoken: 'Ten euros.' });
    await sent().update({ created_at: app.clock.now() + YEAR_MS });
    await upload(robot, { receivedName: 'Ada', spoken: 'Ten euros.' });
    const heard = await sent().where({ direction: 'in' }).first();
    assert.equal(heard?.author, 'contact');
  });

  it('has ended no code for good', async () => {
    const admin = await signInAdmin(app);
    const codes = await admin.http.post('/api/admin/activation-codes', { count: 1, validityPeriod: 30 });
    const { code } = codes.body.data.codes[0];
    const activate = () =>
      app.http.post('/api/robot-ids/activate', { code, deviceInfo: { deviceId: 'phone-1', model: 'm' } });
    assert.equal((await activate()).status, 201);
    await ahead(YEAR_MS, () => app.services.robotCodes.expireSome(50));
    assert.notEqual((await activate()).status, 200);
    await nextMinute();
    const again = await activate();
    assert.equal(again.status, 200, again.text);
    await app.clock.advance(31 * 24 * HOUR_MS);
    await app.services.robotCodes.expireSome(50);
    assert.notEqual((await activate()).status, 200);
  });
});
