/** The check-list of the first fifteen minutes on Home: each line is done in a sheet, and is ticked by what is there then. */
import assert from 'node:assert/strict';
import { ADMIN, addMember, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const PLUGINS = {
  mail: { smtp: { port: 0 }, domains: ['example.com'], publicDomains: ['example.com'] },
  robots: {},
  'ai-replies': {},
  licensing: {},
  workflows: {},
};

describe('the check-list of the first steps', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let owner: Person;
  let member: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages(PLUGINS, { config: { backups: { schedule: '0 3 * * *', rehearsal: null } } });
    owner = await register(app, 'owner');
    member = await addMember(app, await register(app, 'boss'), 'member');
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  const line = (name: string) =>
    visitor.page.getByRole('region', { name: 'Your first steps' }).getByRole('listitem').filter({ hasText: name });
  const isTicked = (name: string) => line(name).getByRole('img', { name: 'Done' }).waitFor();
  const openStep = (name: string) => visitor.page.getByRole('button', { name: `Set up: ${name}` }).click();
  const sheet = (name?: string | RegExp) => visitor.page.getByRole('dialog', name === undefined ? {} : { name });

  it('is done by who administers an organisation, without leaving the page', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/');
    await page.getByText('1 of 8 done').waitFor();
    await isTicked('Your name');
    await visitor.assertAccessible();

    await openStep('Receive a mail');
    await sheet().getByLabel('Name before the @').fill('hello');
    await sheet().getByRole('button', { name: 'Create a mailbox' }).click();
    await sheet().getByText('Waiting for a mail').waitFor();
    await visitor.assertAccessible();
    const port = app.services.smtpReceiver.port() ?? 0;
    await sendMail(port, { from: 'shop@sender.example', to: 'hello@example.com', subject: 'By hand', text: 'One' });
    await sheet().getByText('By hand').waitFor();
    await sheet().getByRole('button', { name: 'Close' }).click();
    await isTicked('Receive a mail');

    await openStep('A robot');
    await sheet().getByLabel('Name').fill('Robbie');
    await sheet().getByRole('button', { name: 'Create' }).click();
    await isTicked('A robot');

    await openStep('Invite a colleague');
    await sheet().getByLabel('E-mail address').fill('new@example.org');
    await sheet().getByRole('button', { name: 'Create invitation' }).click();
    await sheet(/new@example\.org/)
      .getByRole('textbox')
      .waitFor();
    await visitor.assertAccessible();
    await sheet(/new@example\.org/)
      .getByRole('button', { name: 'Done' })
      .last()
      .click();
    await isTicked('Invite a colleague');

    await openStep('A product to sell licences for');
    await sheet().getByLabel('Code').fill('editor');
    await sheet().getByRole('button', { name: 'Create product' }).click();
    await isTicked('A product to sell licences for');

    // What shows the definition comes later than the person's first click, who writes nothing all the same.
    const { promise: isClicked, resolve: click } = Promise.withResolvers<void>();
    await page.route(/\/code-editor-/, async (route) => {
      await isClicked;
      await route.continue();
    });
    await openStep('A first automation');
    await sheet().getByRole('button', { name: 'Publish and run it' }).click();
    click();
    await sheet().locator('.cm-content').last().waitFor();
    await sheet().getByRole('link', { name: 'See each of its steps' }).waitFor();
    await sheet().getByRole('button', { name: 'Close' }).click();
    await isTicked('A first automation');

    await openStep('Connect a model');
    await sheet()
      .getByRole('button', { name: /Ollama/ })
      .click();
    await sheet().getByRole('button', { name: 'Cancel' }).click();
    await openStep('A second factor for your account');
    await sheet().getByRole('button', { name: 'Close' }).click();
    assert.equal(new URL(page.url()).pathname, '/');
    await page.getByText('6 of 8 done').waitFor();
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('region', { name: 'Your first steps' }).waitFor({ state: 'detached' });
  });

  it('has what a member can do, and no more', async () => {
    visitor = await visit(app, { language: 'zh', width: 'phone', scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(member.email, member.password);
    await visitor.open('/');
    const list = page.getByRole('region', { name: '入门清单' });
    await list.getByText('已完成 0/4').waitFor();
    await visitor.assertAccessible();
    await list.getByRole('button', { name: '设置：您的姓名' }).click();
    await page.getByRole('dialog').getByLabel('姓名').fill('小王');
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
    await list.getByText('已完成 1/4').waitFor();
  });

  it('has the server’s own for who runs it', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/');
    await openStep('Send mail');
    await sheet('Send mail').getByRole('button', { name: 'Save' }).waitFor();
    await visitor.assertAccessible();
    await sheet('Send mail').getByRole('button', { name: 'Close' }).click();
    await openStep('Use your own domain');
    await sheet('Use your own domain').getByText('Mail arrives at example.com').waitFor();
    await page.keyboard.press('Escape');
    await openStep('A backup every night');
    await sheet('A backup every night').getByRole('button', { name: 'Create a backup' }).click();
    await sheet('A backup every night').getByText('Done').first().waitFor();
    await page.keyboard.press('Escape');
    await isTicked('A backup every night');
  });
});
