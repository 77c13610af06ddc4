/** A tenant that has something of everything, with a word that stands in all of it. */
import assert from 'node:assert/strict';
import { definitionOf } from '#test/plugins/workflows/support.ts';
import { confirmAddress, type Person, ROOT_TOKEN } from './accounts.ts';
import type { Answer } from './client.ts';
import type { TestPlatform } from './harness.ts';

const DAY_MS = 24 * 3600_000;

/** Needs a platform with all plugins, `confirm` of accounts, and somebody who is a super-admin there. */
export function fillerOf(app: TestPlatform, admin: Person, mark: string) {
  const ok = async (answer: Promise<Answer>): Promise<any> => {
    const { status, text, body } = await answer;
    assert.ok(status < 300, `${status}: ${text}`);
    return body;
  };

  async function mailbox({ http, email }: Person, name: string, sizes = [10, 100_000]): Promise<void> {
    const address = `${name}-${mark}@example.com`;
    const user = await app.services.people.userByIdentifier(email);
    await ok(admin.http.post('/api/users/assign', { username: user!.username ?? email, address }));
    await ok(admin.http.patch(`/api/v2/admin/users/${user!.uuid}`, { can_send: true }));
    await ok(
      http.post('/api/platform/mail/rules', {
        name: `rule ${mark}`,
        mailbox: address,
        conditions: { subject: mark },
        action: 'tag',
        value: mark,
      }),
    );
    const url = `http://127.0.0.1:1/${mark}`;
    await ok(http.post('/api/platform/mail/webhooks', { mailbox: address, url }));
    const { id } = await ok(http.get(`/api/mailbox/info?address=${address}`));
    await ok(http.post('/api/mailbox/forward', { mailbox_id: id, forward_to: `friend-${mark}@elsewhere.example` }));
    for (const size of sizes) {
      const text = `${mark} ${'x'.repeat(70)}\r\n`.repeat(size / 10);
      const raw = `From: a@sender.example\r\nTo: ${address}\r\nSubject: your code ${mark}\r\n\r\n${text}`;
      const root = app.http.bearer(ROOT_TOKEN);
      await ok(root.post('/receive', { from: `sender-${mark}@sender.example`, to: address, raw }));
    }
    await ok(admin.http.post('/api/mailboxes/change-password', { address, new_password: `password ${mark}` }));
    await ok(admin.http.post('/api/mailboxes/toggle-login', { address, can_login: true }));
    await ok(app.http.post('/api/login', { username: address, password: `password ${mark}` }));
    await app.http.post('/api/login', { username: address, password: 'wrong' });
    const wish = { from: address, to: `friend-${mark}@elsewhere.example`, subject: mark, text: mark };
    await ok(http.post('/api/send', wish));
    const later = new Date(app.clock.now() + DAY_MS).toISOString();
    await ok(http.post('/api/send', { ...wish, scheduledAt: later }));
  }

  async function account(person: Person): Promise<void> {
    const { http } = person;
    await confirmAddress(app, person);
    await ok(http.patch('/api/v2/users/me', { full_name: `Ada ${mark}`, email: `moved-${person.email}` }));
    await ok(http.post('/api/v2/api-keys', { name: `key ${mark}` }));
    await ok(http.post('/api/platform/auth/totp'));
    await app.http.post('/api/v2/auth/login', { email: person.email, password: 'wrong' });
    await ok(app.http.post('/api/v2/auth/magic-link/request', { email: person.email }));
    await ok(http.post('/api/platform/auth/passkeys/options'));
    await ok(app.http.post('/api/login', { username: person.email, password: person.password }));
  }

  /** A robot with a device, which has heard something; codes, refusals. */
  async function robot({ id, http }: Person): Promise<void> {
    const user = await app.services.people.userByUuid(id);
    const made = await ok(admin.http.post('/api/admin/activation-codes', { count: 2, boundUserId: user!.id }));
    const deviceInfo = { deviceId: `device-${mark}`, brand: mark };
    const { code } = made.data.codes[0];
    const { robotId, token } = (await ok(app.http.post('/api/robot-ids/activate', { code, deviceInfo }))).data;
    await ok(http.put(`/api/robots/${robotId}`, { name: `robot ${mark}`, aiScenario: mark }));
    const own = app.http.bearer(token);
    const fileBase64 = Buffer.from(`a file of ${mark}`).toString('base64');
    await ok(own.post('/api/robot/messages', { robotId, spoken: mark, receivedName: mark, fileBase64 }));
    await inbox({ http }, robotId);
    const wish = { robotId, type: 'text', titleList: [mark], content: mark };
    await ok(http.post('/api/robot/send-message', wish));
    await http.get(`/api/robots/${mark}`);
    await ok(admin.http.post('/api/admin/unbind-device', { code, reason: mark }));
  }

  /** What people do with what a robot has heard. */
  async function inbox({ http }: Pick<Person, 'http'>, robotId: string): Promise<void> {
    const base = '/api/platform/robots';
    const { items } = await ok(http.get(`${base}/conversations?robot=${robotId}`));
    const [{ id, contact_id }] = items;
    const { id: self } = await ok(http.get('/api/v2/users/me'));
    await ok(http.patch(`${base}/conversations/${id}`, { labels: ['of the tenant'], assignee: self }));
    await ok(http.patch(`${base}/contacts/${contact_id}`, { notes: mark, fields: { [mark]: mark } }));
    await ok(http.post(`${base}/conversations/${id}/notes`, { text: mark }));
    await ok(http.post(`${base}/conversations/${id}/answers`, { text: mark }, { 'idempotency-key': mark }));
    const names = [mark, `other ${mark}`];
    const wish = { name: mark, content: mark, robots: [robotId], audience: { names }, excluded: [mark] };
    for (const starts of [true, false]) {
      const broadcast = await ok(http.post(`${base}/broadcasts`, wish));
      if (starts) await ok(http.post(`${base}/broadcasts/${broadcast.id}/start`, {}));
    }
    const later = { robot_id: robotId, names, content: mark, at: '2099-01-01T09:00' };
    await ok(http.post(`${base}/scheduled-messages`, later));
  }

  async function company({ http, tenantId }: Person): Promise<void> {
    await ok(http.patch('/tenant/settings', { ai_consent_enabled: true, allowed_numbers: ['+5511999999999'] }));
    await ok(http.post('/api/platform/auth/invitations', { email: `invited-${mark}@example.net` }));

    const inboxOf = '/api/platform/robots';
    await ok(http.post(`${inboxOf}/quick-replies`, { shortcut: mark, text: mark }));
    await ok(http.post(`${inboxOf}/teams`, { name: mark, members: [] }));
    await ok(http.put('/api/platform/workflow-secrets/word', { value: `secret ${mark}` }));
    const publish = (name: string, body: string) =>
      ok(http.post('/api/platform/workflows', { definition: definitionOf(name, body) }));
    await publish('done', `do:\n  - say: { set: { said: 'well, ${mark}' } }`);
    await publish('waits', `do:\n  - wait: { listen: { to: { one: { with: { type: 'never.${mark}' } } } } }`);
    await publish('every-day', `schedule: { every: { days: 1 } }\ndo:\n  - say: { set: { said: '${mark}' } }`);
    await ok(http.post('/api/platform/workflows/test/done/executions?wait=20', { input: { who: mark } }));
    await ok(http.post('/api/platform/workflows/test/waits/executions', { input: { who: mark } }));

    const base = '/api/platform/licensing';
    const product = await ok(
      http.post(`${base}/products`, { code: mark, name: mark, trial_days: 14, offline_days: 9 }),
    );
    const customer = `customer-${mark}@customer.example`;
    const licence = await ok(http.post(`${base}/licences`, { plan: 'yearly', email: customer, product: mark }));
    const proof = { activation_code: licence.activation_code, email: customer, product_id: product.product_id };
    await ok(app.http.post('/api/verify', { ...proof, device_id: `device-${mark}`, device_name: mark }));
    await ok(app.http.post(`/api/licenses/${licence.license_id}/file`, { ...proof, device_id: `device-${mark}` }));
    await ok(app.http.post('/api/licenses/trials', { product_id: product.product_id, email: `trial-${customer}` }));

    const plan = { plan_id: 'pro', billing_cycle: 'monthly' };
    const { session_id } = await ok(http.post('/api/v2/billing/checkout', plan));
    await ok(admin.http.post(`/api/platform/billing/checkouts/${session_id}/confirm`));
    await app.services.usageMeters.consume(tenantId, 'messages', 3, { idempotencyKey: `key-${mark}` });
    await ok(admin.http.patch(`/api/platform/billing/tenants/${tenantId}/overrides`, { max_messages_per_month: 7 }));
  }

  /** What robots answer from: a document, one that is a file, an answer, and a test of them. */
  async function knowledge({ http }: Person, lengths = [1, 10_000]): Promise<void> {
    const ai = '/api/platform/ai';
    const { id } = await ok(http.post(`${ai}/bases`, { name: `base ${mark}` }));
    for (const times of lengths) {
      const text = `# About ${mark}\n\n${`${mark} is what this is about. `.repeat(times)}`;
      await ok(http.post(`${ai}/documents`, { base_id: id, name: `document ${mark}`, text }));
    }
    await ok(http.post(`${ai}/answers`, { question: `What is ${mark}?`, answer: `It is ${mark}.` }));
    const set = await ok(http.post(`${ai}/test-sets`, { name: `set ${mark}` }));
    await ok(http.post(`${ai}/test-sets/${set.id}/questions`, { question: `Where is ${mark}?`, passage: mark }));
    await app.services.jobs.idle();
    await ok(http.post(`${ai}/test-sets/${set.id}/runs`));
    await app.services.jobs.idle();
  }

  return { account, mailbox, robot, company, knowledge };
}
