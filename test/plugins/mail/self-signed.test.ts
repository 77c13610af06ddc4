/** The certificate that the mail ports have where there is no other: one for all replicas, whatever lies in their folders. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSignedIn } from '#core/certificates/self-signed.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

const PLUGINS = { auth: {}, mail: {} };
const shown = (app: TestPlatform) => app.services.certificates.selfSigned('smtp', 'mail.example');

describe('the certificate that mail ports have for want of another', () => {
  let app: TestPlatform;
  afterEach(() => app.stop());

  it('is in the database, the same after a start with an empty folder and at another replica', async () => {
    app = await startPlatform({ plugins: PLUGINS });
    const { key, cert } = await shown(app);
    assert.ok(!existsSync(join(app.dataDir, 'smtp.pem')));
    const row = await app.services.db.read('core_installation').where({ name: 'self_signed:smtp' }).first();
    assert.ok(row && !row.value.includes('PRIVATE'), 'sealed');
    if (testDatabase === 'pg') {
      const dataDir = await mkdtemp(join(tmpdir(), 'patchbay-test-'));
      await cp(join(app.dataDir, 'secrets.json'), join(dataDir, 'secrets.json'));
      const { database } = app.services.coreConfig;
      const other = await startPlatform({ plugins: PLUGINS, database, dataDir });
      assert.deepEqual(await shown(other), { key, cert });
      await other.platform.stop();
      await rm(dataDir, { recursive: true });
    }
    app = await app.restart();
    assert.deepEqual(await shown(app), { key, cert });
  });

  it('is the one that an older version had in its folder, in one file or in two', async () => {
    for (const isInTwo of [false, true]) {
      const dataDir = await mkdtemp(join(tmpdir(), 'patchbay-test-'));
      const former = await selfSignedIn(join(dataDir, 'smtp.pem'), 'mail.example');
      if (isInTwo) {
        await rm(join(dataDir, 'smtp.pem'));
        await writeFile(join(dataDir, 'smtp-key.pem'), former.key);
        await writeFile(join(dataDir, 'smtp-cert.pem'), former.cert);
      }
      app = await startPlatform({ plugins: PLUGINS, dataDir });
      const { key, cert } = await shown(app);
      assert.deepEqual([key.trim(), cert.trim()], [former.key.trim(), former.cert.trim()]);
      if (!isInTwo) await app.stop();
    }
  });
});
