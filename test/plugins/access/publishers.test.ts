/** As whom workflows act: who published them, with the rights that are left of theirs. */
import assert from 'node:assert/strict';
import {
  addMember,
  allowSending,
  authConfig,
  keyOf,
  type Person,
  ROOT_TOKEN,
  register,
  signInAdmin,
} from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';

const GENERATE = [{ make: { call: 'licensing.generate', with: { plan: 'monthly', email: 'ada@example.net' } } }];

describe('workflows act as who published them', () => {
  let app: TestPlatform;
  let superadmin: Person;
  let owner: Person;
  let counter = 0;

  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        licensing: {},
        mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { enabled: false } },
        workflows: {},
      },
      config: { http: { rateLimit: { enabled: false } } },
    });
    superadmin = await signInAdmin(app);
    owner = await register(app);
  });
  after(() => app.stop());

  async function publish(client: Client, steps: unknown, name = `flow-${++counter}`) {
    const document = { dsl: '1.0.0', namespace: 'access', name, version: '1.0.0' };
    const answer = await client.post('/api/platform/workflows', { definition: { document, do: steps } });
    return { name, status: answer.status, code: answer.body.code };
  }
  async function run(client: Client, name: string, input: unknown = {}): Promise<any> {
    const path = `/api/platform/workflows/access/${name}/executions?wait=20`;
    const { body } = await client.post(path, { input });
    return body.status === 'completed' ? 'completed' : [body.status, body.error?.code ?? body.code];
  }
  async function change(person: Person, patch: { role?: 'member' | 'admin' }): Promise<void> {
    const user = await app.services.accounts.byUuid(person.id);
    await app.services.db.transaction((trx) => app.services.people.updateUser(trx, user!.id, patch));
  }

  it('and lose what they lose, until somebody else publishes them', async () => {
    const admin = await addMember(app, owner, 'admin');
    const { name } = await publish(admin.http, GENERATE);
    assert.equal(await run(owner.http, name), 'completed');
    await change(admin, { role: 'member' });
    assert.deepEqual(await run(owner.http, name), ['faulted', 'forbidden']);
    await change(admin, { role: 'admin' });
    assert.equal(await run(owner.http, name), 'completed');
    await superadmin.http.post(`/api/v2/admin/users/${admin.id}/suspend`);
    assert.deepEqual(await run(owner.http, name), ['faulted', 'publisher_gone']);
    await superadmin.http.post(`/api/v2/admin/users/${admin.id}/activate`);
    assert.equal(await run(owner.http, name), 'completed');
    assert.equal((await superadmin.http.delete(`/api/v2/admin/users/${admin.id}`)).status, 204);
    await app.services.jobs.idle();
    assert.deepEqual(await run(owner.http, name), ['faulted', 'publisher_gone']);
    const left = await app.services.db
      .read('workflows_definitions')
      .where('published_by', '>', 0)
      .pluck('published_by');
    assert.ok(!left.map(Number).includes((await app.services.accounts.byUuid(admin.id))?.id ?? -1));
    assert.equal((await publish(owner.http, GENERATE, name)).status, 201);
    assert.equal(await run(owner.http, name), 'completed');
  });

  it('with no more scopes than the key had, also when its person has all, and after it is revoked', async () => {
    await allowSending(app, owner);
    const box = await mailboxOf(app, owner, 'keyed');
    const narrow = app.http.with(await keyOf(owner, ['mail:read', 'workflows:manage', 'workflows:run']));
    const find = [{ look: { call: 'mail.find', with: { mailbox: box } } }];
    const send = [{ go: { call: 'mail.send', with: { from: box, to: 'a@b.example', subject: 's', text: 't' } } }];
    assert.deepEqual(await publish(narrow, send, 'never'), { name: 'never', status: 403, code: 'insufficient_scope' });
    const { name } = await publish(narrow, find);
    assert.equal(await run(owner.http, name), 'completed');
    // The same text by the person is the person's, and by the key is the key's again.
    const rights = () =>
      app.services.db.read('workflows_definitions').orderBy('id', 'desc').first('published_key', 'published_scopes');
    await publish(owner.http, find, name);
    assert.deepEqual(await rights(), { published_key: null, published_scopes: null });
    await publish(narrow, find, name);
    assert.match((await rights())?.published_scopes ?? '', /mail:read/);
    const [key] = (await owner.http.get('/api/v2/api-keys')).body;
    assert.equal((await owner.http.delete(`/api/v2/api-keys/${key.id}`)).status, 204);
    assert.equal(await run(owner.http, name), 'completed');
    const row = await app.services.db.read('workflows_definitions').orderBy('id', 'desc').first();
    const acting = await app.services.workflowPublishers.principalOf(row!.id, owner.tenantId);
    assert.deepEqual([acting.kind, acting.scopes?.includes('mail:send')], ['apiKey', false]);
  });

  it('start no others and emit nothing without the scope to run workflows', async () => {
    const { name: target } = await publish(owner.http, [{ step: { set: { done: true } } }]);
    const child = [{ go: { run: { workflow: { namespace: 'access', name: target, version: '1.0.0' } } } }];
    const emit = [{ go: { emit: { event: { with: { type: 'test.made', source: 'https://example.com' } } } } }];
    const manager = app.http.with(await keyOf(owner, ['workflows:manage']));
    const runner = app.http.with(await keyOf(owner, ['workflows:manage', 'workflows:run']));
    for (const steps of [child, emit]) {
      assert.deepEqual(await run(owner.http, (await publish(manager, steps)).name), ['faulted', 'insufficient_scope']);
      assert.equal(await run(owner.http, (await publish(runner, steps)).name), 'completed');
    }
  });

  it('without reaching other tenants through a super-admin', async () => {
    const colleague = await addMember(app, superadmin, 'admin');
    const theirs = await mailboxOf(app, owner, 'theirs');
    const ours = await mailboxOf(app, superadmin, 'ours');
    const find = [{ look: { call: 'mail.find', with: { mailbox: '${ .mailbox }' } } }];
    const { name } = await publish(superadmin.http, find);
    for (const who of [colleague, superadmin]) {
      assert.equal(await run(who.http, name, { mailbox: ours }), 'completed');
      assert.deepEqual(await run(who.http, name, { mailbox: theirs }), ['faulted', 'mailbox_not_found']);
    }
    const root = app.http.bearer(ROOT_TOKEN);
    const { name: platform } = await publish(root, find);
    assert.equal(await run(root, platform, { mailbox: theirs }), 'completed');
  });

  it('and those of the platform do nothing because of what a tenant made up', async () => {
    const root = app.http.bearer(ROOT_TOKEN);
    const document = { dsl: '1.0.0', namespace: 'access', name: 'on-order', version: '1.0.0' };
    const schedule = { on: { one: { with: { type: 'test.order' } } } };
    const definition = { document, schedule, do: GENERATE };
    assert.equal((await root.post('/api/platform/workflows', { definition })).status, 201);
    const executions = async () => (await root.get('/api/platform/executions?name=on-order')).body.items.length;
    const say = (client: Client, type: string) => client.post('/api/platform/events', { source: 'test', type });
    assert.equal((await say(owner.http, 'test.order')).status, 202);
    const { name } = await publish(owner.http, [
      { go: { emit: { event: { with: { type: 'test.order', source: 'https://example.com' } } } } },
    ]);
    assert.equal(await run(owner.http, name), 'completed');
    await app.services.jobs.idle();
    assert.equal(await executions(), 0);
    assert.equal((await say(root, 'test.order')).status, 202);
    await app.services.jobs.idle();
    assert.equal(await executions(), 1);
    for (const type of ['io.serverlessworkflow.workflow.completed.v1', 'mail.received']) {
      assert.equal((await say(owner.http, type)).status, 403, type);
    }
  });

  it('or as the owner of their tenant, when the operator published them for it', async () => {
    const { workflowDefinitions } = app.services;
    const document = { dsl: '1.0.0', namespace: 'access', name: 'imported', version: '1.0.0' };
    const fresh = await register(app);
    await workflowDefinitions.publish(fresh.tenantId, { document, do: GENERATE }, {}, null);
    assert.equal(await run(fresh.http, 'imported'), 'completed');
    const second = await addMember(app, fresh, 'admin');
    await superadmin.http.post(`/api/v2/admin/users/${fresh.id}/suspend`);
    assert.deepEqual(await run(second.http, 'imported'), ['faulted', 'publisher_gone']);
  });
});
