/** Who somebody is with two processes: what one has heard, the other knows, and of two at once one contact comes. */
import assert from 'node:assert/strict';
import { checkIdentity, hear, IDENTITY_CASES, placeOf, standing } from './identity-cases.ts';
import { type RobotsPlatform, startRobots } from './support.ts';

const AT_ONCE = 8;

describe('who somebody is, to two replicas', () => {
  let a: RobotsPlatform;
  let b: RobotsPlatform;
  before(async () => {
    const shared = { config: { http: { rateLimit: { enabled: false } } } };
    a = await startRobots(shared);
    const { database } = a.services.coreConfig;
    b = await startRobots({ ...shared, database, dataDir: a.dataDir, clock: a.clock });
  });
  after(async () => {
    await b.platform.stop();
    await a.stop();
  });

  for (const one of IDENTITY_CASES)
    it(`${one.what}: ${one.isOnePerson ? 'one person' : 'two people'}`, () => checkIdentity(one, a, b));

  it('is one however many hear of it first, on both robots and in a group', async () => {
    const place = await placeOf(a);
    const named = [await hear(a, place, { name: 'Ada' }), await hear(b, place, { name: 'Ada', by: 'other' })];
    const proof = { name: 'Ada', id: 'x', account: 'shop' };
    const heard = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, place_) => place_).flatMap((place_) =>
        [a, b].map((at) =>
          hear(at, place, {
            ...proof,
            ...(place_ % 3 === 1 && { by: 'other' }),
            ...(place_ % 3 === 2 && { group: 'G' }),
          }),
        ),
      ),
    );
    const now = await Promise.all([...named, ...heard].map(({ talk }) => standing(a, talk)));
    assert.equal(new Set(now.map(({ contact }) => contact)).size, 1);
    const { items } = (await place.owner.http.get('/api/platform/robots/contacts')).body;
    assert.equal(items.length, 1);
  });

  it('is linked once by two people at once', async () => {
    const place = await placeOf(a);
    const [one, other] = [await hear(a, place, { name: 'Ada' }), await hear(b, place, { name: 'Ada', by: 'other' })];
    const link = (at: RobotsPlatform, kept: string, gone: string) =>
      at.http
        .bearer(place.owner.accessToken)
        .post(`/api/platform/robots/contacts/${kept}/merge`, { contact: gone })
        .then(({ status }) => status);
    const statuses = await Promise.all([link(a, one.contact, other.contact), link(b, other.contact, one.contact)]);
    assert.deepEqual(statuses.toSorted(), [200, 404]);
    const now = await Promise.all([one, other].map(({ talk }) => standing(a, talk)));
    assert.equal(now[0]?.contact, now[1]?.contact);
  });

  it('is separated once by two people at once, while both are heard', async () => {
    const place = await placeOf(a);
    const [one, other] = [await hear(a, place, { name: 'Ada' }), await hear(b, place, { name: 'Eve', by: 'other' })];
    const path = `/api/platform/robots/contacts/${one.contact}`;
    const ask = (at: RobotsPlatform, what: 'merge' | 'separate') =>
      at.http
        .bearer(place.owner.accessToken)
        .post(`${path}/${what}`, { contact: other.contact })
        .then(({ status }) => status);
    assert.equal(await ask(a, 'merge'), 200);
    const heard = () =>
      [a, b].flatMap((at) => [hear(at, place, { name: 'Ada' }), hear(at, place, { name: 'Eve', by: 'other' })]);
    const [statuses] = await Promise.all([Promise.all([ask(a, 'separate'), ask(b, 'separate')]), ...heard()]);
    assert.deepEqual(statuses.toSorted(), [200, 404]);
    for (const at of [a, b]) {
      assert.equal((await hear(at, place, { name: 'Eve', by: 'other' })).contact, other.contact);
      assert.equal((await standing(at, one.talk)).contact, one.contact);
      assert.equal((await standing(at, other.talk)).contact, other.contact);
    }
  });
});
