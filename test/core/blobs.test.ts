/** Bytes that nobody points to any more: kept for an hour, then gone, and nothing else with them. */
import assert from 'node:assert/strict';
import { readdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { authConfig } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

const HOUR_MS = 3600_000;
/** On PostgreSQL smaller ones are rows. */
const LARGE = Buffer.alloc(100_000, 'large');
const HUGE = Buffer.alloc(400_000, 'huge');

describe('blobs', () => {
  let app: TestPlatform;
  beforeEach(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, mail: { smtp: { enabled: false } } } });
  });
  afterEach(() => app.stop());

  const store = async (bytes: Buffer) => {
    const { blobs, db } = app.services;
    const writer = blobs.writer();
    for (let start = 0; start < bytes.length; start += 10_000)
      await writer.write(bytes.subarray(start, start + 10_000));
    const stored = await writer.finish();
    const [id = 0] = await db.transaction((trx) => blobs.insert(trx, [stored]));
    return id;
  };
  const remove = (id: number) => app.services.db.transaction((trx) => app.services.blobs.remove(trx, [id]));
  const read = (id: number) => app.services.blobs.read(id);
  /** With everything that cron has to do then, sweeping included. */
  const advance = async (ms: number) => {
    await app.clock.advance(ms);
    await app.platform.cron.runDue();
    await app.services.blobs.sweep();
  };
  /** A sent mail that needs it. */
  const need = async (blob_id: number) => {
    const now = app.clock.now();
    const about = { uuid: `mail ${blob_id}`, from_addr: 'a@b', recipients: 'c@d', subject: '', html: '', text: '' };
    const row = { ...about, blob_id, kind: 'submitted' as const, status: 'sent' as const };
    await app.services.db.write('mail_sent').insert({ ...row, created_at: now, updated_at: now });
  };
  const needed = async (bytes: Buffer) => {
    const id = await store(bytes);
    await need(id);
    return id;
  };
  const rowOf = (id: number) => app.services.db.read('core_blobs').where({ id }).first();
  const root = () => join(app.dataDir, 'files');
  const files = async () => {
    const folders = await readdir(root());
    return (await Promise.all(folders.map((folder) => readdir(join(root(), folder))))).flat();
  };
  const segmentOf = async (id: number) => join(root(), 'segments', String((await rowOf(id))?.segment));

  describe('in files of their own', () => {
    it('are kept for an hour after their row went, however old they are', async () => {
      const id = await store(HUGE);
      await advance(3 * HOUR_MS);
      await remove(id);
      assert.equal(await app.services.blobs.sweep(), 0);
      assert.equal((await files()).length, 1);
      await advance(HOUR_MS + 1_000);
      assert.deepEqual(await files(), []);
    });

    it('have one each, so that sweeping one leaves another of the same content', async () => {
      const gone = await store(HUGE);
      await remove(gone);
      const kept = await needed(HUGE);
      assert.equal((await files()).length, 2);
      await advance(2 * HOUR_MS);
      assert.equal((await files()).length, 1);
      assert.deepEqual(await read(kept), HUGE);
      await app.services.db.write('mail_sent').delete();
      await advance(25 * HOUR_MS);
      assert.equal((await files()).length, 1, 'its row went at this moment');
      await advance(2 * HOUR_MS);
      assert.deepEqual(await files(), []);
    });
  });

  describe('in segments', () => {
    it('share one write and one file, and are read back as they were', async () => {
      const all = Array.from({ length: 30 }, (_, index) => Buffer.alloc(70_000 + index, `blob ${index}`));
      const ids = await Promise.all(all.map(store));
      for (const [index, id] of ids.entries()) assert.deepEqual(await read(id), all[index]);
      assert.equal(new Set(await Promise.all(ids.map(segmentOf))).size, 1);
      const places = await app.services.blobs.locate(ids);
      assert.ok([...places.values()].every((place) => 'path' in place && place.sizeBytes >= 70_000));
    });

    it('are rows instead beside PostgreSQL, when they are small', async () => {
      const id = await store(Buffer.from('small'));
      const row = await rowOf(id);
      assert.equal(row?.segment === null, testDatabase === 'pg');
      assert.equal(row?.content !== null, testDatabase === 'pg');
      assert.equal((await read(id)).toString(), 'small');
    });

    it('that are damaged are not handed out', async () => {
      const id = await needed(LARGE);
      await truncate(await segmentOf(id), 99_999);
      await assert.rejects(read(id), /damaged/);
    });

    it('are begun anew by each process, which appends to none of another one', async () => {
      const before = await needed(LARGE);
      const segment = await segmentOf(before);
      app = await app.restart();
      const after = await needed(Buffer.alloc(70_000, 'after'));
      assert.notEqual(await segmentOf(after), segment);
      assert.deepEqual(await read(before), LARGE);
    });

    it('leave a segment that goes an hour after the last of them', async () => {
      const [one, other] = [await store(LARGE), await needed(LARGE)];
      const segment = await segmentOf(one);
      await remove(one);
      await advance(3 * HOUR_MS);
      assert.deepEqual(await read(other), LARGE);
      await app.services.db.write('mail_sent').delete();
      await remove(other);
      await advance(HOUR_MS / 2);
      assert.equal((await stat(segment)).size, 200_000, 'a backup may have begun just before');
      await advance(HOUR_MS);
      assert.deepEqual(await files(), []);
      assert.deepEqual(await app.services.db.read('core_released_bytes'), []);
    });

    it('are overwritten a day after they are deleted, and the others stay', async () => {
      const secret = await store(Buffer.alloc(70_000, 'secret'));
      const kept = await needed(LARGE);
      const segment = await segmentOf(secret);
      await remove(secret);
      await advance(23 * HOUR_MS);
      assert.match((await readFile(segment)).toString('latin1'), /secret/);
      await advance(2 * HOUR_MS);
      assert.doesNotMatch((await readFile(segment)).toString('latin1'), /secret/);
      assert.deepEqual(await read(kept), LARGE);
      assert.deepEqual(await app.services.db.read('core_released_bytes'), []);
    });

    it('are copied together when most of a segment is deleted, and found while that happens', async () => {
      const deleted = await Promise.all(Array.from({ length: 20 }, () => store(LARGE)));
      const kept = await Promise.all(
        Array.from({ length: 3 }, (_, index) => needed(Buffer.alloc(80_000, `kept ${index}`))),
      );
      const segment = await segmentOf(kept[0]!);
      await app.services.db.transaction((trx) => app.services.blobs.remove(trx, deleted));
      const reading = Promise.all(kept.flatMap((id) => Array.from({ length: 20 }, () => read(id))));
      await advance(25 * HOUR_MS);
      assert.ok((await reading).every((bytes) => bytes.length === 80_000));
      for (const [index, id] of kept.entries()) {
        assert.notEqual(await segmentOf(id), segment);
        assert.deepEqual(await read(id), Buffer.alloc(80_000, `kept ${index}`));
      }
      await advance(3 * HOUR_MS);
      assert.equal((await files()).length, 1);
    });
  });

  it('whose rows nothing points to are found, and those that mail points to are kept', async () => {
    const { db } = app.services;
    const [orphan, message, sent] = [await store(Buffer.from('a')), await store(Buffer.from('b')), await store(LARGE)];
    const mailbox = await db
      .write('mail_mailboxes')
      .insert({ address: 'a@b', domain: 'b', created_at: 0 })
      .returning('id');
    const texts = { envelope_from: '', envelope_to: '', remote_ip: '', sender: '', to_addrs: '', subject: '' };
    await db.write('mail_messages').insert({
      ...texts,
      mailbox_id: mailbox[0]?.id ?? 0,
      blob_id: message,
      preview: '',
      verification_code: '',
      size_bytes: 1,
      received_at: app.clock.now(),
    });
    await need(sent);
    const ids = async () => (await db.read('core_blobs').orderBy('id')).map(({ id }) => id);
    await app.services.blobs.sweep();
    assert.deepEqual(await ids(), [orphan, message, sent], 'not within the hour');
    await advance(25 * HOUR_MS);
    assert.deepEqual(await ids(), [message, sent]);
    assert.deepEqual(await read(sent), LARGE);
  });
});
