/** Folders of backups that are under way: they stay while their process lives, and go when it was killed. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeAbandoned, stagingFor } from '#core/backup/staging.ts';
import { abandonedStaging, heldStaging, temporaryFolder } from '#test/support/backups.ts';

describe('a folder for a backup that is under way', () => {
  it('goes at once when its process was killed, and stays while that lives', async () => {
    const folder = temporaryFolder();
    const target = join(folder, 'one.tar.gz');
    const left = await abandonedStaging(target);
    writeFileSync(join(left, 'secrets.json'), '{}');
    const held = await heldStaging(target);
    assert.equal(existsSync(left), false, 'the next one removes what was left');
    const own = await stagingFor(target);
    await removeAbandoned(folder);
    assert.equal(existsSync(held.folder), true);
    assert.equal(existsSync(own.folder), true);
    await held.kill();
    await removeAbandoned(folder);
    assert.equal(existsSync(held.folder), false);
    await own.remove();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('goes by its time where nothing was locked, and nothing else goes', async () => {
    const folder = temporaryFolder();
    const [young, old] = ['.patchbay-backup-young', '.patchbay-backup-old'].map((name) => join(folder, name));
    for (const path of [young, old]) mkdirSync(String(path));
    writeFileSync(join(folder, 'other.tar.gz'), '');
    const yesterday = new Date(Date.now() - 21 * 3600 * 1000);
    for (const path of [old, join(folder, 'other.tar.gz')]) utimesSync(String(path), yesterday, yesterday);
    await removeAbandoned(folder);
    assert.deepEqual(readdirSync(folder).sort(), ['.patchbay-backup-young', 'other.tar.gz']);
    await removeAbandoned(join(folder, 'none'));
  });
});
