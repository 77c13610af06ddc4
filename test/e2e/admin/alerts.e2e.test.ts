/** Who runs the server sees what is watched, tries who is told, and pauses what they know of. */
import assert from 'node:assert/strict';
import { takeWarnings } from '#core/testing/warnings.ts';
import { startTelegram, type TelegramFake } from '#test/plugins/robots/telegram-fake.ts';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const TOKEN = '77:secret-of-the-alarm-bot';

describe('the page of alerts', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let telegram: TelegramFake;
  let visitor: Visitor;
  before(async () => {
    telegram = await startTelegram(TOKEN);
    app = await startPages({});
  });
  after(async () => {
    await app.stop();
    await telegram.stop();
    takeWarnings();
  });
  afterEach(() => visitor.leave());

  it('has a bot of Telegram set up, tried, and told why it cannot write', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/status/alerts');
    await page.getByText('No one is notified').waitFor();
    await page.getByRole('link', { name: 'Set up alerts' }).click();
    await page.getByRole('textbox', { name: 'Bot token' }).fill(TOKEN);
    await page.getByRole('textbox', { name: 'Chat' }).fill('-1001234');
    await page.getByRole('textbox', { name: 'API address' }).fill(telegram.url);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Settings saved').waitFor();
    await visitor.open('/status/alerts');
    await page.getByRole('button', { name: 'Send a test: Telegram' }).click();
    await page.getByText('Telegram took a message for the chat -1001234').waitFor();
    assert.equal(telegram.sent.at(-1)?.chat_id, '-1001234');
    telegram.refusals.push({ error_code: 403, description: 'Forbidden: bot was kicked from the group chat' });
    await page.getByRole('button', { name: 'Send a test: Telegram' }).click();
    await page.getByText('Forbidden: bot was kicked from the group chat').waitFor();
    await visitor.assertAccessible();
  });

  it('pauses one alert and all, in Chinese on a phone', async () => {
    await app.services.db
      .write('core_alerts')
      .insert({ name: 'disk-full', since: app.clock.now(), told_at: app.clock.now(), is_told: true });
    visitor = await visit(app, { language: 'zh', width: 'phone', scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/status/alerts');
    await page.getByText('已发生，已通知').waitFor();
    await page.getByRole('button', { name: '暂停：磁盘空间即将用尽' }).click();
    await page.getByRole('menuitem', { name: '一天' }).click();
    await page.getByRole('button', { name: '继续：磁盘空间即将用尽' }).waitFor();
    await page.getByText('已暂停', { exact: true }).waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: '全部暂停' }).click();
    await page.getByRole('menuitem', { name: '一小时' }).click();
    await page.getByRole('button', { name: '结束所有暂停' }).click();
    await page.getByRole('button', { name: '全部暂停' }).waitFor();
    const rows = await app.services.db.read('core_alerts').whereNotNull('paused_until');
    assert.deepEqual(rows, []);
  });
});
