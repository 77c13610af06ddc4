/** Who builds a workflow is given the last real event of its trigger: what they may see of it, with secrets hidden. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { ROOT } from '#test/support/principals.ts';
import { benchOf } from './support.ts';

const SAMPLE = '/api/platform/workflows/sample-event';

describe('sample events of workflows', () => {
  let app: TestPlatform;
  let owner: Person;
  let root: Client;
  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        licensing: { customerMail: { onIssue: false } },
        mail: { publicDomains: ['example.com'], smtp: { enabled: false } },
        workflows: {},
      },
      config: { http: { rateLimit: { enabled: false } } },
    });
    owner = await register(app);
    const made = await owner.http.post('/api/platform/functions/mail.createMailbox', { input: { local: 'bills' } });
    assert.equal(made.status, 200, made.text);
    root = benchOf(app).admin;
    await receive(root, 'Invoice 17', 'a token: swordfish-42');
    await receive(root, 'Hello swordfish-42', 'text');
  });
  after(() => app.stop());

  async function receive(http: Client, subject: string, text: string): Promise<void> {
    const mail = `From: a@b.example\nTo: bills@example.com\nSubject: ${subject}\n\n${text}\n`;
    const answer = await http.send('POST', '/receive', mail, { 'content-type': 'message/rfc822' });
    assert.ok(answer.status < 300, answer.text);
    await app.services.mailParseLoop.idle();
  }

  it('are the last that came, as a workflow gets it', async () => {
    const { status, body, text } = await owner.http.post(SAMPLE, { type: 'mail.received' });
    assert.equal(status, 200, text);
    const [event] = body.input;
    assert.equal(event.type, 'mail.received');
    assert.equal(event.data.subject, 'Hello swordfish-42');
    assert.equal(event.data.mailbox, 'bills@example.com');
    assert.equal(event.data.attachments, 0);
    assert.equal(typeof event.data.message_id, 'number');
    assert.ok(body.at);
  });

  it('are named by their ids where a step does not find them', async () => {
    const task = { call: 'mail.reply', with: { message_id: 4711, text: 'Thanks' } };
    const { body } = await owner.http.post('/api/platform/workflows/try-task?wait=30', { task, input: {} });
    assert.equal(body.error.detail, 'mail.reply: There is no such message (message_id 4711)', JSON.stringify(body));
  });

  it('fit the conditions of the trigger', async () => {
    const data = `\${ (.subject // "" | ascii_downcase | contains("invoice")) }`;
    const { body } = await owner.http.post(SAMPLE, { type: 'mail.received', data });
    assert.equal(body.input[0].data.subject, 'Invoice 17');
    const none = await owner.http.post(SAMPLE, { type: 'mail.received', data: '$' + '{ .subject == "no such" }' });
    assert.deepEqual(none.body, { input: null, at: null });
    const broken = await owner.http.post(SAMPLE, { type: 'mail.received', data: '$' + '{ .subject == }' });
    assert.deepEqual([broken.status, broken.body.input ?? null], [200, null], broken.text);
  });

  it('show no secret of the organisation', async () => {
    await owner.http.put('/api/platform/workflow-secrets/word', { value: 'swordfish-42' });
    const { body, text } = await owner.http.post(SAMPLE, { type: 'mail.received' });
    assert.equal(body.input[0].data.subject, 'Hello ••••');
    assert.ok(!text.includes('swordfish'));
    await owner.http.delete('/api/platform/workflow-secrets/word');
  });

  it('are nobody else’s', async () => {
    const stranger = await register(app);
    assert.deepEqual((await stranger.http.post(SAMPLE, { type: 'mail.received' })).body, { input: null, at: null });
    assert.equal((await app.http.post(SAMPLE, { type: 'mail.received' })).status, 401);
  });

  it('are none of a type that nobody keeps', async () => {
    const { body } = await owner.http.post(SAMPLE, { type: 'com.example.unknown' });
    assert.deepEqual(body, { input: null, at: null });
  });

  it('are licences that were made', async () => {
    const wish = { plan: 'monthly', email: 'ada@example.net' };
    await app.services.functions.call('licensing.generate', wish, { principal: ROOT, idempotencyKey: '1' });
    const { body } = await root.post(SAMPLE, { type: 'licence.issued' });
    const theirs = (await owner.http.post(SAMPLE, { type: 'licence.issued' })).body;
    assert.equal(theirs.input, null);
    assert.equal(body.input[0].data.email, 'ada@example.net');
  });
});
