/** What follows from what robots hear: who takes over, whose words they are, loops, and what was sent stands in the timeline. */
import assert from 'node:assert/strict';
import { register } from '#test/support/accounts.ts';
import { ROOT } from '#test/support/principals.ts';
import { poll, type RobotsPlatform, robotOf, startRobots, type TestRobot, upload } from './support.ts';

describe('what robots hear', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots({ plugins: { robots: { requestsPerMinute: 0, accessTokenHours: 2_000 } } });
  });
  after(() => app.stop());

  it('opens a conversation once, and again after it was closed', async () => {
    const robot = await robotOf(app);
    const opened = await app.record(/^conversation\.opened/);
    await upload(robot, { spoken: 'hello' });
    await upload(robot, { spoken: 'are you there' });
    assert.equal((await opened.all()).length, 1);
    await change(robot, { state: 'closed' });
    await upload(robot, { spoken: 'one more thing' });
    const events = await opened.all();
    assert.equal(events.length, 2);
    assert.equal(events[1]?.data.robot_id, robot.robotId);
    const { state, unread } = await conversationOf(robot);
    assert.deepEqual([state, Number(unread)], ['open', 3]);
  });

  it('is told again to who builds a workflow, the last first, of one tenant as of all', async () => {
    const robot = await robotOf(app);
    for (const spoken of ['one', 'two', 'three']) await upload(robot, { spoken });
    for (const tenantId of [robot.owner.tenantId, null]) {
      const texts: unknown[] = [];
      const wish = { principal: ROOT, tenantId, most: 2 };
      for await (const { data } of app.services.lastEvents.of('robot.message', wish))
        texts.push((data as { text: string }).text);
      assert.deepEqual(texts, ['three', 'two']);
    }
  });

  it('stands in the timeline beside what was sent, from wherever', async () => {
    const robot = await robotOf(app);
    await sendText(robot, 'nobody is known yet');
    await upload(robot, { spoken: 'how much is it?' });
    const commandId = await sendText(robot, 'ten');
    await upload(robot, { spoken: 'in a group', groupName: '买家群' });
    await sendText(robot, 'for all', { titleList: ['买家群'], atList: [] });
    await sendText(robot, 'for one', { titleList: ['买家群'], atList: ['张三'] });
    assert.deepEqual(await said(robot), ['in contact how much is it?', 'out robot ten']);
    assert.deepEqual(await said(robot, '买家群'), ['in contact in a group', 'out robot for all', 'out robot for one']);
    const { last_text } = await conversationOf(robot, '买家群');
    assert.equal(last_text, 'for one');
    const rows = await app.services.db.read('robots_messages').where({ command_id: commandId });
    assert.equal(rows.length, 1);
  });

  it('that the robot has said itself a moment ago is an echo, once, and nobody’s message', async () => {
    const robot = await robotOf(app);
    await upload(robot, { spoken: 'hi' });
    const heard = await app.record(/^robot\.message/);
    await sendText(robot, '好的');
    await upload(robot, { spoken: '好的' });
    assert.equal((await heard.all()).length, 0);
    await upload(robot, { spoken: '好的' });
    assert.equal((await heard.all()).length, 1);
    for (const around of ['\n', '\t', '\u00a0']) {
      await sendText(robot, `Ten euros.${around}`);
      await upload(robot, { spoken: `${around}Ten euros.` });
      assert.equal((await heard.all()).length, 1, JSON.stringify(around));
    }
    await sendText(robot, 'by its own name');
    await upload(robot, { spoken: 'by its own name', receivedName: 'Robot' });
    await sendText(robot, 'later');
    await app.clock.advance(61_000);
    await upload(robot, { spoken: 'later' });
    assert.equal((await heard.all()).length, 2);
    assert.equal(Number((await conversationOf(robot)).unread), 3);
  });

  it('that come many at a moment read what was sent once, and no more than its newest', async () => {
    const robot = await robotOf(app);
    await upload(robot, { spoken: 'hi' });
    for (let sent = 0; sent < 110; sent++) await sendText(robot, sent < 105 ? `older ${sent}` : 'the same');
    const heard = await app.record(/^robot\.message/);
    const texts = ['older 0', 'older 104', ...Array.from({ length: 6 }, () => 'the same')];
    await Promise.all(texts.map((spoken) => upload(robot, { spoken })));
    const asMessages = (await heard.all()).map(({ data }) => (data as { text: string }).text).sort();
    assert.deepEqual(asMessages, ['older 0', 'the same']);
  });

  it('from the phone itself pauses automatic answers for a while', async () => {
    const robot = await robotOf(app);
    await upload(robot, { spoken: 'hi' });
    const { uuid } = await conversationOf(robot);
    const isAutomatic = () => app.services.conversations.isAutomatic(uuid);
    assert.equal(await isAutomatic(), true);
    await upload(robot, { spoken: 'I am here myself', isSelf: 'true' });
    assert.equal(await isAutomatic(), false);
    assert.deepEqual(await said(robot), ['in contact hi', 'out phone I am here myself']);
    await app.clock.advance(30 * 60_000 + 1);
    assert.equal(await isAutomatic(), true);
    await upload(robot, { spoken: '/bot off', isSelf: true });
    await app.clock.advance(24 * 3600_000);
    assert.equal(await isAutomatic(), false);
    await upload(robot, { spoken: '/bot ON', isSelf: true });
    assert.equal(await isAutomatic(), true);
  });

  it('from the phone in a group pauses all of the group', async () => {
    const robot = await robotOf(app);
    await upload(robot, { spoken: 'hi', groupName: '群' });
    await upload(robot, { spoken: 'hi too', groupName: '群', receivedName: '李四' });
    await upload(robot, { spoken: 'listen, all', groupName: '群', receivedName: ' robot ', isSelf: true });
    const rows = await app.services.db.read('robots_conversations').where({ robot: robot.key });
    assert.equal(rows.length, 2);
    for (const { uuid } of rows) assert.equal(await app.services.conversations.isAutomatic(uuid), false);
  });

  it('from who bears the robot’s name pauses one conversation, switches nothing, and says so', async () => {
    const robot = await robotOf(app, await register(app));
    await upload(robot, { spoken: 'hi too', groupName: '群', receivedName: '李四' });
    await app.clock.advance(1_000);
    await upload(robot, { spoken: 'hi', groupName: '群' });
    const answered = await app.record(/^conversation\.answered/);
    await upload(robot, { spoken: '/bot off', groupName: '群', receivedName: ' ROBOT ' });
    const rows = await app.services.db.read('robots_conversations').where({ robot: robot.key }).orderBy('id');
    const isAutomatic = () => Promise.all(rows.map(({ uuid }) => app.services.conversations.isAutomatic(uuid)));
    assert.deepEqual(await isAutomatic(), [true, false]);
    assert.deepEqual(
      rows.map(({ paused_by }) => paused_by),
      [null, 'name'],
    );
    assert.equal((await answered.all())[0]?.data.is_proved, false);
    const shown = await robot.owner.http.get(`/api/platform/robots/conversations/${rows[1]?.uuid}`);
    assert.deepEqual([shown.body.automatic, shown.body.paused_by], [false, 'name']);
    await app.clock.advance(30 * 60_000 + 1);
    assert.deepEqual(await isAutomatic(), [true, true]);
  });

  it('from somebody who is called as the robot is, is theirs where the client can tell', async () => {
    const robot = await robotOf(app);
    await upload(robot, { spoken: 'hi', groupName: '群' });
    const theirs = { groupName: '群', receivedName: 'Robot', isSelf: false };
    for (const spoken of ['/bot off', 'I am the robot']) await upload(robot, { spoken, ...theirs });
    const rows = await app.services.db.read('robots_conversations').where({ robot: robot.key });
    assert.deepEqual(rows.map(({ person }) => person).sort(), ['Robot', '张三']);
    for (const { uuid } of rows) assert.equal(await app.services.conversations.isAutomatic(uuid), true);
    const heardOf = await app.services.db.read('robots_messages').where({ robot: robot.key });
    assert.deepEqual(new Set(heardOf.map(({ author }) => author)), new Set(['contact']));
    await sendText(robot, 'yes', { titleList: ['群'] });
    const heard = await app.record(/^robot\.message/);
    await upload(robot, { spoken: 'yes', groupName: '群', isSelf: 'false' });
    assert.equal((await heard.all()).length, 1, 'who repeats the robot is heard');
  });

  it('asking for a person hands over once, and stops automatic answers until one has answered', async () => {
    const robot = await robotOf(app);
    const handed = await app.record(/^conversation\.handed_over/);
    await upload(robot, { spoken: '人工智能是什么' });
    assert.equal((await handed.all()).length, 0);
    await upload(robot, { spoken: '请帮我转 人工！' });
    await upload(robot, { spoken: 'I want to talk to a PERSON.' });
    const [event, ...more] = await handed.all();
    assert.deepEqual([event?.data.reason, event?.data.state, more.length], ['contact', 'pending', 0]);
    const { uuid, state } = await conversationOf(robot);
    assert.equal(state, 'pending');
    await app.clock.advance(48 * 3600_000);
    assert.equal(await app.services.conversations.isAutomatic(uuid), false);
    await upload(robot, { spoken: 'how can I help?', isSelf: true });
    assert.equal((await conversationOf(robot)).state, 'open');
    await app.clock.advance(31 * 60_000);
    assert.equal(await app.services.conversations.isAutomatic(uuid), true);
  });

  it('asking to hear no more opts the contact out', async () => {
    const robot = await robotOf(app);
    const receivedName = '赵六';
    await upload(robot, { spoken: '我想退订一个套餐', receivedName });
    const { uuid } = await conversationOf(robot);
    assert.equal(await app.services.conversations.isAutomatic(uuid), true);
    await upload(robot, { spoken: 'ＴＤ。', receivedName });
    assert.equal(await app.services.conversations.isAutomatic(uuid), false);
  });

  it('the same again and again is a machine, which is told once', async () => {
    const robot = await robotOf(app);
    const looped = await app.record(/^conversation\.looped/);
    for (let time = 0; time < 8; time++) await upload(robot, { spoken: 'I am out of office!' });
    assert.equal((await looped.all()).length, 1);
    const { uuid, looped_at } = await conversationOf(robot);
    assert.notEqual(looped_at, null);
    assert.equal(await app.services.conversations.isAutomatic(uuid), false);
    await upload(robot, { spoken: '/bot on', isSelf: true });
    assert.equal(await app.services.conversations.isAutomatic(uuid), true);
  });

  it('as often as it was answered automatically is a loop, and a person who writes much is none', async () => {
    const robot = await robotOf(app);
    const looped = await app.record(/^conversation\.looped/);
    for (let time = 0; time < 31; time++) await upload(robot, { spoken: `different ${time}`, receivedName: '王五' });
    assert.equal((await looped.all()).length, 0);
    for (let time = 0; time < 30; time++) {
      await upload(robot, { spoken: `question ${time}` });
      await sendText(robot, `answer ${time}`);
    }
    await upload(robot, { spoken: 'and so on' });
    assert.equal((await looped.all()).length, 1);
  });

  it('outside of working hours is answered once until they begin again', async () => {
    const person = await register(app);
    const robot = await robotOf(app, person);
    const days = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '09:00', to: '18:00' }));
    const hours = { zone: 'Asia/Shanghai', days, answer: '我们九点上班' };
    const set = await person.http.patch('/api/v2/tenant/settings', { robots_working_hours: hours });
    assert.equal(set.status, 200, set.text);
    const now = app.clock.now();
    const nine = Math.ceil((now - 3600_000) / 86_400_000) * 86_400_000 + 3600_000;
    await app.clock.advance(nine - now + 60_000);
    await upload(robot, { spoken: 'in the morning' });
    assert.equal((await poll(robot)).length, 0);
    await app.clock.advance(10 * 3600_000);
    await upload(robot, { spoken: 'in the evening' });
    await upload(robot, { spoken: 'still there?' });
    const contents = (await poll(robot)).map(({ commandParams }) => commandParams.content);
    assert.deepEqual(contents, ['我们九点上班']);
    await app.clock.advance(24 * 3600_000);
    await upload(robot, { spoken: 'the next evening' });
    assert.equal((await poll(robot)).filter(({ commandParams }) => commandParams.content === '我们九点上班').length, 1);
  });

  it('in a night shift is not answered as if nobody were there', async () => {
    const person = await register(app);
    const robot = await robotOf(app, person);
    const days = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '22:00', to: '02:00' }));
    const hours = { zone: 'UTC', days, answer: 'From ten at night to two' };
    const set = (wish: object) =>
      person.http.patch('/api/v2/tenant/settings', { robots_working_hours: { ...hours, ...wish } });
    assert.equal((await set({ zone: 'Mars/Base' })).status, 422);
    assert.equal((await set({ days: [] })).status, 422);
    assert.equal((await set({})).status, 200);
    const day = 86_400_000;
    const answersAt = async (hour: number) => {
      const now = app.clock.now();
      const next = now - (now % day) + hour * 3_600_000 + (now % day >= hour * 3_600_000 ? day : 0);
      await app.clock.advance(next - now);
      await upload(robot, { spoken: 'hello' });
      return (await poll(robot)).filter(({ commandParams }) => commandParams.content === hours.answer).length;
    };
    assert.deepEqual([await answersAt(23), await answersAt(1), await answersAt(3)], [0, 0, 1]);
  });

  /** By the robot's own token, which lasts longer than that of people. */
  async function sendText(robot: TestRobot, content: string, more: object = {}): Promise<string> {
    const body = { robotId: robot.robotId, type: 'text', titleList: ['张三'], content, ...more };
    const answer = await robot.http.post('/api/robot/send-message', body);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.data.commandId;
  }

  async function conversationOf(robot: TestRobot, group = '') {
    const row = await app.services.db
      .read('robots_conversations')
      .where({ robot: robot.key, group_name: group })
      .first();
    assert.ok(row);
    return row;
  }

  async function change(robot: TestRobot, patch: object): Promise<void> {
    await app.services.db.write('robots_conversations').where({ robot: robot.key }).update(patch);
  }

  async function said(robot: TestRobot, group = ''): Promise<string[]> {
    const { id } = await conversationOf(robot, group);
    const rows = await app.services.db.read('robots_messages').where({ conversation: id, is_echo: 0 }).orderBy('id');
    return rows.map(({ direction, author, spoken }) => `${direction} ${author} ${spoken}`);
  }
});
