/** Channels: a bot of Telegram becomes a robot by its token, and what is wrong with it is shown. */
import { type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startTelegram, type TelegramFake } from '../../plugins/robots/telegram-fake.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const TOKEN = '123456:secret-of-the-bot';

describe('channels', function () {
  this.timeout(60_000);
  let telegram: TelegramFake;
  let app: TestPlatform;
  let owner: Person;
  let visitor: Visitor;
  before(async () => {
    telegram = await startTelegram(TOKEN);
    const robots = { requestsPerMinute: 0, telegram: { apiBase: telegram.url } };
    const http = { outbound: { allow: ['127.0.0.1'] }, rateLimit: { enabled: false } };
    app = await startPages({ robots }, { config: { http } });
    owner = await register(app);
  });
  after(async () => {
    await app.stop();
    await telegram.stop();
  });
  afterEach(() => visitor.leave());

  it('have accounts that are connected by a token', async () => {
    visitor = await visit(app, { language: 'zh', width: 'phone' });
    const { page } = visitor;
    visitor.expectProblem(/422/);
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/assistants/channels');
    await page.getByRole('button', { name: '接入账号' }).first().click();
    const form = page.getByRole('dialog', { name: '接入账号' });
    await form.getByLabel('令牌').fill('1:nobody');
    await form.getByRole('button', { name: '接入', exact: true }).click();
    await form.getByText('平台不接受此账号').waitFor();
    await form.getByLabel('令牌').fill(TOKEN);
    await visitor.assertAccessible();
    await form.getByRole('button', { name: '接入', exact: true }).click();
    await page.getByText('已创建 Shop').waitFor();
    await page.getByRole('link', { name: 'Shop' }).waitFor();
    await app.services.db.write('robots_channel_robots').update({ problem: 'Unauthorized' });
    await page.reload();
    await page.getByText('Unauthorized').waitFor();
    await visitor.assertAccessible();
  });
});
