/** Who hosts for themselves: from an empty folder to a named server with a domain, mail that leaves, a backup and a colleague. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { type EmptyServer, FIRST, restartByMouse, setUp, startEmpty } from '../support/empty-folder.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('the way of a self-hoster', function () {
  this.timeout(150_000);
  let server: EmptyServer;
  let relay: MailServer;
  let visitor: Visitor;
  let colleague: Visitor | null = null;
  /** Another name of this machine stands for one that the world knows. */
  let named: string;
  before(async () => {
    relay = await startMailServer();
    server = await startEmpty();
    named = server.url.replace('127.0.0.1', 'localhost');
  });
  after(async () => {
    await colleague?.leave();
    await visitor.leave();
    await server.stop();
    await relay.close();
  });

  const line = (name: string) =>
    visitor.page.getByRole('region', { name: 'Your first steps' }).getByRole('listitem').filter({ hasText: name });
  const isTicked = (name: string) => line(name).getByRole('img', { name: 'Done' }).waitFor();

  async function inSheet(step: string, work: (sheet: Locator) => Promise<void>): Promise<void> {
    await visitor.page.getByRole('button', { name: `Set up: ${step}` }).click();
    const sheet = visitor.page.getByRole('dialog');
    await work(sheet);
    await sheet.waitFor({ state: 'detached' });
    await isTicked(step);
  }

  it('leads from the printed link to a server with a name, a domain and mail that leaves', async () => {
    visitor = await visit(server);
    const { page } = visitor;
    await setUp(visitor, server);
    await page.getByRole('link', { name: 'Not now' }).click();
    await visitor.sees('Dashboard');
    await inSheet('Your name', async (sheet) => {
      await sheet.getByLabel('Name', { exact: true }).fill('Ada Lovelace');
      await sheet.getByRole('button', { name: 'Save' }).click();
    });
    await inSheet('Use your own domain', async (sheet) => {
      await sheet.getByRole('button', { name: 'Use your own domain' }).click();
      await sheet.getByRole('textbox', { name: 'Your domain' }).fill('acme-company.com');
      await sheet.getByRole('button', { name: 'Use this domain' }).click();
      await sheet.getByRole('table', { name: 'DNS records' }).getByText('acme-company.com').first().waitFor();
      await sheet.getByRole('button', { name: 'Close' }).click();
    });
    await inSheet('Send mail', async (sheet) => {
      await sheet.getByRole('combobox', { name: 'How mail is sent' }).click();
      await page.getByRole('option', { name: 'Through a mail server (SMTP relay)' }).click();
      await sheet.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1');
      await sheet.getByRole('textbox', { name: 'Port' }).fill(String(relay.port));
      await sheet.getByRole('button', { name: 'Test' }).click();
      await sheet.getByText('It works').waitFor();
      await sheet.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Settings saved').waitFor();
      await sheet.getByRole('button', { name: 'Close' }).click();
    });
    assert.deepEqual((await relay.has(1))[0]?.to, [FIRST.email]);
  });

  it('keeps a backup every night, and one now', async () => {
    await inSheet('A backup every night', async (sheet) => {
      await sheet.getByRole('button', { name: 'Create a backup' }).click();
      await sheet.getByText('Done').first().waitFor();
      await sheet.getByRole('button', { name: 'Close' }).first().click();
    });
  });

  it('gets an address of its own, in force after a restart from the page', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('link', { name: 'Address and certificate' }).click();
    const address = page.getByRole('textbox', { name: 'Public address' });
    await address.fill(named);
    await page.getByRole('button', { name: 'Save' }).click();
    await restartByMouse(visitor);
    assert.equal(await address.inputValue(), named);
  });

  it('invites a colleague, who gets the mail and comes in at that address', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await inSheet('Invite a colleague', async (sheet) => {
      await sheet.getByLabel('E-mail address').fill('grace@acme.example');
      await sheet.getByRole('button', { name: 'Send the invitation' }).click();
      await page.getByText('grace@acme.example is invited').waitFor();
      await sheet.getByRole('button', { name: 'Done' }).last().click();
    });
    const mail = (await relay.has(2))[1];
    assert.deepEqual(mail?.to, ['grace@acme.example']);
    const [link] = new RegExp(`${named}/auth/invitation\\?token=[\\w-]+`).exec(unfolded(mail?.raw ?? '')) ?? [];
    assert.ok(link, mail?.raw);
    colleague = await visit({ url: named });
    await colleague.open(link);
    await colleague.page.getByLabel('Name').fill('Grace Hopper');
    await colleague.page.getByLabel('New password').fill('another secret 4711');
    await colleague.page.getByRole('button', { name: 'Create account' }).click();
    await colleague.page.getByText('Good to see you, Grace Hopper.').waitFor();
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('grid', { name: 'People' }).getByText('grace@acme.example').waitFor();
  });
});

/** Of a mail whose long lines end in `=`. */
function unfolded(raw: string): string {
  return raw.replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=');
}
