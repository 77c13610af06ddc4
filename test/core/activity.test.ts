/** How often things happened, and what waits for a person: each sees theirs, and counting is cheap. */
import assert from 'node:assert/strict';
import { HOUR_MS } from '#core/activity/activity.ts';
import { addMember, authConfig, keyOf, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { sendMail } from '#test/support/smtp.ts';

const PLUGINS = { auth: authConfig, mail: { smtp: { port: 0 }, publicDomains: ['example.com'] }, workflows: {} };
const FAILING = `document: { dsl: '1.0.0', namespace: test, name: failing, version: '1.0.0' }
do:
  - give-up:
      raise: { error: { type: https://example.com/errors/no, status: 500, title: No } }`;
const config = { http: { rateLimit: { enabled: false } } };

/** Never within this test. */
const LATER = Date.UTC(2200, 0, 1);

interface Series {
  name: string;
  values: number[];
}

describe('activity and attention', () => {
  let app: TestPlatform;
  let other: TestPlatform;
  let admin: Person;
  let owner: Person;
  let member: Person;
  let stranger: Person;

  before(async () => {
    app = await startPlatform({ plugins: PLUGINS, config });
    const { dataDir, clock } = app;
    const { database } = app.services.coreConfig;
    // On SQLite there is one process on a database.
    const another = { plugins: { ...PLUGINS, mail: { smtp: { enabled: false } } }, config, database, dataDir, clock };
    other = testDatabase === 'pg' ? await startPlatform(another) : app;
    admin = await signInAdmin(app);
    owner = await register(app);
    member = await addMember(app, owner, 'member');
    stranger = await register(app);
    // They outlive the hours that pass here, which access tokens do not.
    for (const person of [owner, member, stranger]) person.http = app.http.with(await keyOf(person));
    admin.http = app.http.with(await keyOf(admin, ['admin:manage', 'mail:read', 'workflows:read']));
  });
  after(async () => {
    if (other !== app) await other.platform.stop();
    await app.stop();
  });

  async function activityOf(person: Person, hours = 2): Promise<Record<string, number[]>> {
    await app.services.activity.flush();
    await other.services.activity.flush();
    const { status, body } = await person.http.get(`/api/platform/activity?hours=${hours}`);
    assert.equal(status, 200);
    assert.equal(body.times.length, hours);
    return Object.fromEntries(body.series.map(({ name, values }: Series) => [name, values]));
  }

  const idsFor = async (person: Person): Promise<string[]> =>
    (await person.http.get('/api/platform/attention')).body.items.map(({ id }: { id: string }) => id);

  it('counts mail in its hour, for its tenant and for the operator', async () => {
    const to = await mailboxOf(app, owner, 'counted');
    await sendMail(app.services.smtpReceiver.port()!, { from: 'shop@sender.example', to, subject: 'One', text: 'One' });
    await app.services.mailParseLoop.idle();
    assert.deepEqual((await activityOf(owner))['mail.received'], [0, 1]);
    await app.clock.advance(HOUR_MS);
    assert.deepEqual((await activityOf(owner))['mail.received'], [1, 0]);
    assert.deepEqual((await activityOf(admin))['mail.received'], [1, 0]);
    assert.deepEqual((await activityOf(stranger))['mail.received'], [0, 0]);
  });

  it('counts executions by how they ended; members see none of that, and nobody but the operator sees requests', async () => {
    await owner.http.post('/api/platform/workflows', { definition: FAILING });
    await owner.http.post('/api/platform/workflows/test/failing/executions?wait=5', {});
    assert.deepEqual((await activityOf(owner))['workflows.faulted'], [0, 1]);
    assert.deepEqual(Object.keys(await activityOf(member)).sort(), ['mail.bounced', 'mail.received', 'mail.sent']);
    const all = await activityOf(admin);
    assert.ok((all['core.requests'] ?? []).some((count) => count > 0));
    assert.deepEqual(all['core.errors'], [0, 0]);
    assert.equal((await activityOf(owner))['core.requests'], undefined);
  });

  it('adds up what several processes count at once', async () => {
    const note = (on: TestPlatform) =>
      on.services.activity.note({ name: 'mail.sent', tenantId: owner.tenantId, amount: 2 });
    for (let turn = 0; turn < 5; turn++) {
      note(app);
      note(other);
      await Promise.all([app.services.activity.flush(), other.services.activity.flush()]);
    }
    assert.equal((await activityOf(owner))['mail.sent']?.at(-1), 20);
  });

  it('keeps what could not be written, for the next time', async () => {
    const { activity, db } = app.services;
    activity.note({ name: 'mail.bounced', tenantId: owner.tenantId });
    await db.write.schema.renameTable('core_activity', 'core_elsewhere');
    await activity.flush();
    await db.write.schema.renameTable('core_elsewhere', 'core_activity');
    assert.equal((await activityOf(owner))['mail.bounced']?.at(-1), 1);
  });

  it('refuses names that nobody declares', () => {
    assert.throws(() => app.services.activity.note({ name: 'mail.eaten', tenantId: null }), /declares/);
  });

  it('says what waits for a person, and to whom', async () => {
    await app.services.db.transaction((trx) => app.services.jobs.enqueue(trx, 'mail.deliver', {}, { runAt: LATER }));
    await app.services.db.write('core_jobs').update({ state: 'dead' });
    assert.deepEqual((await idsFor(admin)).sort(), ['auth.cannotSendMail', 'core.deadJobs', 'workflows.failed']);
    assert.equal((await idsFor(admin))[0], 'auth.cannotSendMail', 'before all others');
    assert.deepEqual(await idsFor(owner), ['workflows.failed']);
    assert.deepEqual(await idsFor(member), []);
    assert.deepEqual(await idsFor(stranger), []);
    assert.equal((await app.http.get('/api/platform/attention')).status, 401);
  });

  it('forgets after a month, and with its tenant', async () => {
    await app.services.activity.removeOfTenant(owner.tenantId);
    assert.deepEqual((await activityOf(owner))['mail.received'], [0, 0]);
    await app.clock.advance(33 * 24 * HOUR_MS);
    await app.services.activity.prune();
    const { clock, db } = app.services;
    const old = await db.read('core_activity').where('hour', '<', clock.now() - 32 * 24 * HOUR_MS);
    assert.deepEqual(old, []);
  });
});
