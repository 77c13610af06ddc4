/** Several people at one inbox: who has a conversation, who looks at it and writes, and what others have answered meanwhile. */
import assert from 'node:assert/strict';
import { addMember, keyOf, type Person, register } from '#test/support/accounts.ts';
import { type RobotsPlatform, robotOf, startRobots, upload } from './support.ts';

const PATH = '/api/platform/robots/conversations';

describe('people at one inbox', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots({
      plugins: { auth: { registration: 'open', accessTokenMinutes: 1_000 } },
      config: { http: { rateLimit: { enabled: false } } },
    });
  });
  after(() => app.stop());

  async function tenant() {
    const owner = await register(app);
    const robot = await robotOf(app, owner);
    await app.services.db.write('robots_robots').where({ id: robot.key }).update({ user_id: null });
    const member = await addMember(app, owner, 'member');
    await upload(robot, { spoken: 'Hello?' });
    const { items } = (await owner.http.get(PATH)).body;
    return { owner, member, robot, id: items[0].id as string };
  }

  const look = async (who: Person, id: string) => (await who.http.get(`${PATH}/${id}`)).body;
  const say = (who: Person, id: string, body: object) => who.http.post(`${PATH}/${id}/answers`, body);
  const newestOf = async (who: Person, id: string) => (await who.http.get(`${PATH}/${id}/messages`)).body.items[0];
  const present = async (who: Person, id: string, doing: string) => {
    const answer = await who.http.post(`${PATH}/${id}/presence`, { doing });
    assert.equal(answer.status, 200, answer.text);
    return answer.body.people;
  };

  it('give nobody a conversation who cannot see it', async () => {
    const { owner, member, robot, id } = await tenant();
    const user = await app.services.people.userByUuid(owner.id);
    await app.services.db
      .write('robots_robots')
      .where({ id: robot.key })
      .update({ user_id: user?.id ?? 0 });
    const give = (who: Person) => owner.http.patch(`${PATH}/${id}`, { assignee: who.id });
    const { status, body } = await give(member);
    assert.deepEqual([status, body.code], [409, 'ASSIGNEE_CANNOT_SEE']);
    assert.equal((await give(await addMember(app, owner, 'admin'))).status, 200);
  });

  describe('assign what nobody has', () => {
    it('to who answers first, and tells it', async () => {
      const { owner, member, id } = await tenant();
      const events = await app.record(/^conversation\.assigned$/);
      assert.equal((await say(member, id, { text: 'I look into it.' })).status, 201);
      assert.equal((await look(owner, id)).assignee.id, member.id);
      assert.deepEqual(
        (await events.all()).map(({ data }: any) => [data.conversation_id, data.assignee]),
        [[id, member.id]],
      );
      await say(owner, id, { text: 'Me too.' });
      assert.equal((await look(owner, id)).assignee.id, member.id);
      assert.equal((await member.http.get('/api/platform/robots/inbox/counts')).body.mine, 1);
    });

    it('to who takes it over, and to nobody by switching automatic answers on', async () => {
      const { owner, member, id } = await tenant();
      await member.http.post(`${PATH}/${id}/automatic`, { on: true });
      assert.equal((await look(owner, id)).assignee, null);
      const { body } = await member.http.post(`${PATH}/${id}/automatic`, { on: false });
      assert.equal(body.assignee.id, member.id);
    });

    it('not to programs, to people of other tenants, or where the tenant does not want it', async () => {
      const { owner, member, id } = await tenant();
      const program = app.http.with(await keyOf(owner, ['robots:manage', 'messages:send']));
      assert.equal((await program.post(`${PATH}/${id}/answers`, { text: 'By a program' })).status, 201);
      assert.equal((await look(owner, id)).assignee, null);
      const settings = { robots_assign_by_answering: false };
      assert.equal((await owner.http.patch('/api/v2/tenant/settings', settings)).status, 200);
      await say(member, id, { text: 'By hand' });
      await member.http.post(`${PATH}/${id}/automatic`, { on: false });
      assert.equal((await look(owner, id)).assignee, null);
    });
  });

  describe('are told of an answer that has come since they began to write', () => {
    it('with the answer, once, and not of their own', async () => {
      const { owner, member, id } = await tenant();
      const { id: seen } = await newestOf(owner, id);
      assert.equal((await say(member, id, { text: 'It comes tomorrow.', seen })).status, 201);
      const refused = await say(owner, id, { text: 'It comes on Friday.', seen });
      assert.deepEqual([refused.status, refused.body.code], [409, 'ANSWERED_MEANWHILE'], refused.text);
      const { answer } = refused.body;
      assert.deepEqual([answer.text, answer.author], ['It comes tomorrow.', 'person']);
      assert.ok(answer.author_name.length > 0);
      assert.equal((await say(owner, id, { text: 'It comes on Friday.', seen: answer.id })).status, 201);
      const own = await newestOf(owner, id);
      assert.equal((await say(owner, id, { text: 'Or so.', seen: answer.id })).status, 201);
      assert.equal((await say(owner, id, { text: 'Without looking.' })).status, 201);
      assert.equal((await say(member, id, { text: 'What?', seen: own.id })).status, 409);
    });

    it('and not of notes, of the contact, or of what is no message of the conversation', async () => {
      const { owner, member, robot, id } = await tenant();
      const { id: seen } = await newestOf(owner, id);
      await member.http.post(`${PATH}/${id}/notes`, { text: 'I call them.' });
      await upload(robot, { spoken: 'Hello??' });
      assert.equal((await say(owner, id, { text: 'Here I am.', seen })).status, 201);
      assert.equal((await say(member, id, { text: 'Here too.', seen: 'msg_of_nothing' })).status, 201);
    });

    it('of what was said on the phone too, and a repeat of what was sent is no second answer', async () => {
      const { owner, robot, id } = await tenant();
      const { id: seen } = await newestOf(owner, id);
      const send = () =>
        owner.http.send('POST', `${PATH}/${id}/answers`, { text: 'Once', seen }, { 'idempotency-key': 'k' });
      const first = await send();
      await upload(robot, { spoken: 'By hand', isSelf: true });
      assert.deepEqual((await send()).body, first.body);
      const refused = await say(owner, id, { text: 'Again', seen });
      assert.deepEqual([refused.status, refused.body.answer.author], [409, 'phone']);
    });

    it('also when both press at once', async () => {
      const { owner, member, id } = await tenant();
      const { id: seen } = await newestOf(owner, id);
      const both = await Promise.all([owner, member].map((who) => say(who, id, { text: who.id, seen })));
      assert.deepEqual(both.map(({ status }) => status).sort(), [201, 409]);
    });
  });

  describe('see who else is there', () => {
    it('looking, writing, and gone, also without a word', async () => {
      const { owner, member, id } = await tenant();
      assert.deepEqual(await present(owner, id, 'looking'), []);
      const [seen] = await present(member, id, 'writing');
      assert.deepEqual([seen.id, seen.doing], [owner.id, 'looking']);
      assert.deepEqual(
        (await present(owner, id, 'looking')).map(({ doing }: any) => doing),
        ['writing'],
      );
      await app.clock.advance(16_000);
      assert.equal((await present(owner, id, 'looking'))[0].doing, 'looking');
      await present(member, id, 'gone');
      assert.deepEqual(await present(owner, id, 'looking'), []);
      await app.clock.advance(46_000);
      assert.deepEqual(await present(member, id, 'looking'), []);
    });

    it('and nobody who may not see the conversation, or is a program, is one of them', async () => {
      const { owner, member, robot, id } = await tenant();
      const stranger = await register(app);
      assert.equal((await stranger.http.post(`${PATH}/${id}/presence`, { doing: 'looking' })).status, 404);
      const program = app.http.with(await keyOf(owner, ['robots:read']));
      assert.equal((await program.post(`${PATH}/${id}/presence`, { doing: 'writing' })).status, 200);
      assert.deepEqual(await present(member, id, 'looking'), []);
      assert.equal((await owner.http.post(`${PATH}/${id}/presence`, { doing: 'sleeping' })).status, 422);
      const { userId } = (await principalOf(owner)) as { userId: number };
      await app.services.db.write('robots_robots').where({ id: robot.key }).update({ user_id: userId });
      assert.equal((await member.http.post(`${PATH}/${id}/presence`, { doing: 'looking' })).status, 404);
    });

    it('live, as often as it changes, and no more than sixty times a minute', async () => {
      const { owner, member, id } = await tenant();
      const events = await app.record(/^inbox\.presence$/);
      for (const doing of ['looking', 'looking', 'writing', 'writing', 'gone', 'gone'])
        await present(member, id, doing);
      for (let n = 0; n < 40; n++) for (const doing of ['looking', 'writing']) await present(owner, id, doing);
      const told = (await events.all()).map(({ data, tenantid }: any) => [data.person.id, data.doing, tenantid]);
      assert.deepEqual(
        told.slice(0, 3),
        ['looking', 'writing', 'gone'].map((doing) => [member.id, doing, owner.tenantId]),
      );
      assert.equal(told.length, 3 + 60);
    });

    it('and nobody but the tenant and who may see the robot is shown it live', async () => {
      const { owner, member, robot, id } = await tenant();
      const stranger = await register(app);
      const { eventSight } = app.services;
      const event = {
        ...({ specversion: '1.0', id: 'x', source: 'patchbay/inbox', type: 'inbox.presence', time: '' } as const),
        tenantid: owner.tenantId,
        data: { conversation_id: id, robot_id: robot.robotId, person: { id: owner.id, name: 'Ada' }, doing: 'looking' },
      };
      const seenBy = async (who: Person) => eventSight.maySee(event as never, await principalOf(who));
      assert.deepEqual([await seenBy(member), await seenBy(stranger)], [true, false]);
      const { userId } = (await principalOf(owner)) as { userId: number };
      await app.services.db.write('robots_robots').where({ id: robot.key }).update({ user_id: userId });
      assert.deepEqual([await seenBy(owner), await seenBy(member)], [true, false]);
    });
  });

  async function principalOf(person: Person): Promise<any> {
    const user = await app.services.people.userByUuid(person.id);
    const roles = [user?.role ?? 'member'];
    return { kind: 'user', id: person.id, userId: user?.id ?? null, tenantId: person.tenantId, roles, scopes: null };
  }

  it('see whether the robot is there, and since when it is not', async () => {
    const { owner, robot, id } = await tenant();
    const shown = async () => {
      const { robot_status, robot_seen_at, robot_is_phone } = await look(owner, id);
      return [robot_status, robot_seen_at, robot_is_phone];
    };
    assert.equal((await shown())[0], 'offline');
    await robot.http.get(`/api/robot/commands?robotId=${robot.robotId}`);
    const at = new Date(app.clock.now()).toISOString();
    assert.deepEqual(await shown(), ['online', at, true]);
    await app.clock.advance(61_000);
    assert.deepEqual(await shown(), ['offline', at, true]);
  });
});
