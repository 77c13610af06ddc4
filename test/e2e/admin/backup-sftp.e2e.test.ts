/** Copies of backups over SFTP are set up in the pages: the server shows its key, somebody confirms it, and then it works. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { type SftpServer, sftpServer } from '#test/support/sftp-server.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('a place for copies over SFTP, in the pages', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let server: SftpServer;
  let visitor: Visitor;
  before(async () => {
    server = await sftpServer();
    app = await startPages({});
    visitor = await visit(app);
    await visitor.signIn(ADMIN.email, ADMIN.password);
  });
  after(async () => {
    await visitor?.leave();
    await app?.stop();
    await server?.stop();
  });

  it('is tried, confirmed and saved', async () => {
    const { page } = visitor;
    await visitor.open('/settings/server/backups');
    await page.getByRole('combobox', { name: 'Copies elsewhere' }).click();
    await page.getByRole('option', { name: 'SFTP', exact: true }).click();
    await page.getByRole('textbox', { name: 'Host' }).fill(server.host);
    await page.getByRole('textbox', { name: 'Port' }).fill(String(server.port));
    await page.getByRole('textbox', { name: 'User name' }).fill(server.user);
    await page.getByRole('textbox', { name: 'Private key' }).fill(server.privateKey);
    await page.getByRole('textbox', { name: 'Folder', exact: true }).fill(join(server.folder, 'patchbay'));
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByText('nobody has said that it is the right one').waitFor();
    await page.getByRole('button', { name: 'Yes, that is the one' }).click();
    const fingerprint = page.getByRole('textbox', { name: 'Fingerprint' });
    assert.equal(await fingerprint.inputValue(), server.fingerprint);
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByText('a small file was written, found, read and deleted').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Settings saved').waitFor();
    assert.deepEqual(readdirSync(join(server.folder, 'patchbay')), []);
    assert.equal(app.services.coreConfig.backups.target.sftp.fingerprint, server.fingerprint);
    assert.equal(await page.getByRole('textbox', { name: 'Private key' }).inputValue(), '(hidden)');
  });
});
