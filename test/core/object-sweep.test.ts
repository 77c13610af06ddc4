/** A bucket that others use as well, or that changes hands: what is deleted there, what is stored, and what is believed of it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyBlobs, placeOfFile } from '#core/backup/files.ts';
import { createObjectSweep } from '#core/database/object-sweep.ts';
import { s3Client } from '#core/offsite/s3-client.ts';
import { openStore } from '#core/storage/object-store.ts';
import { useBucket } from '#test/support/bucket.ts';
import { startPlatform } from '#test/support/harness.ts';

const HOUR_MS = 3600_000;
const BUCKET = { endpoint: '', region: 'us-east-1', bucket: '', prefix: '', accessKeyId: '', secretAccessKey: '' };

describe('what is left over in a bucket', function () {
  this.timeout(120_000);
  const bucket = useBucket();
  const { store, leave, remove, all } = bucket;
  const own = bucket.objects;
  const s3 = (prefix = 'patchbay/') => ({ ...BUCKET, ...(bucket.server.config.s3 as object), prefix });
  const start = (options = {}) => bucket.start({}, options);
  const put = (name: string, text: string) =>
    s3Client(s3(), bucket.app.services.outbound).ask(name, {
      method: 'PUT',
      body: Buffer.from(text),
      signal: AbortSignal.timeout(10_000),
    });
  const putBlob = (name: string) =>
    s3Client(s3('patchbay/blobs/'), bucket.app.services.outbound).ask(name, {
      method: 'PUT',
      body: Buffer.from('of another program'),
      signal: AbortSignal.timeout(10_000),
    });
  const later = async (hours: number) => {
    await bucket.app.clock.advance(hours * HOUR_MS);
    return bucket.app.services.blobs.sweep();
  };

  it('is not what others keep in a folder of that name', async () => {
    await start();
    await leave();
    for (const name of ['patchbay-owner', 'photo of a cat & dog.jpg', 'patchbay-backup-20260101.tar.gz'])
      await putBlob(name);
    await bucket.age(26);
    await later(26);
    assert.deepEqual(await own(), []);
    assert.equal((await all()).filter((name) => name.includes('blobs/')).length, 3);
  });

  it('is not what a service lists that does not say what time it is', async () => {
    await start();
    await leave();
    await bucket.age(26);
    bucket.server.door = (_, response) => {
      response.sendDate = false;
      return false;
    };
    await later(26);
    assert.equal((await own()).length, 1);
    bucket.server.door = null;
    await later(26);
    assert.deepEqual(await own(), []);
  });

  it('is not deleted, and nothing is stored, once the bucket is of somebody else', async () => {
    await start({ logLevel: 'silent' });
    await leave();
    await put('patchbay-owner', 'another installation');
    await bucket.age(26);
    await assert.rejects(later(26), /another installation/);
    assert.equal((await own()).length, 1);
    await assert.rejects(store(), { code: 'unavailable' });
    assert.equal((await own()).length, 1);
  });

  it('nothing is stored before it is known whose the bucket is', async () => {
    await start();
    await put('patchbay-owner', 'another installation');
    await bucket.app.platform.stop();
    const { dataDir } = bucket.app;
    const { database } = bucket.app.services.coreConfig;
    bucket.cut();
    await start({ logLevel: 'silent', dataDir, database });
    bucket.server.door = null;
    await assert.rejects(store(), { code: 'unavailable' });
    assert.deepEqual(await own(), []);
    assert.equal((await bucket.app.http.get('/health/ready')).status, 503);
  });

  it('is no object that another row still points to', async () => {
    await start();
    const [first = 0, second = 0] = await store(randomBytes(100_000), 2);
    await remove([first]);
    const { blobs, db } = bucket.app.services;
    const clock = { ...bucket.app.clock, now: () => bucket.app.clock.now() + 2 * HOUR_MS };
    const opened = openStore(bucket.app.services.coreConfig.storage, bucket.app.services.outbound);
    assert.ok(opened);
    await createObjectSweep({ db, clock, store: opened }).released();
    assert.equal((await blobs.read(second)).length, 100_000);
  });

  it('goes, though one of them cannot be deleted', async () => {
    await start({ logLevel: 'silent' });
    const ids = [...(await store()), ...(await store()), ...(await store())];
    const [kept = ''] = (await bucket.app.services.db.read('core_blobs').whereIn('id', ids).orderBy('id')).map(
      ({ file }) => file ?? '',
    );
    await remove(ids);
    bucket.server.door = (request, response) => {
      if (request.method !== 'DELETE' || !request.url?.includes(kept)) return false;
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>It is held</Message></Error>');
      return true;
    };
    await assert.rejects(later(2), /AccessDenied|cannot be reached/);
    assert.equal((await own()).length, 1);
    assert.deepEqual(
      (await bucket.app.services.db.read('core_released_objects')).map(({ file }) => file),
      [kept],
    );
  });

  it('stays noted while the bucket says 404 of everything', async () => {
    await start({ logLevel: 'silent' });
    await remove(await store());
    bucket.server.door = (request, response) => {
      if (request.method !== 'DELETE') return false;
      response.writeHead(404).end('<Error><Code>NoSuchBucket</Code></Error>');
      return true;
    };
    await later(2).catch(() => {});
    assert.equal((await bucket.app.services.db.read('core_released_objects')).length, 1);
    bucket.server.door = null;
    await later(1);
    assert.deepEqual(await own(), []);
  });

  it('is in no backup with other bytes than it had', async () => {
    await start({ logLevel: 'silent' });
    const [id = 0] = await store();
    const row = await bucket.app.services.db.read('core_blobs').where({ id }).first();
    const opened = openStore(bucket.app.services.coreConfig.storage, bucket.app.services.outbound);
    const to = await mkdtemp(join(tmpdir(), 'patchbay-bytes-test-'));
    const places = [placeOfFile(row?.file ?? '')];
    const copied = (folder: string) =>
      copyBlobs(places, { from: bucket.app.dataDir, to: join(to, folder), store: opened });
    assert.deepEqual(await copied('whole'), []);
    bucket.server.door = (request, response) => {
      if (request.method !== 'GET') return false;
      response.writeHead(200).end('<html>Please sign in to this network</html>');
      return true;
    };
    await assert.rejects(copied('changed'), /other bytes/);
    await rm(to, { recursive: true });
  });

  it('is listed to an end, also by a service that does not say how it goes on', async () => {
    await start();
    let asked = 0;
    bucket.server.door = (request, response) => {
      if (!request.url?.includes('list-type')) return false;
      if (++asked > 5) return false;
      response.writeHead(200).end('<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>');
      return true;
    };
    await assert.rejects(later(26), /cannot be reached/);
    assert.equal(asked, 1);
  });
});

describe('the prefix in a bucket', () => {
  for (const prefix of ['../', './', 'a/../', 'a/./b/', 'patchbay', '/', 'a//'])
    it(`is not ${prefix}, which an address would not keep`, async () => {
      const given = {
        ...BUCKET,
        endpoint: 'http://127.0.0.1:1',
        bucket: 'abc',
        accessKeyId: 'a',
        secretAccessKey: 'b',
      };
      await assert.rejects(
        startPlatform({ config: { storage: { kind: 's3', s3: { ...given, prefix } } } }).then((app) => app.stop()),
        /prefix/,
      );
    });
});
