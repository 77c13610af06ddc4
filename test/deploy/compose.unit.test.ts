/** The compose files: what they say is what Compose knows, and what they set is what Patchbay knows. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { patchbay, ROOT } from '#test/support/command-line.ts';

const FOLDER = join(ROOT, 'deploy', 'compose');
const FILES = readdirSync(FOLDER);
/** Of the Compose specification, what is used here. */
const OF_A_SERVICE =
  'image command ports volumes environment read_only tmpfs cap_drop cap_add security_opt restart stop_grace_period depends_on'.split(
    ' ',
  );
const VARIABLE = /\$\{(?<name>\w+)(?::(?<kind>[-?])(?<rest>[^}]*))?\}/g;
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;

for (const file of FILES) {
  describe(`deploy/compose/${file}`, () => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const { services, volumes, ...others } = parse(text);

    it('says what Compose knows', () => {
      assert.deepEqual(others, {});
      for (const [name, service] of Object.entries<Record<string, any>>(services)) {
        assert.deepEqual(
          Object.keys(service).filter((key) => !OF_A_SERVICE.includes(key)),
          [],
          name,
        );
        for (const volume of service.volumes) assert.ok(Object.hasOwn(volumes, volume.split(':')[0]), volume);
        for (const other of Object.keys(service.depends_on ?? {})) assert.ok(Object.hasOwn(services, other), other);
      }
      if (!hasCompose) return console.log('      not asked: docker compose');
      const { status, stderr } = spawnSync('docker', ['compose', '--file', join(FOLDER, file), 'config', '--quiet'], {
        env: { ...process.env, DOMAIN: 'patchbay.example.com' },
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
    });

    it('has a value for every variable, or says that one is missing', () => {
      const named = [...text.matchAll(VARIABLE)];
      assert.equal(named.length, text.match(/\$/g)?.length);
      for (const { groups } of named) assert.ok(groups?.kind && groups.rest, groups?.name);
    });

    it('sets what Patchbay knows', async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'patchbay-compose-'));
      const filled = text.replaceAll(VARIABLE, (_, _name, kind, rest) =>
        kind === '?' ? 'patchbay.example.com' : rest,
      );
      const { environment } = parse(filled).services.patchbay;
      const { code, err } = await patchbay(['check'], { ...environment, PATCHBAY_DATADIR: dataDir });
      rmSync(dataDir, { recursive: true, force: true });
      assert.deepEqual([code, err], [0, '']);
    });

    it('is named in the documentation', () => {
      const guide = join(ROOT, 'docs', 'install.md');
      assert.ok(existsSync(guide) && readFileSync(guide, 'utf8').includes(file));
    });
  });
}
