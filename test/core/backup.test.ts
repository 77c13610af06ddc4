/** Backup while mail comes in, and restore, on both databases. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceOf } from '#core/backup/backups.ts';
import { writeBackup } from '#core/backup/write-backup.ts';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { onInstallation } from '#test/support/backups.ts';
import { dropDatabase, freshDatabase, startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';

async function patchbay(args: string[], dataDir: string, database: Record<string, unknown>): Promise<string> {
  const { code, out, err } = await onInstallation(args, dataDir, database);
  if (code !== 0) throw new Error(err);
  return out;
}

describe('a backup', () => {
  it('of a running platform brings back accounts and mail, small and large, elsewhere', async () => {
    const database = await freshDatabase();
    const plugins = { auth: authConfig, mail: { mailboxTtl: 0, smtp: { port: 0 } } };
    const first = await startPlatform({ plugins, database });
    const send = (app: TestPlatform, subject: string, text: string) =>
      sendMail(app.services.smtpReceiver.port()!, { from: 'a@sender.example', to: 'keep@example.com', subject, text });
    const mails = async (app: TestPlatform): Promise<{ id: number; subject: string }[]> => {
      await app.services.mailParseLoop.idle();
      return (await app.http.bearer(ROOT_TOKEN).get('/api/emails?mailbox=keep@example.com')).body;
    };
    const rawLarge = async (app: TestPlatform) => {
      const found = (await mails(app)).find(({ subject }) => subject === 'large');
      return (await app.http.bearer(ROOT_TOKEN).get(`/api/email/${found?.id}/download`)).text;
    };
    const large = `${'A line of a large mail, seventy characters long, with an é and 漢字 ..\r\n'.repeat(3_000)}`;
    await send(first, 'small', 'one');
    await send(first, 'large', large);
    // What a process is reading at that moment is its own until it is missed, also in the copy.
    await first.services.mailParseLoop.idle();
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-backup-test-'));
    const file = join(folder, 'backup.tar.gz');
    await patchbay(['backup', file], first.dataDir, database);
    await send(first, 'after the backup', 'three');
    const before = await rawLarge(first);
    await first.stop();

    const elsewhere = await freshDatabase();
    const dataDir = join(folder, 'data');
    await patchbay(['restore', file], dataDir, elsewhere);
    await assert.rejects(patchbay(['restore', file], dataDir, elsewhere), /is not empty/);
    const second = await startPlatform({ plugins, database: elsewhere, dataDir });
    assert.deepEqual((await mails(second)).map(({ subject }) => subject).sort(), ['large', 'small']);
    assert.equal(await rawLarge(second), before);
    assert.ok(before.length > 200_000);
    // New rows do not collide with those that came back.
    await send(second, 'new', 'four');
    assert.equal((await mails(second)).length, 3);
    await second.stop();
    await dropDatabase(elsewhere);
    rmSync(folder, { recursive: true, force: true });
  }).timeout(120_000);

  it('is whole when mail is appended to a segment while it is packed', async () => {
    const app = await startPlatform({ plugins: { auth: authConfig, mail: { smtp: { enabled: false } } } });
    const { blobs, db } = app.services;
    const store = async (bytes: Buffer) => {
      const writer = blobs.writer();
      await writer.write(bytes);
      const stored = await writer.finish();
      await db.transaction((trx) => blobs.insert(trx, [stored]));
    };
    // No multiple of the blocks of an archive, and nothing that packs fast.
    for (let index = 0; index < 60; index++) await store(randomBytes(250_001));
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-backup-test-'));
    let isPacked = false;
    let appending: Promise<void> | null = null;
    const append = async () => {
      while (!isPacked) await store(randomBytes(70_001));
    };
    const written = writeBackup(
      db,
      sourceOf(app.services, []),
      { staging: folder, target: join(folder, 'backup.tar.gz'), store: null },
      ({ message }) => {
        if (message === 'Packing') appending = append();
      },
    );
    const { missing } = await written.finally(() => {
      isPacked = true;
    });
    await appending;
    assert.deepEqual(missing, []);
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  }).timeout(60_000);
});
