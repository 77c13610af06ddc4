/** Two replicas on one database, and every kind of write at once: none waits for the other in a circle. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { freshDatabase, startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';

const ROUNDS = 8;
const AT_ONCE = 6;
const KEYS = 3;

describe('every kind of write at once', () => {
  let replicas: TestPlatform[];
  let owners: Person[];

  before(async () => {
    const database = await freshDatabase();
    const options = {
      database,
      plugins: {
        auth: { ...authConfig, registration: 'open' },
        billing: {},
        licensing: { abuse: { devices: 10_000, addresses: 10_000 } },
        mail: { domains: ['example.com'], smtp: { port: 0 } },
        workflows: {},
      },
      config: { http: { rateLimit: { enabled: false } } },
    };
    const one = await startPlatform(options);
    // SQLite has one process on a database, which is then both.
    const other = testDatabase === 'pg' ? await startPlatform({ ...options, dataDir: one.dataDir }) : one;
    replicas = [one, other];
    owners = await Promise.all([0, 1, 2].map((index) => register(one, `owner${index}`)));
  });
  after(async () => {
    const [one, other] = replicas;
    if (other !== one) await other?.platform.stop();
    await one?.stop();
  });

  it('ends in no deadlock, and each write is done once', async function () {
    this.timeout(120_000);
    const admin = await signInAdmin(replicas[0]!);
    const keys = await Promise.all(
      Array.from({ length: KEYS }, async (_, index) => {
        const made = await admin.http.post('/api/v2/api-keys', { name: `key ${index}`, scopes: ['mail:read'] });
        return String(made.body.raw_key);
      }),
    );
    const licences = await Promise.all(
      [0, 1, 2].map(async (index) => {
        const email = `customer${index}@example.org`;
        const made = await admin.http.post('/api/admin/generate', { plan: 'yearly', email, device_cap: 1_000 });
        return { activation_code: made.body.license.activation_code, email };
      }),
    );
    const document = { dsl: '1.0.0', namespace: 'test', name: 'steps', version: '1.0.0' };
    const tasks = [{ one: { set: { n: 1 } } }, { two: { wait: { milliseconds: 1 } } }, { three: { set: { n: 3 } } }];
    const published = await admin.http.post('/api/platform/workflows', { definition: { document, do: tasks } });
    assert.equal(published.status, 201);

    let mails = 0;
    let consumed = 0;
    const executions: string[] = [];
    const refused: unknown[] = [];
    const all = replicas.flatMap((app, replica) => {
      const http = app.http.bearer(admin.accessToken);
      const port = app.services.smtpReceiver.port() ?? 0;
      const kinds: (() => Promise<unknown>)[] = [
        () => app.services.auditLog.record({ action: 'test.noted', actor: null }),
        ...owners.map((owner) => async () => {
          await app.services.usageMeters.consume(owner.tenantId, 'messages');
          consumed++;
        }),
        ...keys.map((key) => () => app.http.apiKey(key).get('/api/mailboxes')),
        ...licences.map(
          (one, index) => () => app.http.post('/api/verify', { ...one, device_id: `${replica}.${index}` }),
        ),
        async () => {
          await sendMail(port, { from: 'a@sender.example', to: ['x@example.com', 'y@example.com'], text: 'x' });
          mails += 2;
        },
        () => http.post('/api/v2/api-keys', { name: `made by ${replica}`, scopes: ['mail:read'] }),
        async () => {
          const started = await http.post('/api/platform/workflows/test/steps/executions', { input: {} });
          executions.push(started.body.id);
        },
      ];
      return Array.from({ length: AT_ONCE }, async (_, caller) => {
        for (let round = 0; round < ROUNDS; round++) {
          const turn = kinds.map((_, index) => kinds[(index + caller * 2 + replica) % kinds.length]!);
          const answers = await Promise.allSettled(turn.map((write) => write()));
          for (const answer of answers) if (answer.status === 'rejected') refused.push(answer.reason);
        }
      });
    });
    await Promise.all(all);
    assert.deepEqual(refused, []);

    const { db } = replicas[0]!.services;
    const count = async (table: 'mail_messages' | 'workflows_executions') =>
      Number((await db.read(table).count({ total: '*' }).first())?.total);
    assert.equal(await count('mail_messages'), mails);
    assert.equal(await count('workflows_executions'), new Set(executions).size);
    const used = await db.read('billing_usage').where({ meter: 'messages' }).sum({ used: 'used' }).first();
    assert.equal(Number(used?.used), consumed);
    for (const { services } of replicas) {
      assert.match(await services.metrics.text(), /^patchbay_transactions_repeated_total 0$/m);
    }
    const verified = await admin.http.get('/api/platform/audit/verify');
    assert.equal(verified.body.ok, true, JSON.stringify(verified.body));
  });
});
