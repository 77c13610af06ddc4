/** Somebody is left who can do what is needed: a super-admin who can sign in, an owner where there are members. */
import assert from 'node:assert/strict';
import { authConfig, joinTenant, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('the last ones', () => {
  let app: TestPlatform;
  let admin: Person;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { http: { rateLimit: { enabled: false } } } });
    admin = await signInAdmin(app);
  });
  after(() => app.stop());

  const userPath = ({ id }: Person) => `/api/v2/admin/users/${id}`;
  const promote = (person: Person) => admin.http.patch(userPath(person), { is_superadmin: true });

  it('a super-admin of a suspended tenant counts for nothing', async () => {
    const second = await register(app);
    await promote(second);
    const tenant = `/api/v2/admin/tenants/${second.tenantId}`;
    assert.equal((await admin.http.patch(tenant, { status: 'suspended' })).status, 200);
    for (const call of [
      admin.http.patch(userPath(admin), { is_superadmin: false }),
      admin.http.delete(userPath(admin)),
      admin.http.delete('/api/v2/users/me'),
      admin.http.patch(`/api/v2/admin/tenants/${admin.tenantId}`, { status: 'suspended' }),
      admin.http.delete(`/api/v2/admin/tenants/${admin.tenantId}`),
    ]) {
      assert.equal((await call).body.code, 'last_superadmin');
    }
    assert.equal((await admin.http.delete(tenant)).status, 204, 'who cannot sign in may go');
  });

  it('super-admins may leave while another one stays', async () => {
    const second = await register(app);
    await promote(second);
    assert.equal((await second.http.patch(userPath(second), { is_superadmin: false })).status, 200);
  });

  it('the last owner of a tenant with members stays, until somebody else is', async () => {
    const owner = await register(app);
    const member = await joinTenant(app, owner, 'member');
    for (const call of [
      admin.http.delete(userPath(owner)),
      admin.http.patch(userPath(owner), { role: 'member' }),
      owner.http.delete('/api/v2/users/me'),
    ]) {
      const { status, body } = await call;
      assert.deepEqual([status, ['last_owner', 'owner_with_members'].includes(body.code)], [409, true]);
    }
    assert.equal((await admin.http.patch(userPath(member), { role: 'owner' })).status, 200);
    assert.equal((await admin.http.delete(userPath(owner))).status, 204);
    assert.equal((await admin.http.delete(userPath(member))).status, 204, 'alone, the tenant goes too');
    assert.equal((await admin.http.get(`/api/v2/admin/tenants/${owner.tenantId}`)).status, 404);
  });
});
