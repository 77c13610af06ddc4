/** Who is erased as a contact leaves no trace, wherever they were spoken with, written about or to be written to. */
import assert from 'node:assert/strict';
import { register } from '#test/support/accounts.ts';
import { tracesOf } from '#test/support/traces.ts';
import { poll, type RobotsPlatform, robotOf, sendText, startRobots, upload } from './support.ts';

const BASE = '/api/platform/robots';
const MARK = 'zaffre';
const NAMES = [`Ada ${MARK}`, `Ada ${MARK} at work`];

describe('a contact who is erased', () => {
  let app: RobotsPlatform;
  before(async () => {
    const auth = { registration: 'open', accessTokenMinutes: 1_440 };
    app = await startRobots({ plugins: { auth }, config: { http: { rateLimit: { enabled: false } } } });
  });
  after(() => app.stop());

  it('leaves nothing in any table or file, nothing more is sent, and others keep what they have', async () => {
    const [robot, other] = [await robotOf(app), await robotOf(app)];
    const { http } = robot.owner;
    const ok = async (answer: ReturnType<typeof http.get>) => {
      const { status, text, body } = await answer;
      assert.ok(status < 300, `${status}: ${text}`);
      return body;
    };
    const [name, alias] = NAMES;
    // Before there is a conversation.
    const early = await sendText(robot, `early ${MARK}`, { titleList: [name] });
    await poll(robot);
    await robot.http.post('/api/robot/command-result', { commandId: early, errorCode: 0, successList: [name] });
    const fileBase64 = Buffer.from(`${MARK} `.repeat(20_000)).toString('base64');
    await upload(robot, { receivedName: name, spoken: `hello ${MARK}`, fileBase64 });
    await upload(robot, { receivedName: name, groupName: 'choir', spoken: `in a group ${MARK}` });
    await upload(other, { receivedName: alias, spoken: `hello ${MARK}`, messageId: 'm' });
    await upload(other, { receivedName: 'Bob', spoken: 'hello' });
    const list = async (path: string) => (await ok(http.get(`${BASE}/${path}`))).items;
    // In the group it may be somebody else, until a person says that it is her.
    const named = await list(`contacts?name=${name}`);
    const ada = named.find(({ room }: { room: string }) => room === '').id;
    await ok(http.patch(`${BASE}/contacts/${ada}`, { notes: MARK, fields: { word: MARK } }));
    for (const { id } of [...named, ...(await list(`contacts?name=${alias}`))])
      if (id !== ada) await ok(http.post(`${BASE}/contacts/${ada}/merge`, { contact: id }));
    for (const { id } of await list(`conversations?contact=${ada}`)) {
      await ok(http.post(`${BASE}/conversations/${id}/notes`, { text: `note ${MARK}` }));
      await ok(http.post(`${BASE}/conversations/${id}/answers`, { text: `answer ${MARK}` }));
    }
    const [talk] = await list(`conversations?contact=${ada}`);
    const said = { details: { conversation: talk.id, reason: `no such model for “${MARK}”` } };
    const { tenantId } = robot.owner;
    app.services.robotLogs.note({ type: 'ai', level: 'warn', message: 'failed', tenantId, ...said });
    const names = [name, alias, 'Bob'];
    const wish = { name: 'x', content: 'hello', robots: [other.robotId], audience: { names }, excluded: [alias] };
    const ids = [];
    for (const more of [{}, { excluded: [] }])
      ids.push((await ok(http.post(`${BASE}/broadcasts`, { ...wish, ...more }))).id);
    for (const id of ids) await ok(http.post(`${BASE}/broadcasts/${id}/start`, {}));
    await app.services.jobs.idle();
    await ok(http.post(`${BASE}/broadcasts`, wish));
    const at = '2099-01-01T09:00';
    const later = { robot_id: robot.robotId, content: 'hello', at };
    const shared = await ok(http.post(`${BASE}/scheduled-messages`, { ...later, names }));
    const alone = await ok(http.post(`${BASE}/scheduled-messages`, { ...later, names: [name] }));
    const before = await tracesOf(app, { texts: [MARK] });
    for (const table of [
      'messages',
      'commands',
      'contacts',
      'conversations',
      'counts',
      'logs',
      'broadcasts',
      'scheduled_messages',
    ])
      assert.ok(
        before.some((place) => place.startsWith(`robots_${table}.`)),
        `nothing in ${table}: ${before}`,
      );
    assert.ok(before.some((place) => place.startsWith('file ')));

    assert.equal((await http.delete(`${BASE}/contacts/${ada}`)).status, 204);
    await app.services.jobs.idle();
    await app.clock.advance(2 * 3600_000);
    await app.services.blobs.sweep();
    assert.deepEqual(await tracesOf(app, { texts: [MARK] }), []);

    assert.deepEqual((await ok(http.get(`${BASE}/scheduled-messages/${shared.id}`))).names, ['Bob']);
    assert.equal((await ok(http.get(`${BASE}/scheduled-messages/${alone.id}`))).state, 'cancelled');
    assert.deepEqual(await poll(robot), []);
    for (let beat = 0; beat < 2; beat++) {
      await app.services.jobs.idle();
      await app.clock.advance(3_000);
    }
    await app.services.jobs.idle();
    for (const { commandId } of await poll(other))
      assert.equal((await other.http.post('/api/robot/command-result', { commandId, errorCode: 0 })).status, 200);
    for (const id of ids) {
      const { state, total, succeeded } = await ok(http.get(`${BASE}/broadcasts/${id}`));
      assert.deepEqual({ state, total, succeeded }, { state: 'finished', total: 1, succeeded: 1 });
    }
    assert.equal((await list(`contacts?name=Bob`)).length, 1);
  });

  it('is gone soon although the process died in the middle of it', async () => {
    const robot = await robotOf(app, await register(app));
    const { http } = robot.owner;
    await upload(robot, { receivedName: 'Quagga', spoken: 'hello from Quagga' });
    const [quagga] = (await http.get(`${BASE}/contacts?name=Quagga`)).body.items;
    const { messageErasure, jobs } = app.services;
    const { eraseAll } = messageErasure;
    messageErasure.eraseAll = () => Promise.reject(new Error('killed'));
    assert.equal((await http.delete(`${BASE}/contacts/${quagga.id}`)).status, 500);
    messageErasure.eraseAll = eraseAll;
    const erased = await app.record(/^contact\.erased/);
    await app.clock.advance(61_000);
    await jobs.idle();
    assert.deepEqual(
      (await erased.all()).map(({ data }) => data.contact_id),
      [quagga.id],
    );
    assert.deepEqual(await tracesOf(app, { texts: ['Quagga'] }), []);
  });

  it('is taken out of what names them beside others, and of groups that nobody has made yet', async () => {
    const robot = await robotOf(app, await register(app));
    const { http } = robot.owner;
    await upload(robot, { receivedName: 'Zebra', spoken: 'hello' });
    const send = async (more: object) => {
      const { status, text } = await http.post('/api/robot/send-message', {
        robotId: robot.robotId,
        type: 'text',
        content: 'hi',
        ...more,
      });
      assert.equal(status, 200, text);
    };
    await send({ titleList: ['Zebra', 'Bob'] });
    await send({ titleList: ['Choir'], atList: ['Zebra', 'Cy'] });
    await send({ titleList: ['Choir'], atList: ['Zebra'] });
    await send({ titleList: ['Dan'] });
    const commands = () => app.services.db.read('robots_commands').where({ robot: robot.key }).orderBy('id');
    const [first] = await commands();
    await poll(robot);
    const result = { commandId: first?.command_id, errorCode: 0, successList: ['Zebra', 'Bob'] };
    await robot.http.post('/api/robot/command-result', result);
    const [zebra] = (await http.get(`${BASE}/contacts?name=Zebra`)).body.items;
    assert.equal((await http.delete(`${BASE}/contacts/${zebra.id}`)).status, 204);

    const left = await commands();
    assert.doesNotMatch(JSON.stringify(left), /Zebra/);
    assert.deepEqual(
      left.map(({ recipient }) => recipient),
      ['Bob', 'Choir', 'Dan'],
    );
    assert.deepEqual(JSON.parse(left[0]?.params ?? '{}').titleList, ['Bob']);
    assert.deepEqual(JSON.parse(left[1]?.params ?? '{}').atList, ['Cy']);
  });
});
