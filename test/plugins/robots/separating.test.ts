/** Two contacts that were made one part again: each has what is its own, and what either has refused. */
import assert from 'node:assert/strict';
import { addMember, register } from '#test/support/accounts.ts';
import { hear, placeOf, standing } from './identity-cases.ts';
import { type RobotsPlatform, robotOf, startRobots, upload } from './support.ts';

const PATH = '/api/platform/robots/contacts';
const TALKS = '/api/platform/robots/conversations';

type Place = Awaited<ReturnType<typeof placeOf>>;

describe('a contact that was merged wrongly', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots({ plugins: { auth: { registration: 'open', accessTokenMinutes: 1_440 } } });
  });
  after(() => app.stop());

  const ok = async (answer: Promise<{ status: number; text: string; body: any }>): Promise<any> => {
    const { status, text, body } = await answer;
    assert.ok(status < 300, `${status}: ${text}`);
    return body;
  };
  const contact = ({ owner }: Place, id: string) => ok(owner.http.get(`${PATH}/${id}`));
  const change = ({ owner }: Place, id: string, wish: object) => ok(owner.http.patch(`${PATH}/${id}`, wish));
  const merge = ({ owner }: Place, id: string, other: string) =>
    ok(owner.http.post(`${PATH}/${id}/merge`, { contact: other }));
  const separate = ({ owner }: Place, id: string, other: string) =>
    owner.http.post(`${PATH}/${id}/separate`, { contact: other });
  const linked = async ({ owner }: Place, id: string) =>
    (await ok(owner.http.get(`${PATH}/${id}/linked`))).items.map((one: any) => one.id);
  const talksOf = async ({ owner }: Place, id: string) =>
    (await ok(owner.http.get(`${TALKS}?contact=${id}`))).items.map((one: any) => one.id).sort();

  it('is itself again, with its conversations, notes and fields, and what either has refused', async () => {
    const place = await placeOf(app);
    const ada = await hear(app, place, { name: 'Ada' });
    const eve = await hear(app, place, { name: 'Eve' });
    await change(place, ada.contact, { notes: 'tea', fields: { city: 'London', size: 'M' } });
    await change(place, eve.contact, { notes: 'coffee', fields: { size: 'XL', street: 'Elm', debt: 900 } });
    await merge(place, ada.contact, eve.contact);
    const later = await hear(app, place, { name: 'Eve', by: 'other' });
    await merge(place, ada.contact, later.contact);
    await change(place, ada.contact, { fields: { debt: 100 }, consent: 'refused' });
    assert.deepEqual((await linked(place, ada.contact)).toSorted(), [eve.contact, later.contact].toSorted());

    const told = await app.record(/^contact\.separated/);
    const parted = await ok(separate(place, ada.contact, eve.contact));
    assert.equal(parted.id, eve.contact);
    const [event] = await told.all();
    assert.deepEqual(event?.data, {
      contact_id: eve.contact,
      from_contact_id: ada.contact,
      conversation_ids: [eve.talk],
    });
    const shown = ({ notes, fields, consent }: any) => ({ notes, fields, consent });
    assert.deepEqual(shown(await contact(place, eve.contact)), {
      notes: 'coffee',
      fields: { size: 'XL', street: 'Elm', debt: 900 },
      consent: 'refused',
    });
    assert.deepEqual(
      shown(await contact(place, ada.contact)),
      { notes: 'tea', fields: { city: 'London', size: 'M', debt: 100 }, consent: 'refused' },
      'what was noted since stays',
    );
    assert.deepEqual(await talksOf(place, eve.contact), [eve.talk]);
    assert.deepEqual(await talksOf(place, ada.contact), [ada.talk, later.talk].sort());
    assert.deepEqual(await linked(place, ada.contact), [later.contact]);
    assert.equal((await hear(app, place, { name: 'Eve' })).contact, eve.contact);
    assert.equal((await hear(app, place, { name: 'Ada' })).contact, ada.contact);
    for (const [word, id] of [
      ['coffee', eve.contact],
      ['tea', ada.contact],
    ])
      assert.deepEqual(
        (await ok(place.owner.http.get(`${PATH}?search=${word}`))).items.map((one: any) => one.id),
        [id],
      );
    await merge(place, ada.contact, eve.contact);
    assert.equal((await contact(place, ada.contact)).fields.street, 'Elm', 'and may be merged again');
  });

  it('takes along who had become it before', async () => {
    const place = await placeOf(app);
    const names = ['Ada', 'Bea', 'Cleo'];
    const [ada, bea, cleo] = await Promise.all(names.map((name) => hear(app, place, { name })));
    assert.ok(ada && bea && cleo);
    await merge(place, bea.contact, cleo.contact);
    await merge(place, ada.contact, bea.contact);
    assert.equal((await separate(place, ada.contact, cleo.contact)).status, 404, 'it was linked with Bea');
    await ok(separate(place, ada.contact, bea.contact));
    assert.deepEqual(await talksOf(place, bea.contact), [bea.talk, cleo.talk].sort());
    assert.equal((await hear(app, place, { name: 'Cleo' })).contact, bea.contact);
    await ok(separate(place, bea.contact, cleo.contact));
    for (const one of [ada, bea, cleo]) assert.deepEqual(await talksOf(place, one.contact), [one.talk]);
  });

  it('stays apart from who is proved by an id, whose conversation goes on', async () => {
    const place = await placeOf(app);
    const named = await hear(app, place, { name: 'Ada' });
    await change(place, named.contact, { notes: 'Owes us 900 euros' });
    const proved = await hear(app, place, { name: 'Ada', id: 'x1' });
    assert.equal((await contact(place, proved.contact)).notes, 'Owes us 900 euros');
    await ok(separate(place, proved.contact, named.contact));
    assert.deepEqual([(await contact(place, proved.contact)).notes, await talksOf(place, named.contact)], ['', []]);
    const again = await hear(app, place, { name: 'Ada', id: 'x1' });
    assert.deepEqual([again.contact, again.talk], [proved.contact, named.talk]);
    assert.equal((await contact(place, named.contact)).notes, 'Owes us 900 euros');
    const name = await hear(app, place, { name: 'Ada' });
    assert.deepEqual([name.contact, name.talk], [named.contact, named.talk], 'it is with whoever speaks in it');
  });

  it('is erased without the other one, and the other one without it', async () => {
    for (const isKept of [true, false]) {
      const place = await placeOf(app);
      const ada = await hear(app, place, { name: 'Ada' });
      const eve = await hear(app, place, { name: 'Eve', by: 'other' });
      await merge(place, ada.contact, eve.contact);
      await ok(separate(place, ada.contact, eve.contact));
      const [gone, left] = isKept ? [ada, eve] : [eve, ada];
      assert.equal((await place.owner.http.delete(`${PATH}/${gone.contact}`)).status, 204);
      await app.services.jobs.idle();
      assert.equal((await place.owner.http.get(`${PATH}/${gone.contact}`)).status, 404);
      assert.equal((await standing(app, left.talk)).contact, left.contact);
      const said = await app.services.db.read('robots_messages').where({ tenant_id: place.owner.tenantId });
      assert.equal(said.length, 1);
    }
  });

  it('is separated by who administers its tenant alone, as it was seen, and is noted', async () => {
    const place = await placeOf(app);
    const { owner } = place;
    const ada = await hear(app, place, { name: 'Ada' });
    const eve = await hear(app, place, { name: 'Eve' });
    await merge(place, ada.contact, eve.contact);
    const member = await addMember(app, owner, 'member');
    const stranger = await register(app);
    for (const { http } of [member, stranger]) {
      assert.ok(
        [403, 404].includes((await http.post(`${PATH}/${ada.contact}/separate`, { contact: eve.contact })).status),
      );
      assert.equal((await http.get(`${PATH}/${ada.contact}/linked`)).status, 404);
    }
    const own = await robotOf(app, stranger);
    await upload(own, { receivedName: 'Zoe' });
    const [zoe] = (await ok(stranger.http.get(PATH))).items;
    assert.equal((await stranger.http.post(`${PATH}/${zoe.id}/separate`, { contact: eve.contact })).status, 404);
    const old = { 'if-match': '"old"' };
    const path = `${PATH}/${ada.contact}/separate`;
    assert.equal((await owner.http.send('POST', path, { contact: eve.contact }, old)).status, 412);
    await ok(separate(place, ada.contact, eve.contact));
    assert.equal((await separate(place, ada.contact, eve.contact)).status, 404);
    const noted = await app.services.db.read('auth_audit_entries').where({ target_id: ada.contact }).orderBy('id');
    assert.deepEqual(
      noted.map(({ action, detail }) => [action, JSON.parse(detail ?? '{}').other]),
      ['contact.merged', 'contact.separated'].map((action) => [action, eve.contact]),
    );
  });
});
