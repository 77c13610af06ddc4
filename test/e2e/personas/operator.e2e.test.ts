/** Who operates the server: from an empty folder to alerts, mended jobs, a rehearsed backup, a restart, and who did what. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EmptyServer, restartByMouse, setUp, startEmpty } from '../support/empty-folder.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const MEMBER = 'mia@acme.example';

describe('the way of an operator', function () {
  this.timeout(150_000);
  let server: EmptyServer;
  /** What hears alerts, and where a newer version is said to be. */
  let world: Server;
  const told: string[] = [];
  let visitor: Visitor;
  before(async () => {
    world = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      if (request.method === 'POST') told.push(body);
      response.end(JSON.stringify({ version: '999.1.0', changelog: 'https://example.org/changes' }));
    });
    await new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve));
    server = await startEmpty();
    visitor = await visit(server);
    await setUp(visitor, server);
  });
  after(async () => {
    await visitor.leave();
    await server.stop();
    world.closeAllConnections();
    world.close();
  });

  const at = (path: string) => `http://127.0.0.1:${(world.address() as AddressInfo).port}${path}`;
  const menu = (name: string) => visitor.page.getByRole('link', { name, exact: true }).first().click();

  it('is told when something is wrong, once a webhook was set up and tried', async () => {
    const { page } = visitor;
    await menu('Status');
    await menu('Alert status');
    await page.getByRole('link', { name: 'Set up alerts' }).click();
    await page.getByRole('textbox', { name: 'Webhook' }).fill(at('/alerts'));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Settings saved').waitFor();
    await menu('Status');
    await menu('Alert status');
    await page.getByRole('button', { name: 'Send a test: Webhook' }).click();
    await page.getByText('Sent').first().waitFor();
    assert.equal(told.length, 1);
    await menu('Jobs');
    await visitor.sees('Jobs');
  });

  it('makes a backup and has it rehearsed', async () => {
    const { page } = visitor;
    await menu('Settings');
    await menu('Backups');
    await page.getByRole('button', { name: 'Create a backup' }).click();
    await page.getByRole('link', { name: /^patchbay-.*\.tar\.gz$/ }).waitFor();
    await page.getByRole('button', { name: 'Rehearse now' }).click();
    await page.getByText('Can be restored').first().waitFor();
  });

  it('changes a setting that needs a restart, restarts, and sees that an update is there', async () => {
    const { page } = visitor;
    await menu('Address and certificate');
    await page.getByRole('textbox', { name: 'Update check' }).fill(at('/version.json'));
    await page.getByRole('textbox', { name: 'Public address' }).fill(server.url.replace('127.0.0.1', 'localhost'));
    await page.getByRole('button', { name: 'Save' }).click();
    await restartByMouse(visitor);
    await menu('Status');
    await menu('System');
    await page.getByRole('button', { name: 'Ask now' }).click();
    await page.getByText('Patchbay 999.1.0 is there').waitFor();
  });

  it('suspends somebody who came by invitation, and finds all of it in the audit log', async () => {
    const { page } = visitor;
    await menu('Settings');
    await menu('People');
    await menu('Invitations');
    await page.getByRole('button', { name: 'Invite someone' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail address').fill(MEMBER);
    await dialog.getByRole('button', { name: 'Create invitation' }).click();
    const link = await dialog.getByRole('textbox', { name: 'Link of the invitation' }).inputValue();
    await dialog.getByRole('button', { name: 'Done' }).last().click();
    await dialog.waitFor({ state: 'detached' });
    const member = await visit(server);
    await member.open(link.replace('localhost', '127.0.0.1'));
    await member.page.getByLabel('Name').fill('Mia');
    await member.page.getByLabel('New password').fill('a secret of Mia 4711');
    await member.page.getByRole('button', { name: 'Create account' }).click();
    await member.page.getByText('Good to see you, Mia.').waitFor();
    await menu('People');
    await page
      .getByRole('grid', { name: 'People' })
      .getByRole('link', { name: /Mia|mia@/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Suspend' }).click();
    await page.getByText('Suspended').first().waitFor();
    // Its live stream is cut off, and what it asks for is refused.
    member.expectProblem(/401|ERR_INCOMPLETE/);
    await member.page.getByRole('link', { name: 'Mail', exact: true }).click();
    await member.page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await member.leave();

    await menu('Audit log');
    const log = page.getByRole('grid', { name: 'Audit log' });
    await log.getByText(MEMBER).first().waitFor();
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByText('The log is whole').waitFor();
  });
});
