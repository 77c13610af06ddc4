/** What the pages about people ask for beyond lists: ways of signing in, scopes to choose from, and what somebody else sees. */
import assert from 'node:assert/strict';
import { addMember, authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('pages about people', () => {
  let app: TestPlatform;
  let admin: Person;
  let owner: Person;
  let member: Person;
  before(async () => {
    const oidc = { work: { issuer: 'https://id.example.com', clientId: 'patchbay', label: 'Work account' } };
    app = await startPlatform({
      plugins: { auth: { ...authConfig, registration: 'open', oidc } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    admin = await signInAdmin(app);
    owner = await register(app);
    member = await addMember(app, owner, 'member');
  });
  after(() => app.stop());

  it('say how people sign in here', async () => {
    const { status, body } = await app.http.get('/api/platform/auth/ways');
    assert.equal(status, 200);
    const providers = [{ name: 'work', label: 'Work account' }];
    assert.deepEqual(body, { providers, registration_is_open: true, is_new: false });
  });

  it('show an administrator the navigation of somebody else as that person has it', async () => {
    const entries = async (person: Person) =>
      (await person.http.get('/api/platform/ui')).body.plugins.flatMap((plugin: any) =>
        plugin.navigation.map(({ id }: { id: string }) => `${plugin.name}.${id}`),
      );
    const seen = (await owner.http.get(`/api/platform/auth/users/${member.id}/rights`)).body.navigation;
    const names = seen.map(({ plugin, id }: { plugin: string; id: string }) => `${plugin}.${id}`);
    assert.deepEqual(names, await entries(member));
    assert.ok(names.includes('auth.profile') && !names.includes('auth.users'));
    assert.ok((await entries(owner)).includes('auth.users'));
    assert.ok(!(await entries(owner)).includes('auth.tenants'));
    assert.ok((await entries(admin)).includes('auth.tenants'));
  });

  it('show no navigation for who is suspended', async () => {
    const gone = await addMember(app, owner, 'member');
    await owner.http.patch(`/api/platform/auth/users/${gone.id}`, { status: 'suspended' });
    const { body } = await owner.http.get(`/api/platform/auth/users/${gone.id}/rights`);
    assert.deepEqual(body.navigation, []);
  });

  it('offer the scopes that one may give, for somebody else those that both have', async () => {
    const scopes = async (person: Person, path = '/api/platform/auth/scopes') => {
      const { status, body } = await person.http.get(path);
      assert.equal(status, 200, path);
      return body.items.map(({ scope }: { scope: string }) => scope);
    };
    const own = await scopes(owner);
    const forMember = await scopes(owner, `/api/platform/auth/users/${member.id}/scopes`);
    assert.ok(own.includes('settings:manage') && !own.includes('admin:manage'));
    assert.deepEqual(forMember, await scopes(member));
    assert.ok(!forMember.includes('settings:manage') && forMember.includes('account:read'));
    const stranger = await register(app);
    assert.equal((await stranger.http.get(`/api/platform/auth/users/${member.id}/scopes`)).status, 404);
    assert.equal((await member.http.get(`/api/platform/auth/users/${owner.id}/scopes`)).status, 403);
  });

  it('name those who did something, to their own tenant and to super-admins', async () => {
    await owner.http.patch(`/api/platform/auth/users/${member.id}`, { full_name: 'Called by the owner' });
    await admin.http.patch(`/api/platform/auth/users/${member.id}`, { full_name: 'Called by the operator' });
    const named = async (person: Person) => {
      const { body } = await person.http.get(`/api/platform/auth/audit?target_id=${member.id}`);
      return body.items.map(({ actor_name }: { actor_name: string | null }) => actor_name).slice(0, 2);
    };
    assert.equal((await named(owner))[0], owner.email);
    assert.deepEqual(await named(admin), [admin.email, owner.email]);
  });

  it('name the person to whom it was done, to their own tenant and to super-admins', async () => {
    await owner.http.patch(`/api/platform/auth/users/${member.id}`, { full_name: 'Called again' });
    const named = async (person: Person, about: string) => {
      const { body } = await person.http.get(`/api/platform/auth/audit?target_id=${about}`);
      return body.items[0]?.target_name;
    };
    assert.equal(await named(owner, member.id), member.email);
    assert.equal(await named(admin, member.id), member.email);
    const other = await register(app);
    const { items } = (await owner.http.get('/api/platform/auth/audit')).body;
    assert.ok(!items.some(({ target_name }: { target_name: string | null }) => target_name === other.email));
  });
});
