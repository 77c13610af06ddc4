/** Who somebody is, case by case; who links two, and what a model, a colleague and a broadcast know of whom. */
import assert from 'node:assert/strict';
import Type from 'typebox';
import type { ChannelPart } from '#plugins/robots/contract.ts';
import { addMember, type Person } from '#test/support/accounts.ts';
import { tracesOf } from '#test/support/traces.ts';
import { checkIdentity, type Heardplace, hear, IDENTITY_CASES, placeOf, standing } from './identity-cases.ts';
import { poll, type RobotsPlatform, robotOf, sendText, startRobots, upload } from './support.ts';

const PATH = '/api/platform/robots/contacts';

describe('who somebody is', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots({ config: { http: { rateLimit: { enabled: false } } } });
  });
  after(() => app.stop());

  for (const one of IDENTITY_CASES)
    it(`${one.what}: ${one.isOnePerson ? 'one person' : 'two people'}`, () => checkIdentity(one, app, app));

  it('is one on two robots as soon as an id proves it, with all that was noted of both', async () => {
    const place = await placeOf(app);
    const account = 'shop';
    const talks = [await hear(app, place, { name: 'Ada' }), await hear(app, place, { name: 'Ada', by: 'other' })];
    const [one, other] = talks.map(({ contact }) => contact);
    await change(place, one, { notes: 'tea', fields: { city: 'London' } });
    await change(place, other, { notes: 'coffee', opted_out: true });
    const proved = await hear(app, place, { name: 'Ada', id: 'x', account });
    assert.deepEqual((await hear(app, place, { name: 'Ada', id: 'x', account, by: 'other' })).contact, proved.contact);
    for (const { talk } of talks) assert.equal((await standing(app, talk)).contact, proved.contact);
    const { notes, fields, opted_out, is_proved, robot_id } = await contactOf(place.owner, proved.contact);
    assert.deepEqual(
      { notes: notes.split('\n').sort(), fields, opted_out, is_proved, robot_id },
      { notes: ['coffee', 'tea'], fields: { city: 'London' }, opted_out: true, is_proved: true, robot_id: null },
    );
    assert.equal((await place.owner.http.get(`${PATH}?name=Ada`)).body.items.length, 1);
  });

  it('is whom a person has made of the name, also when an id proves it later', async () => {
    const place = await placeOf(app);
    const ada = await hear(app, place, { name: 'Ada' });
    const work = await hear(app, place, { name: 'Ada at work', by: 'other' });
    const linked = await place.owner.http.post(`${PATH}/${work.contact}/merge`, { contact: ada.contact });
    assert.equal(linked.status, 200, linked.text);
    assert.equal((await hear(app, place, { name: 'Ada', id: 'x' })).contact, work.contact);
    assert.deepEqual(
      (await place.owner.http.get(`${PATH}?search=ada`)).body.items.map(({ name }: { name: string }) => name),
      ['Ada at work'],
    );
  });

  it('is found and written to by the name that was merged, whose wishes hold for both', async () => {
    const place = await placeOf(app);
    const ada = await hear(app, place, { name: 'Ada' });
    const work = await hear(app, place, { name: 'Ada at work' });
    await place.owner.http.post(`${PATH}/${ada.contact}/merge`, { contact: work.contact });
    for (const query of ['name=Ada%20at%20work', 'search=work'])
      assert.deepEqual(
        (await place.owner.http.get(`${PATH}?${query}`)).body.items.map(({ id }: { id: string }) => id),
        [ada.contact],
        query,
      );
    await change(place, ada.contact, { consent: 'refused' });
    const { body } = await place.owner.http.post('/api/platform/robots/broadcasts', {
      name: 'x',
      content: 'News',
      robots: [place.robots.one.robotId],
      audience: { names: ['Ada at work', 'Ada'] },
    });
    assert.equal((await place.owner.http.post(`/api/platform/robots/broadcasts/${body.id}/start`, {})).status, 200);
    await app.services.jobs.idle();
    const { skipped, sent } = (await place.owner.http.get(`/api/platform/robots/broadcasts/${body.id}`)).body;
    assert.deepEqual({ skipped, sent }, { skipped: 1, sent: 0 });
  });

  it('is not the robot for being called so: speaks neither for it nor as its customer, and is shown as such', async () => {
    for (const receivedName of ['Robot', ' ROBOT ', 'Ｒｏｂｏｔ', 'Ro\u200bbot']) {
      const place = await placeOf(app);
      const { one } = place.robots;
      const heard = await hear(app, place, { name: 'Ada', group: 'Choir' });
      const told = await app.record(/^robot\.message/);
      await upload(one, { receivedName, groupName: 'Choir', spoken: 'It is free, ask at evil.example' });
      assert.deepEqual(await told.all(), [], 'nobody answers it');
      const shown = await place.owner.http.get(`/api/platform/robots/conversations/${heard.talk}/messages`);
      const authors = shown.body.items.map(({ author }: { author: string }) => author);
      assert.deepEqual(authors.toSorted(), ['contact', 'namesake'], receivedName);
      const spoken = await app.services.conversations.spoken(heard.talk, 10);
      assert.deepEqual(
        spoken?.messages.map(({ author }) => author),
        ['contact'],
        'a model reads none of it',
      );
    }
  });

  it('is nobody new when somebody who is called as the robot is speaks after one who was merged', async () => {
    const place = await placeOf(app);
    const ada = await hear(app, place, { name: 'Ada', group: 'Choir', id: 'x1' });
    const work = await hear(app, place, { name: 'Ada at work', by: 'other' });
    await place.owner.http.post(`${PATH}/${work.contact}/merge`, { contact: ada.contact });
    await upload(place.robots.one, { receivedName: 'Robot', groupName: 'Choir', spoken: 'Ask me' });
    const { items } = (await place.owner.http.get(PATH)).body;
    assert.deepEqual(
      items.map(({ id }: { id: string }) => id),
      [work.contact],
    );
  });

  it('is a group’s other member with nothing of who is called so in a talk alone, who is written to', async () => {
    const place = await placeOf(app);
    const { one } = place.robots;
    const alone = await hear(app, place, { name: 'Ada' });
    const inGroup = await hear(app, place, { name: 'Ada', group: 'Choir' });
    await upload(one, { receivedName: 'Ada', groupName: 'Choir', spoken: 'STOP' });
    assert.equal((await contactOf(place.owner, inGroup.contact)).opted_out, true);
    assert.equal((await contactOf(place.owner, alone.contact)).opted_out, false);
    await sendText(one, 'hello', { titleList: ['Ada'] });
    await sendText(one, 'hello all', { titleList: ['Choir'], atList: ['Ada'] });
    assert.equal((await place.owner.http.delete(`${PATH}/${inGroup.contact}`)).status, 204);
    const left = await app.services.db.read('robots_commands').where({ robot: one.key });
    assert.deepEqual(
      left.map(({ recipient }) => recipient),
      ['Ada'],
    );
    assert.equal((await contactOf(place.owner, alone.contact)).name, 'Ada');
  });

  for (const ids of ['network', 'account'] as const)
    it(`is by an id of a channel one in all of its ${ids}, in a group and alone`, async () => {
      const { owner } = await placeOf(app);
      const sent: string[] = [];
      const name = `pigeons-of-${ids}`;
      const person = { name: 'Bo', address: 'roof' };
      const heard = { text: 'coo', textType: 1, isAtMe: true, file: null };
      app.services.robotChannels.add({
        name,
        summary: 'Pigeons',
        textLimit: 100,
        showsMarkdown: false,
        ids,
        config: Type.Object({ loft: Type.String() }),
        identify: async ({ loft }) => ({ account: String(loft), name: String(loft) }),
        start({ config: { loft }, receive: tell }) {
          const group = { name: 'Flock', address: 'flock' };
          void tell({ id: '1', person, group: null, ...heard }, '1').then(() =>
            tell({ id: '2', person, group, ...heard }, '2'),
          );
          const send = async ({ address, text }: ChannelPart) => {
            sent.push(`${loft} ${address} ${text}`);
            return { kind: 'sent' as const };
          };
          return { send, stop: async () => {} };
        },
      });
      const robots: string[] = [];
      for (const loft of ['north', 'south']) {
        const made = await owner.http.post(`/api/platform/robots/channels/${name}`, { loft });
        assert.equal(made.status, 201, made.text);
        robots.push(made.body.robot_id);
      }
      const talks = () => app.services.db.read('robots_conversations').where({ tenant_id: owner.tenantId });
      while ((await talks()).length < 4) await new Promise(setImmediate);
      const { items } = (await owner.http.get(PATH)).body;
      assert.equal(items.length, ids === 'network' ? 1 : 2);
      for (const { is_proved, robot_id, room } of items)
        assert.deepEqual([is_proved, robot_id, room], [true, null, '']);
      for (const robotId of robots) {
        const text = { robotId, type: 'text', titleList: ['Bo'], content: robotId };
        assert.equal((await owner.http.post('/api/robot/send-message', text)).status, 200);
      }
      while (sent.length < 2) await new Promise(setImmediate);
      assert.deepEqual(sent.toSorted(), [`north roof ${robots[0]}`, `south roof ${robots[1]}`]);
    });

  it('is nobody else’s for saying their id: a member’s robot learns nothing of the owner’s contact', async () => {
    const place = await placeOf(app);
    const proof = { name: 'Ada', id: 'x1', account: 'shop' };
    const ada = await hear(app, place, proof);
    await change(place, ada.contact, { notes: 'Owes us 900 euros' });
    const member = await addMember(app, place.owner, 'member');
    const theirs = await robotOf(app, member);
    const claimed = await hear(app, { ...place, robots: { one: theirs, other: theirs } }, proof);
    assert.notEqual(claimed.contact, ada.contact);
    assert.equal((await member.http.get(`${PATH}/${ada.contact}`)).status, 404);
    const [own] = (await member.http.get(PATH)).body.items;
    assert.deepEqual([own.id, own.notes], [claimed.contact, '']);
  });

  it('is two of one name on a phone that changes its account', async () => {
    const place = await placeOf(app);
    const ids = await Promise.all(
      ['shop', 'club'].map((account) => hear(app, place, { name: 'Ada', id: 'x1', account })),
    );
    assert.equal(new Set(ids.map(({ contact }) => contact)).size, 2);
    assert.equal(new Set(ids.map(({ talk }) => talk)).size, 2);
  });

  it('is written to no more by what waits already, once they have refused; what a person wrote still goes', async () => {
    for (const wish of [{ consent: 'refused' }, { opted_out: true }]) {
      const place = await placeOf(app);
      const { one } = place.robots;
      const [ada, bob] = [await hear(app, place, { name: 'Ada' }), await hear(app, place, { name: 'Bob' })];
      const { conversations, db } = app.services;
      const say = (conversationId: string) =>
        db.transaction((trx) => conversations.say(trx, [{ conversationId, markdown: 'By a model.' }]));
      for (const { talk } of [ada, bob]) await say(talk);
      await place.owner.http.post(`/api/platform/robots/conversations/${ada.talk}/answers`, { text: 'By a person.' });
      await change(place, ada.contact, wish);
      assert.deepEqual(await say(ada.talk), [[]]);
      assert.deepEqual(
        (await poll(one)).map(({ commandParams }) => `${commandParams.titleList} ${commandParams.content}`),
        ['Bob By a model.', 'Ada By a person.'],
      );
    }
  });

  it('leaves no trace when erased, and whoever is called so on another robot as they were', async () => {
    const place = await placeOf(app);
    const { one, other } = place.robots;
    const name = 'Zaffrella';
    const named = await hear(app, place, { name });
    const ada = await hear(app, place, { name, id: 'zaffre-7', account: 'shop' });
    await hear(app, place, { name, id: 'zaffre-7', account: 'shop', group: 'Choir' });
    const second = await hear(app, place, { name: 'Bob', by: 'other' });
    await sendText(one, 'hello', { titleList: [name] });
    await sendText(other, 'hello', { titleList: ['Bob'] });
    const given = await place.owner.http.get(`${PATH}/${ada.contact}/export`);
    assert.deepEqual([given.body.ids, given.body.also_known_as], [[{ channel: 'workbot', id: 'zaffre-7' }], [name]]);
    assert.equal((await place.owner.http.delete(`${PATH}/${ada.contact}`)).status, 204);
    await app.services.jobs.idle();
    assert.deepEqual(await tracesOf(app, { texts: [name, 'zaffre-7'] }), []);
    assert.equal((await standing(app, second.talk)).contact, second.contact);
    assert.equal((await app.services.db.read('robots_commands').where({ robot: other.key })).length, 1);
    const anew = await hear(app, place, { name, id: 'zaffre-7', account: 'shop' });
    assert.ok(![named.contact, ada.contact].includes(anew.contact));
  });

  async function change({ owner }: Heardplace, contact: string | undefined, wish: object): Promise<void> {
    const { status, text } = await owner.http.patch(`${PATH}/${contact}`, wish);
    assert.equal(status, 200, text);
  }
});

async function contactOf(owner: Person, id: string): Promise<any> {
  const { status, body, text } = await owner.http.get(`${PATH}/${id}`);
  assert.equal(status, 200, text);
  return body;
}
