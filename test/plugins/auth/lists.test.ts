/** Lists of auth: the contract of all lists, what each shows to whom, and what a hostile query does to them. */
import assert from 'node:assert/strict';
import {
  addMember,
  authConfig,
  confirmAddress,
  keyOf,
  type Person,
  ROOT_TOKEN,
  register,
  signIn,
  signInAdmin,
} from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { walkList } from '#test/support/lists.ts';

const AUTH = '/api/platform/auth';

describe('lists of auth', () => {
  let app: TestPlatform;
  let root: Person;
  let owner: Person;
  let admin: Person;
  let member: Person;
  let stranger: Person;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig },
      config: { http: { rateLimit: { enabled: false } } },
    });
    root = await signInAdmin(app);
    owner = await register(app, 'ada');
    await confirmAddress(app, owner);
    await app.clock.advance(1_000);
    admin = await addMember(app, owner, 'admin');
    member = await addMember(app, owner, 'member');
    await app.clock.advance(1_000);
    stranger = await register(app, 'adam');
    for (const person of [owner, owner, member, stranger]) await keyOf(person, ['account:read']);
    for (const [index, email] of ['x@example.net', 'y@example.net', 'xx@example.net'].entries()) {
      await owner.http.post(`${AUTH}/invitations`, { email, role: index ? 'member' : 'admin' });
      await app.clock.advance(1_000);
    }
    await stranger.http.post(`${AUTH}/invitations`, { email: 'theirs@example.net' });
  });
  after(() => app.stop());

  const shown = async (path: string, of: Client) => {
    const { status, body, text } = await of.get(AUTH + path);
    assert.equal(status, 200, text);
    return body.items;
  };
  const idsOf = async (path: string, of: Client): Promise<string[]> =>
    (await shown(path, of)).map(({ id }: { id: string }) => id);

  it('keep the contract', async () => {
    const all = async (table: 'auth_users' | 'auth_tenants' | 'auth_api_keys' | 'auth_audit_entries') =>
      Number((await app.services.db.read(table).count({ value: '*' }).first())?.value);
    const { http } = root;
    for (let times = 0; times < 3; times++) await signIn(app, owner.email, owner.password);
    await walkList({ client: http, path: `${AUTH}/users`, rows: await all('auth_users'), sorts: ['created_at'] });
    await walkList({ client: owner.http, path: `${AUTH}/users`, rows: 3, sorts: ['created_at'] });
    await walkList({
      client: http,
      path: `${AUTH}/tenants`,
      rows: await all('auth_tenants'),
      sorts: ['name', 'created_at'],
    });
    await walkList({ client: http, path: `${AUTH}/api-keys`, rows: await all('auth_api_keys'), sorts: ['created_at'] });
    await walkList({ client: admin.http, path: `${AUTH}/api-keys`, rows: 3, sorts: ['created_at'] });
    await walkList({ client: member.http, path: `${AUTH}/api-keys`, rows: 1, sorts: ['created_at'] });
    await walkList({ client: owner.http, path: `${AUTH}/invitations`, rows: 3, sorts: ['created_at'] });
    await walkList({ client: owner.http, path: `${AUTH}/sessions`, rows: 4, sorts: ['last_used_at'] });
    await walkList({ client: owner.http, path: `${AUTH}/passkeys`, rows: 0, sorts: [] });
    await walkList({
      client: http,
      path: `${AUTH}/audit`,
      rows: await all('auth_audit_entries'),
      sorts: ['created_at'],
    });
    const { db } = app.services;
    const own = await db.read('auth_audit_entries').where({ tenant_id: owner.tenantId });
    assert.ok(own.length > 5);
    await walkList({ client: owner.http, path: `${AUTH}/audit`, rows: own.length, sorts: ['created_at'] });
  }).timeout(120_000);

  it('filter and search', async () => {
    assert.deepEqual(await idsOf('/users?email=ada&sort=-created_at', root.http), [stranger.id, owner.id]);
    assert.deepEqual(await idsOf('/users?role=admin,member', owner.http), [member.id, admin.id]);
    assert.deepEqual(await idsOf(`/users?tenant_id=${stranger.tenantId}`, root.http), [stranger.id]);
    assert.deepEqual(await idsOf('/users?is_superadmin=true', root.http), [root.id]);
    assert.deepEqual(await idsOf('/users?search=ADA@', root.http), [owner.id]);
    assert.deepEqual(await idsOf('/users?search=da@example', owner.http), [owner.id]);
    assert.deepEqual(await idsOf('/users?search=ada&sort=created_at', root.http), [owner.id, stranger.id]);
    assert.deepEqual(await idsOf(`/users?search=${member.id}`, owner.http), [member.id]);
    assert.deepEqual(await idsOf('/users?search=admin', root.http), [admin.id, root.id]);
    const { created_at } = (await root.http.get(`${AUTH}/users/${stranger.id}`)).body;
    assert.deepEqual(await idsOf(`/users?created_at_from=${created_at}`, root.http), [stranger.id]);
    const [tenant] = await shown(`/tenants?search=${owner.tenantId}`, root.http);
    assert.equal(tenant.user_count, 3);
    assert.ok((await idsOf(`/tenants?search=${tenant.name.toUpperCase()}`, root.http)).includes(owner.tenantId));
    assert.equal((await shown(`/api-keys?user_id=${member.id}&state=active`, owner.http)).length, 1);
    assert.equal((await shown('/api-keys?state=ended', owner.http)).length, 0);
    assert.equal((await shown('/invitations?email=x', owner.http)).length, 2);
    assert.equal((await shown('/invitations?status=open&role=admin', owner.http)).length, 1);
    assert.equal((await shown('/invitations?status=expired,revoked,accepted', owner.http)).length, 0);
    const made = await shown('/audit?action=api_key.created', owner.http);
    assert.equal(made.length, 3);
    assert.equal((await shown(`/audit?actor_id=${member.id}&action=api_key.created`, owner.http)).length, 1);
    assert.equal((await shown(`/audit?target_id=${made[0].target_id}`, owner.http)).length, 1);
  });

  it('come by the beginning of an address in the order of its characters, page by page and back', async () => {
    const { db, registration } = app.services;
    const emails = ['same.c', 'same-a', 'same_a', 'sameb', 'same+z'].map((name) => `${name}@example.com`);
    for (const email of emails) await db.transaction((trx) => registration.create(trx, { email }));
    const expected = [...emails].sort();
    const asked = `${AUTH}/users?email=same&limit=2`;
    const page = async (cursor?: string) =>
      (await root.http.get(`${asked}${cursor === undefined ? '' : `&cursor=${cursor}`}`)).body;
    const addresses = ({ items }: { items: { email: string }[] }) => items.map(({ email }) => email);
    const first = await page();
    const second = await page(first.next_cursor);
    const third = await page(second.next_cursor);
    assert.deepEqual([first, second, third].flatMap(addresses), expected);
    assert.equal(third.next_cursor, null);
    assert.deepEqual(addresses(await page(third.previous_cursor)), expected.slice(2, 4));
    const newest = addresses((await root.http.get(`${asked}&sort=-created_at`)).body);
    assert.deepEqual(newest, emails.slice(-2).reverse());
    const elsewhere = await root.http.get(`${AUTH}/users?cursor=${first.next_cursor}`);
    assert.equal(elsewhere.status, 400, 'a place among beginnings is none in another order');
  });

  describe('whatever is asked, show nobody what is not theirs', () => {
    const lists = ['/users', '/api-keys', '/invitations', '/sessions', '/passkeys', '/audit'];

    it('by filter, search, order, cursor or as CSV', async () => {
      const foreign = [owner, admin, member, root].flatMap(({ id, email, tenantId }) => [id, email, tenantId]);
      for (const list of lists) {
        const cursors: string[] = [];
        for (const seer of [root, owner]) {
          const { body } = await seer.http.get(`${AUTH}${list}?limit=1`);
          if (body.next_cursor) cursors.push(`cursor=${body.next_cursor}`);
        }
        const orders = list === '/sessions' ? ['sort=last_used_at'] : list === '/passkeys' ? [] : ['sort=created_at'];
        const filters: Record<string, string[]> = {
          '/users': [
            `tenant_id=${owner.tenantId}`,
            'search=ada',
            `search=${owner.id}`,
            'is_superadmin=true',
            'email=a',
          ],
          '/api-keys': [`user_id=${owner.id},${member.id}`, 'state=active'],
          '/invitations': ['email=x', 'status=open'],
          '/audit': [`tenant_id=${owner.tenantId}`, `actor_id=${owner.id}`, `target_id=${member.id}`],
        };
        for (const query of ['', 'format=csv', ...orders, ...cursors, ...(filters[list] ?? [])]) {
          const { status, text } = await stranger.http.get(`${AUTH}${list}?${query}`);
          assert.equal(status, 200, `${list}?${query}: ${text}`);
          for (const secret of foreign) assert.ok(!text.includes(secret), `${list}?${query} shows ${secret}`);
        }
      }
    });

    it('to members and narrow keys, who see their own alone', async () => {
      for (const path of [
        '/users',
        `/users/${member.id}`,
        '/audit',
        '/invitations',
        '/tenants',
        `/tenants/${member.tenantId}`,
      ])
        assert.equal((await member.http.get(AUTH + path)).status, 403, path);
      assert.equal((await shown('/api-keys', member.http)).length, 1);
      const narrow = app.http.with(await keyOf(owner, ['account:read']));
      const reading = app.http.with(await keyOf(owner, ['settings:read']));
      for (const path of ['/users', '/api-keys', '/audit', '/invitations']) {
        assert.equal((await narrow.get(AUTH + path)).status, 403, path);
        assert.equal((await app.http.get(AUTH + path)).status, 401, path);
      }
      assert.equal((await reading.get(`${AUTH}/users`)).status, 200);
      assert.equal((await reading.get(`${AUTH}/audit`)).status, 403);
      for (const path of ['/sessions', '/passkeys']) assert.equal((await narrow.get(AUTH + path)).status, 403, path);
      // A key of a super-admin that does not say so sees a tenant.
      const ofRoot = app.http.with(await keyOf(root, ['settings:read', 'settings:manage']));
      assert.deepEqual(await idsOf('/users', ofRoot), [root.id]);
      assert.equal((await ofRoot.get(`${AUTH}/tenants`)).status, 403);
    });

    it('nor where the operator signs in from', async () => {
      await root.http.patch(`/api/v2/admin/tenants/${stranger.tenantId}`, { name: 'Renamed' });
      const [entry] = await shown('/audit?action=tenant.changed', stranger.http);
      assert.deepEqual([entry.actor_id, entry.ip, entry.user_agent], [root.id, null, null]);
      const [seen] = await shown(`/audit?action=tenant.changed&tenant_id=${stranger.tenantId}`, root.http);
      assert.match(seen.ip, /127\.0\.0\.1/);
      const [own] = await shown('/audit?action=user.signed_in', owner.http);
      assert.match(own.ip, /127\.0\.0\.1/);
    });
  });

  it('refuse what no database takes, as a mistake of the caller', async () => {
    const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const http = app.http.bearer(ROOT_TOKEN);
    for (const [list, queries] of Object.entries({
      '/users': ['email=%00', 'search=a%00', 'tenant_id=%00', 'created_at_to=2016-12-31T23:59:60Z', 'role=root'],
      '/audit': ['action=%00', 'target_id=%00', `cursor=${forged(2, '-created_at', 0, 'x', 1)}`],
      '/tenants': ['search=%00', `cursor=${forged(2, 'name', 0, 5, 1)}`, `cursor=${forged(2, 'name', 0, 'a\0', 1)}`],
      '/api-keys': ['user_id=%00', `cursor=${forged(2, '', 0, null, 'x')}`, `search=${'x'.repeat(201)}`],
    })) {
      for (const query of queries) {
        const { status } = await http.get(`${AUTH}${list}?${query}`);
        assert.ok(status === 400 || status === 422, `${list}?${query} answers ${status}`);
      }
    }
    const wrong = forged(2, '-last_used_at', 0, 1, 7);
    assert.equal((await owner.http.get(`${AUTH}/sessions?cursor=${wrong}`)).status, 400);
    for (const odd of ["'", '%', '\\', '___', '\u{10ffff}', '"', '?', '*', 'a NEAR b', 'x" OR "y', ',,']) {
      const text = encodeURIComponent(odd);
      for (const query of [`/users?search=${text}`, `/users?email=${text}`, `/audit?action=${text}`])
        assert.deepEqual(await shown(query, http), [], query);
      assert.ok(await shown(`/tenants?search=${text}`, http));
    }
  });
});
