/** Packages that were made into one file each: they are what they were, and a start loads them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundlePackages } from '#scripts/bundle-packages.ts';
import { environment, nodeBinary, root } from '#scripts/setup.mjs';

describe('packages that are one file each', () => {
  let folder: URL;
  before(async () => {
    folder = await bundlePackages();
  });

  it('export what the packages export', async () => {
    const files: Record<string, string> = JSON.parse(readFileSync(new URL('packages.json', folder), 'utf8'));
    assert.ok(Object.keys(files).length > 10);
    for (const [name, file] of Object.entries(files)) {
      const [is, was] = [await import(new URL(file, folder).href), await import(name)];
      // What Node adds to CommonJS is no part of it.
      const kinds = (all: Record<string, unknown>) =>
        Object.fromEntries(
          Object.entries(all)
            .filter(([key]) => key !== 'module.exports')
            .map(([key, value]) => [key, typeof value])
            .sort(),
        );
      assert.deepEqual(kinds(is), kinds(was), name);
    }
  });

  it('are what a process loads, once', () => {
    const recorder = new URL('../fixtures/loaded-modules.mjs', import.meta.url).href;
    const { status, stderr } = spawnSync(nodeBinary(), ['--import', recorder, 'core/main.ts', 'check'], {
      cwd: root,
      env: environment(),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const loaded = [...stderr.matchAll(/^loaded (.*)$/gm)].map(([, url]) => url!);
    assert.ok(loaded.includes(new URL('typebox.mjs', folder).href));
    assert.deepEqual(
      loaded.filter((url) => /node_modules\/(?:typebox|knex|koa|ajv|yaml)\//.test(url)),
      [],
    );
    const own = loaded.filter((url) => url.endsWith('.ts')).map((url) => fileURLToPath(url));
    assert.ok(own.length > 500);
    assert.equal(new Set(own).size, own.length, 'a module under two names would be there twice');
  });
}).timeout(60_000);
