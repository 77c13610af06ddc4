/** A backup of one kind of database restored on the other, with everything in it. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onInstallation } from '#test/support/backups.ts';
import { dropDatabase, freshDatabase, startPlatform } from '#test/support/harness.ts';
import { everything, fill, mustBeWhole } from '#test/support/moving.ts';

const SQLITE = { client: 'sqlite3', connection: null };

describe('a backup of the other kind', () => {
  for (const [kind, from, to] of [
    ['SQLite on PostgreSQL', () => SQLITE, freshDatabase],
    ['PostgreSQL on SQLite', freshDatabase, () => SQLITE],
  ] as const) {
    it(`is restored with all that is in it: of ${kind}`, async () => {
      const all = everything();
      const [database, other] = [await from(), await to()];
      const app = await startPlatform({ plugins: all.plugins, database, dataDir: join(all.folder, 'data') });
      const { owner } = await fill(app);
      await app.platform.stop();
      const archive = join(all.folder, 'backup.tar.gz');
      const made = await onInstallation(['backup', archive], join(all.folder, 'data'), database, all.env);
      assert.deepEqual([made.code, made.err], [0, '']);
      const dataDir = join(all.folder, 'restored');
      const restored = await onInstallation(['restore', archive], dataDir, other, all.env);
      assert.deepEqual([restored.code, restored.err], [0, '']);
      const second = await startPlatform({ plugins: all.plugins, database: other, dataDir });
      await mustBeWhole(second, owner);
      await second.platform.stop();
      for (const one of [database, other]) await dropDatabase(one);
      await rm(all.folder, { recursive: true, force: true });
    }).timeout(300_000);
  }
});
