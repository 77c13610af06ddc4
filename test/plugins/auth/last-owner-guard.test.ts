/** Somebody is left who can do what is needed: a super-admin who can sign in, an owner where there are members. */
import assert from 'node:assert/strict';
import { authConfig, joinTenant, type Person, register, signIn, signInAdmin } from '#test/support/accounts.ts';
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

  it('an owner who is suspended is not enough', async () => {
    const owner = await register(app);
    const other = await joinTenant(app, owner, 'owner');
    const path = (person: Person) => `/api/platform/auth/users/${person.id}`;
    assert.equal((await owner.http.patch(path(other), { status: 'suspended' })).status, 200);
    assert.equal((await owner.http.patch(path(owner), { role: 'member' })).body.code, 'last_owner');
    assert.equal((await admin.http.delete(userPath(owner))).body.code, 'last_owner');
    assert.equal((await owner.http.patch(path(other), { status: 'active' })).status, 200);
    assert.equal((await owner.http.patch(path(owner), { role: 'member' })).status, 200);
  });

  it('the tenant of the operator stays that of the first super-admin, until it is named anew', async () => {
    const path = '/api/platform/auth/operator-tenant';
    const second = await register(app);
    await promote(second);
    const other = await signIn(app, second.email, second.password);
    const named = async () => (await other.http.get(path)).body.tenant_id;
    assert.equal((await other.http.patch(userPath(admin), { is_superadmin: false })).status, 200);
    assert.equal(await named(), admin.tenantId, 'whoever is a super-admin');
    for (const call of [
      other.http.delete(`/api/v2/admin/tenants/${admin.tenantId}`),
      other.http.delete(userPath(admin)),
      admin.http.delete('/api/v2/users/me'),
    ]) {
      assert.equal((await call).body.code, 'operator_tenant');
    }
    assert.equal((await (await register(app)).http.get(path)).status, 403);
    assert.equal((await other.http.put(path, { tenant_id: 'nobody' })).status, 404);
    assert.equal((await other.http.put(path, { tenant_id: other.tenantId })).status, 200);
    assert.equal(await named(), other.tenantId);
    const { items } = (await other.http.get('/api/platform/auth/audit?action=operator_tenant.changed')).body;
    assert.deepEqual([items.length, items[0].detail], [1, { before: admin.tenantId }]);
    assert.equal((await other.http.delete(`/api/v2/admin/tenants/${admin.tenantId}`)).status, 204);
  });
});
