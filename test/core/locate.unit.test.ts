/** Where packages of plugins are looked for. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '#core/config/load.ts';
import { locate } from '#core/loading/locate.ts';

describe('a package of a plugin', () => {
  it('is found beside the platform when the configuration lies elsewhere', () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-etc-'));
    const loaded = { ...loadConfig({ env: {} }), baseFolder: folder };
    assert.match(locate('yaml', loaded, []).folder, /node_modules\/yaml\/?$/);
    assert.throws(() => locate('@acme/not-there', loaded, []), /a package that is installed in/);
    rmSync(folder, { recursive: true });
  });
});
