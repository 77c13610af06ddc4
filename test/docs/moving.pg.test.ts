/** The commands in the page about moving to PostgreSQL work as printed, and its configuration is one. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { builtInPlugins } from '#core/plugins.ts';
import { runBlock, shellBlocks, yamlBlock } from '../support/documents.ts';
import { dropDatabase, freshDatabase, startPlatform } from '../support/harness.ts';

describe('page about moving to PostgreSQL', () => {
  it('shows commands that move there and back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-moving-'));
    const plugins = { auth: { rootToken: 'a-long-random-token-for-scripts' } };
    const off = Object.fromEntries(builtInPlugins().map((name) => [name, { enabled: false }]));
    const database = await freshDatabase();
    const dataDir = join(folder, 'data');
    const patchbay = await startPlatform({ plugins, database: { client: 'sqlite3', connection: null }, dataDir });
    await patchbay.platform.stop();
    const [there = '', back = ''] = shellBlocks('docs/moving.md');
    const env = {
      PATCHBAY_DATADIR: dataDir,
      PATCHBAY_PLUGINS: JSON.stringify({ ...off, ...plugins }),
      TARGET: String(database.connection),
      FOLDER: folder,
    };
    const said = await runBlock(patchbay, there, { ...env, PATCHBAY_DATABASE: JSON.stringify({ client: 'sqlite3' }) });
    const shown = parse(yamlBlock('docs/moving.md', 'Move'));
    assert.match(said, new RegExp(`client: ${shown.database.client}\\n +connection: postgres:`));
    const again = await runBlock(patchbay, back, { ...env, PATCHBAY_DATABASE: JSON.stringify(database) });
    assert.match(again, /client: sqlite3\n +connection: .*patchbay\.sqlite3/);
    await dropDatabase(database);
    rmSync(folder, { recursive: true, force: true });
  }).timeout(180_000);
});
