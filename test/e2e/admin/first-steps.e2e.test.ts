/** The first minutes, without documentation: from the printed link to a received mail and a workflow that has run. */
import assert from 'node:assert/strict';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const PLUGINS = { mail: { smtp: { port: 0 } }, workflows: {} };

describe('first steps', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let visitor: Visitor;
  afterEach(async () => {
    await visitor.leave();
    await app.stop();
  });

  it('lead from the printed link to a mail and a workflow, by mouse', async () => {
    app = await startPages({ ...PLUGINS, auth: { admin: null } });
    const token = await app.services.registration.setupLink();
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.open(`/setup?token=${token}`);
    await page.getByLabel('E-mail address').fill('root@example.org');
    await page.getByLabel('New password').fill('a long secret 4711');
    await page.getByRole('button', { name: 'Set up' }).click();

    await page.getByRole('heading', { name: 'Mail arrives at example.com' }).waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Continue with example.com' }).click();
    // A mail may have made the mailbox, which then is nobody's and goes after an hour.
    const port = app.services.smtpReceiver.port() ?? 0;
    await sendMail(port, { from: 'shop@sender.example', to: 'hello@example.com', subject: 'Early', text: 'Hello' });
    // Who comes again is where they were.
    await visitor.open('/first-steps');
    await page.getByRole('button', { name: 'Create this mailbox' }).click();
    await page.getByText('Early').waitFor();
    await visitor.assertAccessible();
    const [mailbox] = await app.services.db.read('mail_mailboxes').select('tenant_id', 'is_pinned', 'made_by_mail');
    assert.deepEqual([mailbox?.tenant_id !== null, mailbox?.is_pinned, mailbox?.made_by_mail], [true, 1, 0]);
    assert.equal(await page.getByText('Waiting for a mail').count(), 0);

    await page.getByText(`127.0.0.1:${port}`, { exact: true }).waitFor();
    const text = 'Your code is 271828.';
    await sendMail(port, { from: 'shop@sender.example', to: 'hello@example.com', subject: 'By hand', text });
    await page.getByText('By hand').waitFor();
    await page.getByText('271828', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Send me a test mail' }).click();
    await page.getByText('It works').waitFor();
    await page.getByRole('button', { name: 'Continue to a workflow' }).waitFor();
    await visitor.open('/first-steps');
    // Of what came before this page was opened, too.
    await page.getByText('It runs with your newest mail:').waitFor();
    await page.getByRole('button', { name: 'Publish and run it' }).click();
    await page.getByText('sent the code 482913.').waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('link', { name: 'To the dashboard' }).click();
    await page.getByRole('heading', { name: 'Needs your attention' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Begin' }).count(), 0);
    assert.deepEqual(await app.services.db.read('workflows_executions').select('status'), [{ status: 'completed' }]);
  });

  it('are done by keyboard alone, in Chinese, on a telephone', async () => {
    app = await startPages(PLUGINS);
    visitor = await visit(app, { language: 'zh', width: 'phone', scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/first-steps');
    await press('使用 example.com 继续');
    await press('创建此邮箱');
    await press('给我发送测试邮件');
    await page.getByText('收到了').waitFor();
    await press('继续：工作流');
    await press('发布并运行');
    await page.getByText('发来了验证码 482913。').waitFor();
    await visitor.assertAccessible();
    await press('完成');
    await page.getByText('准备就绪').waitFor();

    /** Goes there by Tab, as who has no mouse does. */
    async function press(name: string): Promise<void> {
      const button = page.getByRole('button', { name, exact: true, disabled: false }).last();
      await button.waitFor();
      for (let tries = 0; tries < 60; tries++) {
        if ((await button.and(page.locator(':focus')).count()) > 0) break;
        await page.keyboard.press('Tab');
      }
      await page.locator('button:focus', { hasText: name }).waitFor();
      await page.keyboard.press('Enter');
    }
  });
});
