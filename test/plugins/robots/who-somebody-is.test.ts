/** Who a contact is: on phones a name on one robot, which anybody may take; nobody else's data comes with it. */
import assert from 'node:assert/strict';
import { addMember, type Person, register } from '#test/support/accounts.ts';
import * as onRobots from '../../../plugins/robots/migrations/0010-names-on-robots.ts';
import * as inRooms from '../../../plugins/robots/migrations/0019-who-somebody-is.ts';
import { type RobotsPlatform, robotOf, sendText, startRobots, type TestRobot, upload } from './support.ts';

const BASE = '/api/platform/robots';
const PATH = `${BASE}/contacts`;

describe('a contact of phones', () => {
  let app: RobotsPlatform;
  let owner: Person;
  let member: Person;
  let robot: TestRobot;
  let ofMember: TestRobot;
  before(async () => {
    app = await startRobots();
  });
  after(() => app.stop());
  beforeEach(async () => {
    owner = await register(app);
    member = await addMember(app, owner, 'member');
    robot = await robotOf(app, owner);
    ofMember = await robotOf(app, member);
  });

  it('is a name on one robot: a member who has theirs say it sees nothing of the owner’s', async () => {
    await upload(robot, { receivedName: 'Ada' });
    const [ada] = await list(owner, 'name=Ada');
    assert.equal(ada.robot_id, robot.robotId);
    const noted = { notes: 'Owes us 900 euros', fields: { address: 'Elm Street 5' } };
    assert.equal((await owner.http.patch(`${PATH}/${ada.id}`, noted)).status, 200);

    await upload(ofMember, { receivedName: 'Ada' });
    const change = { opted_out: true, notes: 'changed by member' };
    assert.equal((await member.http.get(`${PATH}/${ada.id}`)).status, 404);
    assert.equal((await member.http.patch(`${PATH}/${ada.id}`, change)).status, 404);
    const [own] = await list(member);
    assert.deepEqual([own.notes, own.fields, own.robot_id], ['', {}, ofMember.robotId]);
    assert.notEqual(own.id, ada.id);
    assert.equal((await list(owner, 'name=Ada')).length, 2, 'an administrator sees both');
  });

  it('gives its fields to no text that is sent through another robot', async () => {
    await upload(robot, { receivedName: 'Ada' });
    const [ada] = await list(owner);
    await owner.http.patch(`${PATH}/${ada.id}`, { fields: { address: 'Elm Street 5' } });
    const wish = { name: 'x', content: 'Y {{contact.fields.address}}', robots: [ofMember.robotId] };
    const { body } = await member.http.post(`${BASE}/broadcasts`, { ...wish, audience: { names: ['Ada'] } });
    assert.equal((await member.http.post(`${BASE}/broadcasts/${body.id}/start`, {})).status, 200);
    await app.services.jobs.idle();
    const commands = await app.services.db.read('robots_commands').where({ robot: ofMember.key });
    assert.deepEqual(
      commands.map(({ params }) => JSON.parse(params).content),
      ['Y '],
    );
  });

  it('who wants to hear no more on one robot is still written to by another, unless a person makes them one', async () => {
    await upload(robot, { receivedName: 'Ada' });
    await upload(ofMember, { receivedName: 'Ada' });
    const [[ada], [other]] = [await list(owner, 'name=Ada&sort=last_seen_at'), await list(member)];
    await owner.http.patch(`${PATH}/${ada.id}`, { opted_out: true });
    assert.equal((await member.http.get(`${PATH}/${other.id}`)).body.opted_out, false);
    assert.equal((await owner.http.post(`${PATH}/${other.id}/merge`, { contact: ada.id })).status, 200);
    assert.equal((await member.http.get(`${PATH}/${other.id}`)).body.opted_out, true);
    await upload(robot, { receivedName: 'Ada', spoken: 'again' });
    assert.deepEqual(
      (await list(owner, 'name=Ada')).map(({ id }) => id),
      [other.id],
    );
  });

  it('is reached by a broadcast on each robot that has one of this name, and counted so before', async () => {
    for (const own of [robot, ofMember]) await upload(own, { receivedName: 'Ada' });
    const robots = [robot.robotId, ofMember.robotId];
    const wish = { robots, audience: { everybody: true } };
    const size = await owner.http.post(`${BASE}/broadcasts/audience`, wish);
    assert.equal(size.body.recipients, 2, size.text);
    const { body } = await owner.http.post(`${BASE}/broadcasts`, { name: 'x', content: 'News', ...wish });
    assert.equal((await owner.http.post(`${BASE}/broadcasts/${body.id}/start`, {})).status, 200);
    await app.services.jobs.idle();
    for (const own of [robot, ofMember])
      assert.equal((await app.services.db.read('robots_commands').where({ robot: own.key })).length, 1);
  });

  it('is erased without whoever is called so on another robot', async () => {
    for (const own of [robot, ofMember]) await upload(own, { receivedName: 'Ada' });
    const at = '2099-01-01T09:00';
    const scheduled = (
      await member.http.post(`${BASE}/scheduled-messages`, {
        robot_id: ofMember.robotId,
        content: 'hello',
        at,
        names: ['Ada'],
      })
    ).body.id;
    const wish = { name: 'x', content: 'News', robots: [ofMember.robotId], audience: { names: ['Ada'] } };
    const draft = (await member.http.post(`${BASE}/broadcasts`, wish)).body.id;
    const ada = (await list(owner, 'name=Ada')).find(({ robot_id }) => robot_id === robot.robotId);
    assert.equal((await owner.http.delete(`${PATH}/${ada.id}`)).status, 204);
    const { state, names } = (await member.http.get(`${BASE}/scheduled-messages/${scheduled}`)).body;
    assert.deepEqual([state, names], ['active', ['Ada']]);
    assert.deepEqual((await member.http.get(`${BASE}/broadcasts/${draft}`)).body.audience.names, ['Ada']);
    assert.equal((await list(member, 'name=Ada')).length, 1);
  });

  it('that was merged is found by the name it had', async () => {
    await upload(robot, { receivedName: 'Quentin' });
    await upload(robot, { receivedName: 'Zaphod' });
    const found = async (query: string) => (await list(owner, query)).map(({ name }) => name);
    const [[quentin], [zaphod]] = [await list(owner, 'name=Quentin'), await list(owner, 'name=Zaphod')];
    await owner.http.post(`${PATH}/${quentin.id}/merge`, { contact: zaphod.id });
    assert.deepEqual([await found('search=Zaphod'), await found('name=Zaphod')], [['Quentin'], ['Quentin']]);
    await owner.http.patch(`${PATH}/${quentin.id}`, { notes: 'a regular' });
    assert.deepEqual([await found('search=Zaphod'), await found('search=regular')], [['Quentin'], ['Quentin']]);
  });

  it('is no two people: a name to write to has no line breaks', async () => {
    const { status, body } = await robot.owner.http.post('/api/robot/send-message', {
      robotId: robot.robotId,
      type: 'text',
      titleList: ['Ada\nBob'],
      content: 'hello',
    });
    assert.deepEqual([status, body.code], [400, 400]);
    await sendText(robot, 'hello', { titleList: ['Ada Bob'] });
  });

  it('that several robots had together before is parted, and has refused on each of them', async () => {
    await upload(robot, { receivedName: 'Ada' });
    await upload(ofMember, { receivedName: 'Ada' });
    await upload(robot, { receivedName: 'Bob' });
    const { db } = app.services;
    await db.transaction((trx) => inRooms.down(trx));
    await db.transaction((trx) => onRobots.down(trx));
    const [shared] = await db.read('robots_contacts').where({ tenant_id: owner.tenantId, name: 'Ada' });
    assert.ok(shared);
    await db.write('robots_contacts').where({ id: shared.id }).update({ opted_out: 1, notes: 'of the owner' });
    await db.transaction((trx) => onRobots.up(trx));
    await db.transaction((trx) => inRooms.up(trx));

    const [own] = await list(member);
    assert.deepEqual([own.name, own.notes, own.opted_out, own.robot_id], ['Ada', '', true, ofMember.robotId]);
    assert.deepEqual(
      (await list(member, 'search=ada')).map(({ id }) => id),
      [own.id],
    );
    const [talk] = (await member.http.get(`${BASE}/conversations?contact=${own.id}`)).body.items;
    assert.equal(talk.person, 'Ada');
    await upload(ofMember, { receivedName: 'Ada', spoken: 'again' });
    assert.equal((await list(member)).length, 1);
    const ofOwner = (await list(owner)).find(({ robot_id, name }) => name === 'Ada' && robot_id === robot.robotId);
    assert.equal(ofOwner.notes, 'of the owner');
  });

  it('that groups and a talk alone had together before is parted: what is noted stays with the talk, a refusal with all', async () => {
    const { db } = app.services;
    for (const more of [{ groupName: 'Choir' }, {}, { groupName: 'Team' }])
      await upload(robot, { receivedName: 'Ada', ...more });
    await upload(robot, { receivedName: 'Bob', groupName: 'Team' });
    await upload(robot, { receivedName: 'Ada L.', groupName: 'Team' });
    await db.transaction((trx) => inRooms.down(trx));
    const known = () => db.read('robots_contacts').where({ tenant_id: owner.tenantId, name: 'Ada' });
    const [shared, ...others] = await known();
    const [alias] = await db.read('robots_contacts').where({ tenant_id: owner.tenantId, name: 'Ada L.' });
    assert.ok(shared && alias && others.length === 0);
    const noted = { opted_out: 1, notes: 'a regular', fields: '{"city":"London"}' };
    await db.write('robots_contacts').where({ id: shared.id }).update(noted);
    await db.write('robots_contacts').where({ id: alias.id }).update({ merged_into: shared.id });
    await db.write('robots_conversations').where({ contact: alias.id }).update({ contact: shared.id });
    await db.transaction((trx) => inRooms.up(trx));

    const rows = (await list(owner)).filter(({ name }) => name === 'Ada');
    assert.deepEqual(
      rows
        .map(({ room, notes, fields, opted_out, is_proved }) => ({ room, notes, fields, opted_out, is_proved }))
        .toSorted((one, other) => (one.room < other.room ? -1 : 1)),
      [
        { room: '', notes: 'a regular', fields: { city: 'London' }, opted_out: true, is_proved: false },
        { room: 'Choir', notes: '', fields: {}, opted_out: true, is_proved: false },
        { room: 'Team', notes: '', fields: {}, opted_out: true, is_proved: false },
      ],
    );
    const [bob] = await list(owner, 'name=Bob');
    assert.equal(bob.room, 'Team', 'who was in one group alone stays there');
    for (const { id, room } of rows) {
      const talks = (await owner.http.get(`${BASE}/conversations?contact=${id}`)).body.items;
      const rooms = talks.map(({ group, person }: { group: string; person: string }) => `${person} ${group}`);
      assert.deepEqual(rooms.toSorted(), room === '' ? ['Ada ', 'Ada L. Team'] : [`Ada ${room}`]);
    }
    const count = (await list(owner)).length;
    for (const more of [{ groupName: 'Choir' }, {}, { groupName: 'Team' }])
      await upload(robot, { receivedName: 'Ada', spoken: 'again', ...more });
    await upload(robot, { receivedName: 'Ada L.', groupName: 'Team', spoken: 'again' });
    assert.equal((await list(owner)).length, count, 'each is heard as whom it was');
  });

  it('of a channel with ids is proved by those that are known, and is still who it was', async () => {
    const { db, clock } = app.services;
    const place = { tenant_id: owner.tenantId, channel: 'telegram' };
    const times = { last_seen_at: clock.now(), created_at: clock.now(), updated_at: clock.now() };
    const row = (name: string, known_as: string, own_id: string) => ({
      ...place,
      ...times,
      uuid: name,
      known_as,
      own_id,
      name,
    });
    await db.write('robots_channel_names').insert({ ...place, name: 'Cy', address: '7' });
    await db.write('robots_contacts').insert([row('Cy', 'id \n7', '7'), row('Dee', 'name 0\n\nDee', '')]);
    const before = await db.read('robots_contacts').where(place).orderBy('id');
    await db.transaction((trx) => inRooms.down(trx));
    await db.transaction((trx) => inRooms.up(trx));
    assert.deepEqual(await db.read('robots_contacts').where(place).orderBy('id'), before);
    assert.deepEqual((await list(owner)).map(({ name, is_proved }) => [name, is_proved]).toSorted(), [
      ['Cy', true],
      ['Dee', false],
    ]);
    const [name] = await db.read('robots_channel_names').where(place);
    assert.deepEqual(name, { ...place, account: '', name: 'Cy', address: '7' });
  });
});

async function list(person: Person, query = ''): Promise<any[]> {
  const { status, body, text } = await person.http.get(`${PATH}?${query}`);
  assert.equal(status, 200, text);
  return body.items;
}
