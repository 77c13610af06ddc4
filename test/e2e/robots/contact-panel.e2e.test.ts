/** Beside a conversation stands who one speaks with: what is noted, earlier conversations, and what other plugins know. */
import assert from 'node:assert/strict';
import { addMember } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { sendMail } from '#test/support/smtp.ts';
import { robotOf, type TestRobot, upload } from '../../plugins/robots/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('the contact beside a conversation', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let robot: TestRobot;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({
      robots: { requestsPerMinute: 0 },
      mail: { smtp: { port: 0 }, publicDomains: ['example.com'] },
      licensing: {},
    });
    robot = await robotOf(app);
    await upload(robot, { spoken: 'Where is my licence?' });
    const { owner } = robot;
    const to = await mailboxOf(app, owner, 'support');
    const mail = { from: 'zhang@customer.example', to, subject: 'A mail of mine', text: 'Hello' };
    await sendMail(app.services.smtpReceiver.port() ?? 0, mail);
    await app.services.mailParseLoop.idle();
    const licence = { plan: 'yearly', email: 'zhang@customer.example' };
    assert.equal((await owner.http.post('/api/platform/licensing/licences', licence)).status, 201);
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('shows what is known once an address is noted, and is put away by a button', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open('/inbox');
    await page.getByRole('link', { name: /张三.*Where is my licence/ }).click();
    const contact = page.getByRole('complementary', { name: 'Contact' });
    await contact.getByText('are found by e-mail address').waitFor();
    await contact.getByText('This is the first conversation').waitFor();
    await contact.getByRole('button', { name: 'Change' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add a field' }).click();
    await dialog.getByLabel('Name of field 1').fill('email');
    await dialog.getByLabel('Value of email').fill('zhang@customer.example');
    await dialog.getByRole('button', { name: 'Save' }).click();

    const licences = contact.getByRole('region', { name: 'Licences' });
    await licences.getByRole('link', { name: /^LIC-/ }).waitFor();
    await licences.getByText('Active').waitFor();
    await contact
      .getByRole('region', { name: 'Mail from them' })
      .getByRole('link', { name: 'A mail of mine' })
      .waitFor();
    await contact.getByRole('region', { name: 'Mail sent to them' }).getByText('None').waitFor();
    await visitor.assertAccessible();

    await contact.getByRole('button', { name: 'Hide the contact' }).click();
    await contact.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Contact', exact: true }).click();
    await licences.getByRole('link', { name: 'Show all: Licences' }).click();
    await page.getByRole('heading', { level: 1, name: 'Licences' }).waitFor();
    await page.getByText('zhang@customer.example').first().waitFor();
  });

  it('is shown of a sender beside a mail', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open('/mail');
    await page.getByRole('link', { name: /A mail of mine/ }).click();
    await page.getByRole('button', { name: 'About the sender' }).click();
    const sheet = page.getByRole('dialog', { name: 'zhang@customer.example' });
    await sheet.getByRole('region', { name: 'Licences' }).getByRole('link', { name: /^LIC-/ }).waitFor();
    await sheet.getByRole('region', { name: 'Conversations' }).getByText('Where is my licence?').waitFor();
    await visitor.assertAccessible();
  });

  it('opens over the page on a telephone, and shows a member no licences', async () => {
    const member = await addMember(app, robot.owner, 'member');
    await app.services.db.transaction((trx) => trx('robots_robots' as never).update({ user_id: null } as never));
    visitor = await visit(app, { width: 'phone', language: 'zh', scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(member.email, member.password);
    await visitor.open('/inbox');
    await page.getByRole('link', { name: /张三/ }).click();
    await page.getByRole('button', { name: '联系人', exact: true }).click();
    const sheet = page.getByRole('dialog', { name: '联系人' });
    await sheet.getByRole('region', { name: '对方发来的邮件' }).waitFor();
    assert.equal(await sheet.getByRole('region', { name: '许可证' }).count(), 0);
    await visitor.assertAccessible();
  });
});
