/** The ends of the audit log in a bucket: every replica knows them, and the database alone cannot take them back. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authConfig, signInAdmin } from '#test/support/accounts.ts';
import { useBucket } from '#test/support/bucket.ts';
import { startPlatform, testDatabase } from '#test/support/harness.ts';

const HEADS = /notes\/audit-heads\.json\._S3rver_object$/;
const PLUGINS = { auth: authConfig };

describe('the ends of the audit log in a bucket', function () {
  this.timeout(60_000);
  const bucket = useBucket(PLUGINS);
  const record = (action: string) => bucket.app.services.auditLog.record({ action, actor: null });
  const verify = () => bucket.app.services.auditLog.verify();
  const isThere = async () => (await bucket.all()).some((name) => HEADS.test(name));
  /** As somebody does who has the database alone. */
  const cutOff = async () => {
    const { db } = bucket.app.services;
    const head = (await db.read('auth_audit_chains').where({ name: 'log' }).first())!;
    await record('test.later');
    await verify();
    await db.write('auth_audit_entries').where({ chain: 'log' }).where('seq', '>', head.last_seq).delete();
    await db.write('auth_audit_chains').where({ name: 'log' }).update(head);
  };
  const startAgain = (dataDir = bucket.app.dataDir, options = {}) =>
    bucket.start({}, { dataDir, database: { ...bucket.app.services.coreConfig.database }, ...options });

  it('are found there by a replica with a folder of its own', async () => {
    await bucket.start({}, { logLevel: 'silent' });
    await record('test.first');
    await verify();
    assert.ok(await isThere());
    assert.ok(!existsSync(join(bucket.app.dataDir, 'audit-heads.json')));
    await cutOff();
    assert.match((await verify()).problem ?? '', /newest entries .* are missing/);
    if (testDatabase !== 'pg') return;
    const dataDir = await mkdtemp(join(tmpdir(), 'patchbay-test-'));
    await cp(join(bucket.app.dataDir, 'secrets.json'), join(dataDir, 'secrets.json'));
    const { database } = bucket.app.services.coreConfig;
    const config = { storage: bucket.storage() };
    const other = await startPlatform({ plugins: PLUGINS, config, database, dataDir, logLevel: 'silent' });
    assert.match((await other.services.auditLog.verify()).problem ?? '', /newest entries .* are missing/);
    await other.platform.stop();
    await rm(dataDir, { recursive: true });
  });

  it('are those of the folder until there are some', async () => {
    await bucket.start({ kind: 'folder', s3: {} }, { logLevel: 'silent' });
    await record('test.first');
    await verify();
    await cutOff();
    await bucket.app.platform.stop();
    await startAgain(bucket.app.dataDir, { logLevel: 'silent' });
    assert.match((await verify()).problem ?? '', /newest entries .* are missing/);
    await bucket.app.services.auditChains.accept();
    assert.ok((await verify()).ok);
  });

  it('say nothing while the bucket is gone: the log is neither wrong nor whole, and is written all the same', async () => {
    await bucket.start({}, { logLevel: 'silent' });
    const admin = await signInAdmin(bucket.app);
    await record('test.first');
    bucket.cut();
    await record('test.meanwhile');
    assert.equal((await admin.http.get('/api/platform/audit/verify')).status, 503);
    await bucket.app.platform.stop();
    await startAgain(bucket.app.dataDir, { logLevel: 'silent' });
    await record('test.after.a.start');
    bucket.server.door = null;
    assert.ok((await verify()).ok);
    assert.ok(await isThere());
  });

  it('are forgotten with the installation that the prefix was of', async () => {
    await bucket.start();
    await record('test.first');
    await verify();
    await bucket.app.platform.stop();
    assert.ok(await isThere());
    await rm(join(bucket.server.folder, 'backups/patchbay/patchbay-owner._S3rver_object'));
    await bucket.start();
    await record('test.of.another.one');
    assert.ok((await verify()).ok);
  });
});
