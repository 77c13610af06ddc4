/** The commands in the guide to backups work as printed, and its configuration is one. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { runBlock, shellBlocks, yamlBlock } from '../support/documents.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

describe('guide to backups', () => {
  let patchbay: TestPlatform;
  before(async () => {
    const { backups } = parse(yamlBlock('docs/backup.md', 'When, and what is kept'));
    // Only when it is asked for, and where a test may write.
    const own = { schedule: '0 3 1 1 *', rehearsal: '0 5 1 1 *', folder: null };
    patchbay = await startPlatform({
      plugins: { auth: { rootToken: 'a-long-random-token-for-scripts' } },
      config: { backups: { ...backups, ...own, leaveFreeMb: 0 } },
    });
  });
  after(() => patchbay.stop());

  it('shows commands that make, rehearse, fetch and restore one', async () => {
    const [made = '', fetched = '', commands = ''] = shellBlocks('docs/backup.md');
    assert.match(await runBlock(patchbay, made), /"outcome":"passed"/);
    assert.match(await runBlock(patchbay, fetched), /"secret_fingerprint"/);
    const { database } = patchbay.services.coreConfig;
    const env = {
      PATCHBAY_DATADIR: patchbay.dataDir,
      PATCHBAY_DATABASE: JSON.stringify({ client: database.client, connection: null }),
      PATCHBAY_PLUGINS: JSON.stringify({ auth: {} }),
    };
    const restored = await runBlock(patchbay, commands, env);
    assert.match(restored, /Wrote .*today\.tar\.gz: .*accounts/);
    assert.match(restored, /Restored .*\n[\s\S]*patchbay\.sqlite3/);
  }).timeout(120_000);
});
