/** Something of everything, so that pages have something to show. */
import assert from 'node:assert/strict';
import { register, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';

const WORKFLOW = `document: { dsl: 1.0.3, namespace: demo, name: greeting, version: 1.0.0 }
do:
  - greet: { set: { text: '\${ "Hello " + (.name // "you") }' } }
  - wrong: { raise: { error: { type: https://example.com/none, status: 500, title: Nobody is here } } }
`;

export async function seed(app: TestPlatform): Promise<void> {
  const { http } = await signInAdmin(app);
  const made = async (path: string, body: object) => {
    const answer = await http.post(path, body);
    assert.ok(answer.status < 300, `${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  for (let count = 0; count < 3; count++) await register(app);
  await made('/api/create', { local: 'hello' });
  const port = app.services.smtpReceiver.port() ?? 0;
  const html = '<p>Hello <b>you</b>, your code is 271828.</p>';
  await sendMail(port, { from: 'Ada <ada@sender.example>', to: 'hello@example.com', subject: 'Your code', html });
  await app.services.mailParseLoop.idle();
  await made('/api/admin/generate', { email: 'customer@example.com', plan: 'yearly' });
  await made('/api/platform/workflows', { definition: WORKFLOW });
  await made('/api/platform/workflows/demo/greeting/executions', { input: { name: 'Ada' } });
  const { codes } = await made('/api/platform/robots/codes', { count: 2, validity_days: 30 });
  const phone = { code: codes[0], deviceInfo: { deviceId: 'phone-1' } };
  const { data } = (await app.http.post('/api/robot-ids/activate', phone)).body;
  const heard = { robotId: data.robotId, receivedName: 'Ada', spoken: 'Where is my parcel?', roomType: 2, textType: 1 };
  const answer = await app.http.bearer(data.token).post('/api/robot/messages', heard);
  assert.equal(answer.status, 200, answer.text);
  const audience = { everybody: true };
  const broadcast = { name: 'Summer', content: 'Closed on Monday', robots: [data.robotId], audience };
  await made('/api/platform/robots/broadcasts', broadcast);
  const base = await made('/api/platform/ai/bases', { name: 'Shop' });
  const text = '# Delivery\n\nParcels are delivered within three days.';
  await made('/api/platform/ai/documents', { base_id: base.id, text });
  await made('/api/platform/ai/budgets', { kind: 'tenant', period: 'month', amount: 20 });
  await app.services.jobs.idle();
}
