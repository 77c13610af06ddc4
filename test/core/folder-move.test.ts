/** Bytes that lie in the folder of one replica, once there is a bucket: they go there, and nobody takes them for lost meanwhile. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { testDatabase } from '#core/testing/databases.ts';
import { onInstallation } from '#test/support/backups.ts';
import { useBucket } from '#test/support/bucket.ts';
import { startPlatform } from '#test/support/harness.ts';

const HOUR_MS = 3600_000;
const SIZES = [0, 10_000, 100_000, 400_000];

describe('bytes in the folder of a replica', function () {
  this.timeout(60_000);
  const bucket = useBucket();
  const notes = () => bucket.app.services.db.read('core_installation').where('name', 'like', 'bytes_in_folder:%');
  const moved = async () => {
    while ((await notes()).length > 0) await pause(20);
  };
  /** Without a bucket; stopped again. */
  const stored = async () => {
    const app = await bucket.start({ kind: 'folder', s3: {} });
    const all = new Map<number, Buffer>();
    for (const bytes of SIZES.map((size) => randomBytes(size)))
      for (const id of await bucket.store(bytes)) all.set(id, bytes);
    await app.platform.stop();
    return { all, dataDir: app.dataDir, database: app.services.coreConfig.database };
  };
  const startWithBucket = async ({ dataDir, database }: Awaited<ReturnType<typeof stored>>, config = {}) => {
    const options = { dataDir, database: { ...database }, logLevel: 'silent' };
    return bucket.start({}, { ...options, config: { storage: bucket.storage(), ...config } });
  };

  it('go to the bucket, small ones to rows, and leave the folder empty', async () => {
    const before = await stored();
    const { services, clock } = await startWithBucket(before, testDatabase === 'pg' ? { roles: ['http'] } : {});
    await moved();
    for (const [id, bytes] of before.all) {
      assert.ok((await services.blobs.read(id)).equals(bytes));
      const row = await services.db.read('core_blobs').where({ id }).first();
      assert.deepEqual([row?.segment, row?.file === null], [null, bytes.length <= 65_536]);
    }
    assert.equal((await bucket.objects()).length, 2);
    await clock.advance(2 * HOUR_MS);
    while ((await bucket.files()).length > 0) await pause(20);
  });

  it('go there when it answers again, and stay in the folder until it has them', async () => {
    const before = await stored();
    let isOpen = false;
    bucket.server.door = (request, response) => {
      if (isOpen || request.method !== 'PUT' || !request.url?.includes('/blobs/')) return false;
      response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
      return true;
    };
    const { services, clock } = await startWithBucket(before);
    await pause(200);
    for (const [id, bytes] of before.all) assert.ok((await services.blobs.read(id)).equals(bytes));
    assert.equal((await notes()).length, 1);
    isOpen = true;
    while ((await notes()).length > 0) {
      await clock.advance(30_000);
      await pause(50);
    }
    assert.equal((await bucket.objects()).length, 2);
  });

  if (testDatabase !== 'pg') return;
  it('are unavailable to another replica until they are there, and are in no backup by half', async () => {
    const before = await stored();
    let isOpen = false;
    bucket.server.door = (request, response) => {
      if (isOpen || request.method !== 'PUT' || !request.url?.includes('/blobs/')) return false;
      response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
      return true;
    };
    const one = await startWithBucket(before);
    const dataDir = await mkdtemp(join(tmpdir(), 'patchbay-test-'));
    await cp(join(before.dataDir, 'secrets.json'), join(dataDir, 'secrets.json'));
    const config = { storage: bucket.storage() };
    const other = await startPlatform({ database: { ...before.database }, dataDir, config, logLevel: 'silent' });
    const ids = [...before.all].flatMap(([id, bytes]) => (bytes.length > 65_536 ? [id] : []));
    for (const id of ids) {
      await assert.rejects(other.services.blobs.read(id), { code: 'unavailable', status: 503 });
      await assert.rejects(other.services.blobs.stream(id), { code: 'unavailable' });
    }
    assert.deepEqual([...(await other.services.blobs.locate(ids)).keys()], []);
    const env = { PATCHBAY_STORAGE: JSON.stringify(bucket.storage()) };
    const half = await onInstallation(['backup', join(dataDir, 'half.tar.gz')], dataDir, before.database, env);
    assert.notEqual(half.code, 0);
    assert.match(half.err, /lie in the folder of another replica/);
    isOpen = true;
    while ((await notes()).length > 0) {
      await one.clock.advance(30_000);
      await pause(50);
    }
    for (const [id, bytes] of before.all) assert.ok((await other.services.blobs.read(id)).equals(bytes));
    await other.platform.stop();
    await rm(dataDir, { recursive: true });
  });
});
