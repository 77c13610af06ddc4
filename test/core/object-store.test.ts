/** Bytes of mail and files in a bucket: by a server of S3 that is slow, refuses, hangs or is gone, on both databases. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { testDatabase } from '#core/testing/databases.ts';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { onInstallation } from '#test/support/backups.ts';
import { useBucket } from '#test/support/bucket.ts';
import { freshDatabase, startPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';

const PLUGINS = { auth: authConfig, mail: { mailboxTtl: 0, smtp: { port: 0 } } };
const HOUR_MS = 3600_000;
const MB = 1024 * 1024;
const MAIL = { from: 'a@sender.example', to: 'keep@example.com' };
const LARGE_TEXT = 'A line of a large mail, with an é and 漢字 in it ..\r\n'.repeat(3_000);
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('bytes in a bucket', function () {
  this.timeout(120_000);
  const bucket = useBucket(PLUGINS);
  const { start, storage, objects, files } = bucket;
  const store = async (bytes: Buffer): Promise<number> => (await bucket.store(bytes))[0] ?? 0;
  const rowOf = (id: number) => bucket.app.services.db.read('core_blobs').where({ id }).first();
  const send = (subject: string, text: string, to = bucket.app) =>
    sendMail(to.services.smtpReceiver.port() ?? 0, { ...MAIL, subject, text });
  const mails = async (of = bucket.app): Promise<{ id: number; subject: string }[]> =>
    (await of.http.bearer(ROOT_TOKEN).get('/api/emails?mailbox=keep@example.com')).body;
  const download = async (subject: string, of = bucket.app) => {
    const found = (await mails(of)).find((one) => one.subject === subject);
    return of.http.bearer(ROOT_TOKEN).get(`/api/email/${found?.id}/download`);
  };

  it('holds what is no row, whatever its size, and asks for nothing that only some services can', async () => {
    await start();
    const headers: IncomingHttpHeaders[] = [];
    bucket.server.door = (request) => {
      headers.push(request.headers);
      return false;
    };
    for (const size of [0, 60_000, 100_000, 400_000, 20 * MB + 7]) {
      const bytes = randomBytes(size);
      const id = await store(bytes);
      assert.equal((await rowOf(id))?.file === null, size <= 65_536, `of ${size} bytes`);
      assert.equal(sha(await bucket.app.services.blobs.read(id)), sha(bytes));
      const { sizeBytes, stream } = await bucket.app.services.blobs.stream(id);
      assert.equal(sizeBytes, size);
      assert.equal(sha(await buffer(stream)), sha(bytes));
    }
    assert.equal((await objects()).length, 3);
    assert.deepEqual(await files(), []);
    const asked = bucket.server.asked.map((line) =>
      line.replace(/[0-9a-f]{48}-[0-9a-f]{8}/, 'name').replace(/=[^&]*/g, ''),
    );
    assert.deepEqual([...new Set(asked)].toSorted(), [
      'GET /backups/patchbay/blobs/name',
      'GET /backups/patchbay/notes/audit-heads.json',
      'GET /backups/patchbay/patchbay-owner',
      'GET /backups?list-type&prefix',
      'POST /backups/patchbay/blobs/name?uploadId',
      'POST /backups/patchbay/blobs/name?uploads',
      'PUT /backups/patchbay/blobs/name',
      'PUT /backups/patchbay/blobs/name?partNumber&uploadId',
      'PUT /backups/patchbay/notes/audit-heads.json',
      'PUT /backups/patchbay/patchbay-owner',
    ]);
    const names = headers.flatMap((one) => Object.keys(one));
    assert.deepEqual(
      names.filter((name) => /checksum|trailer|^transfer-encoding$/.test(name)),
      [],
    );
  });

  it('leaves rows as large as it is told to, and mail is read out of it', async () => {
    await start({ rowBytes: 0 });
    await send('small', 'one');
    await send('large', LARGE_TEXT);
    await bucket.app.services.mailParseLoop.idle();
    assert.equal((await objects()).length, 2);
    assert.deepEqual((await mails()).map(({ subject }) => subject).toSorted(), ['large', 'small']);
    assert.ok((await download('large')).text.length > 100_000);
  });

  it('keeps what was deleted for an hour, and what was never committed for a day', async () => {
    await start();
    const [kept, deleted] = [await store(randomBytes(100_000)), await store(randomBytes(400_000))];
    await bucket.leave();
    // Pointed to: what no key points to is deleted as well.
    const now = bucket.app.clock.now();
    const about = { uuid: 'sent', from_addr: 'a@b', recipients: 'c@d', subject: '', html: '', text: '' };
    const sent = { ...about, blob_id: kept, kind: 'submitted' as const, status: 'sent' as const };
    await bucket.app.services.db.write('mail_sent').insert({ ...sent, created_at: now, updated_at: now });
    const left = async (hours: number) => {
      await bucket.app.clock.advance(hours * HOUR_MS);
      await bucket.app.services.blobs.sweep();
      return (await objects()).length;
    };
    await bucket.remove([deleted]);
    assert.equal(await left(0), 3);
    assert.equal(await left(2), 2);
    assert.equal(await left(25), 2, 'a clock that is ahead of the service says nothing of what is under way');
    await bucket.age(26);
    assert.equal(await left(25), 1);
    assert.equal((await bucket.app.services.blobs.read(kept)).length, 100_000);
    assert.deepEqual(await bucket.app.services.db.read('core_released_objects'), []);
  });

  it('loses nothing while it is gone: 451 and 503 with a sentence, and mail that waits is read later', async () => {
    await start({}, { logLevel: 'silent' });
    await send('before', LARGE_TEXT);
    await bucket.app.services.mailParseLoop.idle();
    bucket.cut();
    await assert.rejects(send('refused', LARGE_TEXT), /451 4\.3\.0 The store of files cannot be reached/);
    await send('small', 'needs no bucket');
    const unread = await download('before');
    assert.equal(unread.status, 503);
    await assert.rejects(store(randomBytes(100_000)), /nothing was lost/);
    await assert.rejects(store(randomBytes(400_000)), /nothing was lost/);
    assert.deepEqual(await files(), [], 'what could not be sent is not kept');
    const health = await bucket.app.platform.services.blobs.storeHealth?.().catch((error: Error) => error.message);
    assert.match(String(health), /cannot be reached/);
    assert.equal((await bucket.app.http.get('/health/ready')).status, 503);
    // Deleted meanwhile; its object goes when it can.
    await assert.rejects(
      bucket.app.services.blobs.sweep().then(() => store(randomBytes(100_000))),
      /cannot be reached/,
    );

    // It takes bytes again and gives none: what is accepted now cannot be read yet.
    bucket.server.door = (request, response) => {
      if (request.method !== 'GET') return false;
      response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
      return true;
    };
    await send('waits', LARGE_TEXT);
    bucket.server.door = null;
    for (let tries = 0; tries < 100 && (await mails()).length < 3; tries++) {
      await bucket.app.clock.advance(10_000);
      await bucket.app.services.mailParseLoop.idle();
    }
    assert.deepEqual((await mails()).map(({ subject }) => subject).toSorted(), ['before', 'small', 'waits']);
    assert.ok((await download('waits')).text.length > 100_000);
    const ready = await bucket.app.http.get('/health/ready');
    assert.equal(ready.status, 200, JSON.stringify(ready.body));
  });

  it('is waited for while it is slow, and given up when it says nothing', async () => {
    await start();
    let refusals = 2;
    bucket.server.door = (_, response) => {
      if (refusals-- <= 0) return false;
      setTimeout(() => response.writeHead(503).end(), 500);
      return true;
    };
    const id = await store(randomBytes(100_000));
    assert.equal((await bucket.app.services.blobs.read(id)).length, 100_000, 'a refusal in passing is tried again');
    assert.ok(refusals < 0);
    bucket.server.door = () => true;
    for (let tries = 0; tries < 2; tries++) await assert.rejects(store(randomBytes(100_000)), /cannot be reached/);
  });

  it('is not there, and its objects are not taken for lost', async () => {
    await start();
    const id = await store(randomBytes(100_000));
    bucket.server.door = (_, response) => {
      response.writeHead(404).end('<Error><Code>NoSuchBucket</Code><Message>There is no bucket</Message></Error>');
      return true;
    };
    await assert.rejects(bucket.app.services.blobs.read(id), { code: 'unavailable' });
    await assert.rejects(bucket.app.services.blobs.stream(id), { code: 'unavailable' });
    bucket.server.door = (_, response) => {
      response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
      return true;
    };
    await assert.rejects(bucket.app.services.blobs.read(id), { code: 'ENOENT' });
    await assert.rejects(bucket.app.services.blobs.stream(id), { code: 'ENOENT' });
  });

  it('is of one installation: another one does not start with it', async () => {
    await start();
    await assert.rejects(
      startPlatform({ plugins: PLUGINS, config: { storage: storage() } }),
      /holds the bytes of another installation.*storage\.s3\.prefix/s,
    );
  });

  it('can be gone at a start, which then goes on without it', async () => {
    bucket.cut();
    await start({}, { logLevel: 'silent' });
    bucket.server.door = null;
    assert.equal((await bucket.app.http.get('/health/ready')).status, 200);
    assert.ok((await store(randomBytes(100_000))) > 0);
  });

  it('takes what is new and what lies in the folder; and is read when that has it again', async () => {
    await start({ kind: 'folder', s3: {} });
    const before = [await store(randomBytes(100_000)), await store(randomBytes(400_000))];
    await bucket.app.platform.stop();
    const { dataDir } = bucket.app;
    const { database } = bucket.app.services.coreConfig;
    await start({}, { dataDir, database });
    const after = await store(randomBytes(400_000));
    while ((await objects()).length < 3) await pause(20);
    for (const id of before) assert.ok((await bucket.app.services.blobs.read(id)).length > 0);
    await bucket.app.platform.stop();
    await start({ kind: 'folder' }, { dataDir, database });
    assert.equal((await bucket.app.services.blobs.read(after)).length, 400_000);
    await store(randomBytes(400_000));
    assert.equal((await objects()).length, 3);
    // Of the folder and of the bucket alike.
    for (const id of [...before, after]) await bucket.remove([id]);
    await bucket.app.clock.advance(2 * HOUR_MS);
    await bucket.app.services.blobs.sweep();
    assert.deepEqual(await objects(), []);
  });

  it('is in a backup whole, which is restored without it, and into another folder of it', async () => {
    const database = await freshDatabase();
    await start({}, { database });
    await send('large', LARGE_TEXT);
    await bucket.app.services.mailParseLoop.idle();
    const before = (await download('large')).text;
    // As another replica says whose folder still holds bytes: that is of this server alone.
    const note = { name: 'bytes_in_folder:another', value: String(bucket.app.clock.now()) };
    await bucket.app.services.db.write('core_installation').insert(note);
    const folder = await mkdtemp(join(tmpdir(), 'patchbay-backup-test-'));
    const file = join(folder, 'backup.tar.gz');
    const env = { PATCHBAY_STORAGE: JSON.stringify(storage()) };
    const made = await onInstallation(['backup', file], bucket.app.dataDir, database, env);
    assert.equal(made.code, 0, made.err);
    const elsewhere = await freshDatabase();
    const dataDir = join(folder, 'data');
    const restored = await onInstallation(['restore', file], dataDir, elsewhere);
    assert.equal(restored.code, 0, restored.err);
    assert.equal((await files(dataDir)).length, 1);
    // A restored one is another one to the bucket, or each would delete what only the other points to.
    await assert.rejects(
      startPlatform({ plugins: PLUGINS, database: elsewhere, dataDir, config: { storage: storage() } }),
      /another installation, or of this one before it was restored/,
    );
    const s3 = { ...(bucket.server.config.s3 as object), prefix: 'restored/' };
    const second = await startPlatform({
      plugins: PLUGINS,
      database: elsewhere,
      dataDir,
      config: { storage: storage({ s3 }) },
    });
    assert.equal(await second.services.db.read('core_installation').where({ name: note.name }).first(), undefined);
    assert.equal((await download('large', second)).text, before);
    while ((await files(dataDir)).length > 0) await pause(20);
    assert.equal((await objects()).length, 2, 'and brings its bytes there');
    assert.equal((await download('large', second)).text, before);
    await second.stop();
    bucket.cut();
    const none = await onInstallation(['backup', join(folder, 'half.tar.gz')], bucket.app.dataDir, database, env);
    assert.notEqual(none.code, 0, 'what is not whole is no backup');
    assert.match(none.err, /cannot be reached/);
    await rm(folder, { recursive: true });
    bucket.server.door = null;
  });

  if (testDatabase !== 'pg') return;
  it('is all that two replicas share beside their database', async () => {
    await start();
    const dataDir = await mkdtemp(join(tmpdir(), 'patchbay-test-'));
    await cp(join(bucket.app.dataDir, 'secrets.json'), join(dataDir, 'secrets.json'));
    const { database } = bucket.app.services.coreConfig;
    const other = await startPlatform({ plugins: PLUGINS, database, dataDir, config: { storage: storage() } });
    await send('to the first', LARGE_TEXT);
    await send('to the second', LARGE_TEXT, other);
    for (const one of [bucket.app, other]) await one.services.mailParseLoop.idle();
    for (const one of [bucket.app, other]) {
      for (const subject of ['to the first', 'to the second'])
        assert.ok((await download(subject, one)).text.length > 100_000, subject);
    }
    await other.platform.stop();
    await rm(dataDir, { recursive: true });
  });
});

describe('a bucket that is named by half', () => {
  it('is refused with what is missing', async () => {
    await assert.rejects(
      startPlatform({ config: { storage: { kind: 's3', s3: { endpoint: 'http://127.0.0.1:1' } } } }),
      /storage\.s3 .* needs bucket, accessKeyId, secretAccessKey/,
    );
  });
});
