/** Who automates: from an empty folder to a mail that is answered by way of a call and a branch, a run that failed, and its end. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendMail } from '#test/support/smtp.ts';
import { type EmptyServer, setUp, startEmpty } from '../support/empty-folder.ts';
import { type Visitor, visit } from '../support/visitor.ts';
import { byMouse } from '../workflows/by-mouse.ts';

describe('the way of an automator', function () {
  this.timeout(150_000);
  let server: EmptyServer;
  let books: Server;
  let isOpen = true;
  let visitor: Visitor;
  before(async () => {
    books = createServer((request, response) => {
      request.resume();
      response.writeHead(isOpen ? 200 : 503, { 'content-type': 'application/json' }).end('{"accepted":true}');
    });
    await new Promise<void>((resolve) => books.listen(0, '127.0.0.1', resolve));
    server = await startEmpty();
    visitor = await visit(server);
    await setUp(visitor, server);
  });
  after(async () => {
    await visitor.leave();
    await server.stop();
    books.close();
  });

  const host = () => `127.0.0.1:${(books.address() as AddressInfo).port}`;
  const menu = (name: string) => visitor.page.getByRole('link', { name, exact: true }).first().click();
  const receive = (subject: string) =>
    sendMail(server.smtpPort, { from: 'ada@sender.example', to: 'hello@example.com', subject, text: 'See attached.' });

  it('begins with a mailbox, a mail in it, and the address that may be called', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Continue with example.com' }).click();
    await page.getByRole('button', { name: 'Create this mailbox' }).click();
    await page.getByText('Waiting for a mail').waitFor();
    await receive('Invoice 16');
    await page.getByText('Invoice 16').waitFor();
    await menu('Settings');
    await menu('Outgoing addresses');
    await page.getByRole('button', { name: 'Add an address' }).click();
    await page.getByRole('textbox', { name: 'Address 1' }).fill(host());
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Settings saved').waitFor();
  });

  it('builds mail → call → branch → mail by mouse, and publishes it', async () => {
    const { page } = visitor;
    await menu('Automations');
    await page.getByRole('link', { name: 'New workflow' }).first().click();
    const { named, step, insert, when, fill, tryAndPin, publish, dialog, button } = byMouse(page);
    await named('incoming');
    await button('A mail arrives').click();
    await dialog().getByRole('combobox', { name: 'Mailbox' }).click();
    await page.getByRole('option', { name: 'hello@example.com' }).click();
    await button('Use it').click();
    await dialog().waitFor({ state: 'hidden' });
    await page.getByText('From the last real event,').first().waitFor();
    await step('Insert a step at the beginning', 'HTTP request');
    await page.getByRole('combobox', { name: 'Method' }).click();
    await page.getByRole('option', { name: 'POST' }).click();
    await fill('Address', `http://${host()}/incoming`);
    await insert('Body', 'This step gets', '.subject');
    await tryAndPin();
    await step('Insert a step after “HTTP request”', 'Decide');
    await when(/^accepted/);
    await step('Insert a step after “Decide” (Case 1)', 'Send a mail');
    await page.getByRole('combobox', { name: 'From' }).click();
    await page.getByRole('option', { name: 'hello@example.com' }).click();
    await insert('To', 'The workflow began with', '.from');
    await fill('Subject', 'Received');
    await fill('Text', 'Thank you.');
    await publish();
  });

  it('sees a run fail, and goes on from the step that failed', async () => {
    const { page } = visitor;
    isOpen = false;
    await receive('Invoice 17');
    await menu('Home');
    await menu('Dashboard');
    await page.getByRole('link', { name: 'Workflows that failed this week' }).click();
    await page
      .getByRole('grid', { name: 'Runs' })
      .getByRole('link', { name: /incoming/ })
      .click();
    await page.getByRole('button', { name: 'Show the step' }).click();
    await page.getByRole('region', { name: 'HTTP request', exact: true }).getByText('Failed').waitFor();
    isOpen = true;
    await page.getByRole('button', { name: 'Continue from the failed step' }).click();
    await page
      .getByRole('group', { name: 'Graph of the steps' })
      .getByRole('button', { name: /Completed/ })
      .last()
      .waitFor();
    await menu('Mail');
    await menu('Sent');
    await page.getByRole('grid').getByText('Received').first().waitFor();
    assert.ok(await page.getByRole('grid').getByText('ada@sender.example').first().isVisible());
  });
});
