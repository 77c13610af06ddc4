/** Bytes that nobody points to any more: kept for an hour, then gone, and nothing else with them. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { authConfig } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const HOUR_MS = 3600_000;
const LARGE = Buffer.alloc(100_000, 'large');
const HUGE = Buffer.alloc(400_000, 'huge');

describe('blobs', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, mail: { smtp: { enabled: false } } } });
  });
  after(() => app.stop());

  const store = async (bytes: Buffer) => {
    const { blobs, db } = app.services;
    const writer = blobs.writer();
    await writer.write(bytes);
    const stored = await writer.finish();
    const [id = 0] = await db.transaction((trx) => blobs.insert(trx, [stored]));
    return id;
  };
  const remove = (id: number) => app.services.db.transaction((trx) => app.services.blobs.remove(trx, [id]));
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
  const files = async () => {
    const root = join(app.dataDir, 'files');
    const folders = await readdir(root);
    return (await Promise.all(folders.map((folder) => readdir(join(root, folder))))).flat();
  };
  const ids = async () => (await app.services.db.read('core_blobs').orderBy('id')).map(({ id }) => id);

  it('keep a file for an hour after its row went, however old it is', async () => {
    const id = await store(LARGE);
    await advance(3 * HOUR_MS);
    await remove(id);
    assert.equal(await app.services.blobs.sweep(), 0);
    assert.equal((await files()).length, 1);
    await advance(HOUR_MS + 1_000);
    assert.deepEqual(await files(), []);
  });

  it('of the same content have a file each, so that sweeping one leaves the other', async () => {
    for (const bytes of [LARGE, HUGE]) {
      const gone = await store(bytes);
      await remove(gone);
      const kept = await store(bytes);
      await need(kept);
      assert.equal((await files()).length, 2);
      await advance(2 * HOUR_MS);
      assert.equal((await files()).length, 1);
      assert.deepEqual(await app.services.blobs.read(kept), bytes);
      await app.services.db.write('mail_sent').delete();
      await advance(25 * HOUR_MS);
      assert.equal((await files()).length, 1, 'its row went at this moment');
      await advance(2 * HOUR_MS);
      assert.deepEqual(await files(), []);
    }
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
    await app.services.blobs.sweep();
    assert.deepEqual(await ids(), [orphan, message, sent], 'not within the hour');
    await advance(25 * HOUR_MS);
    assert.deepEqual(await ids(), [message, sent]);
    assert.deepEqual(await app.services.blobs.read(sent), LARGE);
  });
});
