/** Forwards send what strangers write in our name: only who may send sets them up. */
import assert from 'node:assert/strict';
import { addMember, allowSending, authConfig, keyOf, type Person, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';

const RULES = '/api/platform/mail/rules';
const RULE = { name: 'copy', mailbox: 'eve@example.com', conditions: {}, value: 'victim@elsewhere.example' };

describe('who may have mail forwarded', () => {
  let app: TestPlatform;
  let eve: Person;
  let id: number;
  beforeEach(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { enabled: false } } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    eve = await register(app);
    await mailboxOf(app, eve, 'eve');
    id = (await eve.http.get('/api/mailbox/info?address=eve@example.com')).body.id;
  });
  afterEach(() => app.stop());

  const forward = async (client: Client, forward_to = 'victim@elsewhere.example') =>
    (await client.post('/api/mailbox/forward', { mailbox_id: id, forward_to })).status;
  const rule = async (client: Client, more: object = {}) =>
    (await client.post(RULES, { ...RULE, action: 'forward', ...more })).status;

  it('is nobody who may not send, by a mailbox or by a rule', async () => {
    assert.deepEqual([await forward(eve.http), await rule(eve.http)], [403, 403]);
    const { body } = await eve.http.post(RULES, { ...RULE, action: 'tag', value: 'seen' });
    const patch = { action: 'forward', value: 'victim@elsewhere.example' };
    const change = async (more: object) => (await eve.http.patch(`${RULES}/${body.id}`, more)).status;
    assert.equal(await change(patch), 403);
    assert.equal(await change({ ...patch, enabled: false }), 200, 'what is off forwards nothing');
    assert.equal(await change({ enabled: true }), 403);
    await allowSending(app, eve);
    assert.deepEqual([await forward(eve.http), await rule(eve.http)], [200, 201]);
    assert.equal(await change({ enabled: true }), 200);
  });

  it('is who may send, and ends it also without that', async () => {
    const admin = await addMember(app, eve, 'admin');
    assert.equal(await forward(admin.http), 403);
    await allowSending(app, admin);
    assert.equal(await forward(admin.http), 200);
    assert.equal(await forward(eve.http, ''), 200);
  });

  it('is no key that only manages mailboxes', async () => {
    await allowSending(app, eve);
    const managing = app.http.with(await keyOf(eve, ['mail:manage']));
    assert.deepEqual([await forward(managing), await rule(managing)], [403, 403]);
    const sending = app.http.with(await keyOf(eve, ['mail:manage', 'mail:send']));
    assert.deepEqual([await forward(sending), await rule(sending)], [200, 201]);
  });

  it('hears of nothing that is somebody else’s', async () => {
    const stranger = await register(app);
    assert.deepEqual([await forward(stranger.http), await rule(stranger.http)], [404, 404]);
  });
});
