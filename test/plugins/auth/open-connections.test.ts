/** What is asked about open connections when somebody signs in, changes a name or loses rights: theirs, and nobody else's. */
import assert from 'node:assert/strict';
import type { Principal } from '#core/access/principal.ts';
import { authConfig, joinTenant, type Person, register, signIn, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const config = { http: { rateLimit: { enabled: false } } };

describe('connections that are open', () => {
  let app: TestPlatform;
  let admin: Person;
  let owner: Person;
  let stranger: Person;
  /** Of tables of people: what else the platform does at the time is not meant. */
  let statements = 0;
  /** Ids of those whose rights were asked for. */
  let asked: string[] = [];
  const closings: (() => void)[] = [];

  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config });
    [admin, owner, stranger] = [await signInAdmin(app), await register(app), await register(app)];
    const { db } = app.services;
    for (const side of new Set([db.read, db.write])) {
      side.on('query', ({ sql }: { sql: string }) => {
        if (/\bauth_/.test(sql)) statements++;
      });
    }
  });
  after(() => app.stop());
  afterEach(() => {
    for (const close of closings.splice(0)) close();
  });

  const principalOf = async ({ id }: Person): Promise<Principal> => {
    const user = await app.services.people.userByUuid(id);
    return (await app.services.accounts.principalOf(user!.id))!;
  };
  /** As many as so many pages of one person hold open. */
  const open = async (person: Person, count: number) => {
    const principal = await principalOf(person);
    for (let number = 0; number < count; number++) {
      const again = () => {
        asked.push(person.id);
        return principalOf(person);
      };
      closings.push(app.services.connections.open({ principal, ip: '192.0.2.1', again, end: () => {} }, 'socket'));
    }
  };
  const during = async (work: () => Promise<unknown>) => {
    await work();
    await app.services.connections.recheck({ userId: -1 });
    [statements, asked] = [0, []];
    await work();
    // One that concerns nobody comes after those that are under way.
    await app.services.connections.recheck({ userId: -1 });
    return { statements, asked };
  };

  it('cost a sign-in the same however many of others there are', async () => {
    const counts: number[] = [];
    for (const count of [10, 90, 900]) {
      await open(stranger, count);
      const seen = await during(() => signIn(app, owner.email, owner.password));
      assert.deepEqual(seen.asked, []);
      counts.push(seen.statements);
    }
    // What waits from the sign-in before comes now or then; one look at each would be thousands.
    assert.ok(Math.max(...counts) < 40, counts.join(', '));
  });

  it('are not asked about when a name changes, and only those of the person at a sign-out', async () => {
    await open(stranger, 20);
    await open(owner, 2);
    const renamed = await during(() => owner.http.patch('/api/platform/auth/profile', { full_name: 'Ada' }));
    assert.deepEqual(renamed.asked, []);
    const again = await signIn(app, owner.email, owner.password);
    await app.services.connections.recheck({ userId: -1 });
    asked = [];
    assert.equal((await again.http.post('/api/v2/auth/logout', {})).status, 200);
    await app.services.connections.recheck({ userId: -1 });
    assert.deepEqual(asked, [owner.id, owner.id]);
  });

  it('are not asked about when somebody else is erased, or a whole tenant', async () => {
    await open(stranger, 20);
    for (const erase of [
      (person: Person) => person.http.delete('/api/v2/users/me'),
      (person: Person) => admin.http.delete(`/api/v2/admin/tenants/${person.tenantId}`),
    ]) {
      const leaving = await register(app);
      await open(leaving, 2);
      await app.services.connections.recheck({ userId: -1 });
      asked = [];
      assert.equal((await erase(leaving)).status, 204);
      await app.services.connections.recheck({ userId: -1 });
      assert.deepEqual(asked, [leaving.id, leaving.id]);
      assert.equal((await leaving.http.get('/api/v2/users/me')).status, 401);
    }
  });

  it('are asked about in the whole tenant when a role changes or the tenant is suspended', async () => {
    const member = await joinTenant(app, owner, 'member');
    await open(stranger, 3);
    await open(owner, 1);
    await open(member, 1);
    await app.services.connections.recheck({ userId: -1 });
    asked = [];
    const changed = await admin.http.patch(`/api/v2/admin/users/${member.id}`, { role: 'admin' });
    assert.equal(changed.status, 200);
    await app.services.connections.recheck({ userId: -1 });
    assert.deepEqual(new Set(asked), new Set([owner.id, member.id]));
    asked = [];
    await admin.http.patch(`/api/v2/admin/tenants/${owner.tenantId}`, { status: 'suspended' });
    await app.services.connections.recheck({ userId: -1 });
    assert.deepEqual(new Set(asked), new Set([owner.id, member.id]));
  });
});
