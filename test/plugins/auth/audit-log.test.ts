/** The audit log notices what was changed, removed, cut off or added behind its back, and keeps failed tries for a time. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { down, up } from '#plugins/auth/migrations/0004-audit-chains.ts';
import { authConfig, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

const DAY_MS = 24 * 3600_000;

describe('the audit log', () => {
  let app: TestPlatform;
  beforeEach(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { http: { rateLimit: { enabled: false } } } });
    for (let index = 1; index <= 10; index++) await record(`test.${index}`);
    assert.equal((await verify()).ok, true);
  });
  afterEach(() => app.stop());

  const record = (action: string, more: object = {}) => app.services.auditLog.record({ action, actor: null, ...more });
  const verify = () => app.services.auditLog.verify();
  const entries = () => app.services.db.write('auth_audit_entries');
  const last = async (chain: 'log' | 'attempts' = 'log') =>
    (await entries().where({ chain }).orderBy('seq', 'desc').first())!;

  it('names the first entry that was changed or removed', async () => {
    const admin = await signInAdmin(app);
    await entries().where({ chain: 'log', seq: 5 }).update({ actor_id: 'somebody else' });
    const { ok, entries: fine, first_broken, problem } = (await admin.http.get('/api/platform/audit/verify')).body;
    assert.deepEqual([ok, fine, first_broken], [false, 4, 5]);
    assert.match(problem, /changed or removed/);
    await entries().where({ chain: 'log', seq: 5 }).update({ actor_id: null });
    assert.equal((await verify()).ok, true);
    await entries().where({ chain: 'log', seq: 7 }).delete();
    assert.equal((await verify()).first_broken, 8);
  });

  it('notices that its newest entries were cut off', async () => {
    const { seq } = await last();
    await entries()
      .where('seq', '>', seq! - 3)
      .delete();
    assert.deepEqual(await verify().then(({ ok, first_broken }) => [ok, first_broken]), [false, seq! - 2]);
  });

  it('notices it also when an older head was put back, until somebody accepts it', async () => {
    const head = (await app.services.db.read('auth_audit_chains').where({ name: 'log' }).first())!;
    await record('test.later');
    await verify();
    await entries().where('seq', '>', head.last_seq).delete();
    await app.services.db.write('auth_audit_chains').where({ name: 'log' }).update(head);
    const isMissing = async () => {
      const { ok, problem } = await verify();
      assert.equal(ok, false);
      assert.match(problem!, /newest entries .* are missing/);
    };
    await isMissing();
    app = await app.restart();
    await record('test.afterwards');
    await isMissing();
    await app.services.auditChains.accept();
    assert.equal((await verify()).ok, true);
  });

  it('notices a head that was taken away', async () => {
    await app.services.db.write('auth_audit_chains').where({ name: 'log' }).delete();
    await rm(join(app.dataDir, 'audit-heads.json'));
    app = await app.restart();
    await record('test.stored.all.the.same');
    assert.match((await verify()).problem!, /head .* is missing/);
    await app.services.auditChains.accept();
    assert.equal((await verify()).ok, true);
  });

  it('links no entry that somebody else wrote', async () => {
    const { id: _, ...real } = await last();
    await entries().insert({ ...real, uuid: 'forged', seq: null, hash: null, action: 'test.forged' });
    const { ok, problem } = await verify();
    assert.deepEqual([ok, /was not made by this server/.test(problem!)], [false, true]);
    await record('test.goes.on');
    await verify();
    assert.equal((await last()).action, 'test.goes.on');
  });

  it('forgets the address of who is erased, and of nobody else', async () => {
    const person = await register(app);
    const origins = () => entries().where({ actor_id: person.id }).whereNotNull('ip');
    assert.ok((await origins()).length > 0);
    assert.equal((await person.http.delete('/api/v2/users/me')).status, 204);
    assert.deepEqual(await origins(), []);
    assert.equal((await verify()).ok, true);
    const other = await register(app);
    await verify();
    await entries().where({ actor_id: other.id }).update({ ip: null, user_agent: null });
    assert.match((await verify()).problem!, /Addresses were taken out/);
  });

  it('keeps failed tries for 90 days, and checks what is left of them', async () => {
    const attempts = () => entries().where({ chain: 'attempts' });
    for (let index = 0; index < 5; index++) await record('test.failed', { attempt: true });
    await app.clock.advance(60 * DAY_MS);
    for (let index = 0; index < 5; index++) await record('test.failed', { attempt: true });
    await verify();
    await app.clock.advance(40 * DAY_MS);
    await app.services.auditChains.prune(app.clock.now() - 90 * DAY_MS);
    assert.equal((await attempts()).length, 6, 'five, and the one that they are checked against');
    assert.equal((await verify()).ok, true);
    await record('test.failed', { attempt: true });
    assert.equal((await verify()).ok, true);
    await attempts().where({ seq: 7 }).delete();
    assert.equal((await verify()).first_broken, 8);
  });

  it('keeps a failed sign-in apart from what stays for ever', async () => {
    await app.http.post('/api/v2/auth/login', { email: 'nobody@example.org', password: 'wrong' });
    await verify();
    assert.equal((await last('attempts')).action, 'user.sign_in_failed');
  });

  it('links what many write at once into one chain', async () => {
    const { seq } = await last();
    await Promise.all(Array.from({ length: 250 }, (_, index) => record(`test.many.${index}`)));
    assert.equal((await verify()).ok, true);
    assert.equal((await last()).seq, seq! + 250);
  });

  it('links soon what was written while it was at it', async () => {
    if (testDatabase !== 'pg') return;
    const { seq } = await last();
    const holding = await app.services.db.rawConnection();
    // Whoever links the next entry waits for this one, which takes its number and never comes.
    await holding.query('begin');
    await holding.query(
      `insert into auth_audit_entries (chain, seq, at, action, actor_kind, detail)
       values ('log', $1, 0, 'test.held', 'system', '{}')`,
      [seq! + 1],
    );
    await record('test.first');
    await pause(300);
    await record('test.second');
    await pause(300);
    await holding.query('rollback');
    await holding.end();
    const until = Date.now() + 30_000;
    const unlinked = () => entries().whereNull('seq').first('action');
    while (Date.now() < until && (await unlinked())) await pause(50);
    assert.equal(await unlinked(), undefined);
  }).timeout(60_000);

  it('takes the entries of an older version over, and forgets in them too', async () => {
    const { db, secrets } = app.services;
    await down(db.write);
    await db.write.table('auth_audit_log').delete();
    const key = secrets.derive('auth.audit');
    const person = 'person-of-older-times';
    let previous = '0'.repeat(64);
    for (let seq = 1; seq <= 4; seq++) {
      const row = { at: 1000 + seq, action: 'test.old', actor_kind: 'user', actor_id: person, tenant_id: null };
      const more = { target_type: null, target_id: null, ip: '192.0.2.7', user_agent: 'old', detail: '{}' };
      const fields = [seq, previous, ...Object.values(row), ...Object.values(more)];
      const hash = createHmac('sha256', key).update(JSON.stringify(fields)).digest('hex');
      await db.write.table('auth_audit_log').insert({ seq, prev_hash: previous, hash, ...row, ...more });
      previous = hash;
    }
    await up(db.write);
    await rm(join(app.dataDir, 'audit-heads.json'));
    app = await app.restart();
    await record('test.new');
    assert.deepEqual(await verify().then(({ ok, problem, entries: count }) => [ok, problem, count]), [true, null, 5]);
    await app.services.db.transaction((trx) => app.services.auditLog.erase(trx, person));
    assert.equal((await verify()).problem, null);
    assert.deepEqual(await entries().whereNotNull('ip').where({ actor_id: person }), []);
    await entries().where({ seq: 2 }).update({ action: 'test.changed' });
    assert.equal((await verify()).first_broken, 2);
  });
});
