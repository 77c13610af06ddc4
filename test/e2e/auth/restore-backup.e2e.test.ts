/** A backup restored by mouse into a fresh server, in place of its first administrator; the process starts again under the page. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ADMIN } from '#test/support/accounts.ts';
import { onInstallation } from '#test/support/backups.ts';
import { CACHE, MAIN, ROOT } from '#test/support/command-line.ts';
import { freePort } from '#test/support/free-port.ts';
import { startPlatform } from '#test/support/harness.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('restoring a backup from the set-up page', function () {
  this.timeout(120_000);
  let server: ChildProcess;
  let said = '';
  let url: string;
  let folder: string;
  let archive: string;
  let dataDir: string;
  let visitor: Visitor;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-restore-page-'));
    const full = await startPlatform({ plugins: { auth: { admin: ADMIN }, admin: {} } });
    archive = join(folder, 'patchbay-20260101T020000Z-0a1b2c3d-scheduled.tar.gz');
    const { code, err } = await onInstallation(['backup', archive], full.dataDir, {
      ...full.services.coreConfig.database,
    });
    assert.equal(code, 0, err);
    await full.stop();
    dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const env = {
      PATH: process.env.PATH,
      ...CACHE,
      PATCHBAY_DATADIR: dataDir,
      PATCHBAY_HTTP__PORT: String(port),
      PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0',
    };
    server = spawn(process.execPath, [MAIN, 'start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'ignore'] });
    server.stdout?.on('data', (chunk) => {
      said += chunk;
    });
    while (!/\/setup\?token=\S+/.test(said)) await pause(100);
  });
  after(async () => {
    await visitor?.leave();
    server.kill('SIGKILL');
  });

  const link = (): string => /\/setup\?token=\S+/.exec(said)?.[0] ?? '';

  it('says why a file cannot be, and leaves the server as it was', async () => {
    visitor = await visit({ url });
    const { page } = visitor;
    visitor.expectProblem(/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|status of (503|404|422)|net::/);
    await visitor.open(link());
    await page.getByRole('button', { name: 'Restore a backup instead' }).click();
    const broken = join(folder, 'broken.tar.gz');
    writeFileSync(broken, 'this is no archive');
    await choose(broken);
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('Nothing was restored').waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await page.getByRole('button', { name: 'Set up' }).waitFor();
  });

  it('finds it in a folder of the server', async () => {
    const { page } = visitor;
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    cpSync(archive, join(kept, archive.split('/').at(-1) ?? ''));
    await page.getByRole('button', { name: 'Restore a backup instead' }).click();
    await page.getByText('From where copies are').click();
    await page.getByLabel('Folder').fill(kept);
    await page.getByRole('button', { name: 'Show backups' }).click();
    await page.getByRole('radio', { name: /2026/ }).waitFor();
    assert.equal(await page.getByRole('radio', { name: /2026/ }).count(), 1);
    await page.getByText('From this computer').click();
  });

  it('brings it back from a file, and lets in who was there', async () => {
    const { page } = visitor;
    await choose(archive);
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('The backup is restored').waitFor({ timeout: 60_000 });
    assert.equal(server.exitCode, null, 'it is the same process');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await visitor.signIn(ADMIN.email, ADMIN.password);
    const left = readdirSync(dataDir).filter((name) => name.startsWith('.'));
    assert.deepEqual(left, []);
  });

  async function choose(file: string): Promise<void> {
    const { page } = visitor;
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByLabel('Backup', { exact: true }).click(),
    ]);
    await chooser.setFiles(file);
  }
});
