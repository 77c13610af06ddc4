/** What an organisation sets for its inbox: working hours, ratings, how long messages are kept. */
import assert from 'node:assert/strict';
import { type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('settings of the inbox', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let owner: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ robots: { requestsPerMinute: 0 } });
    owner = await register(app);
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  async function settings() {
    return (await owner.http.get('/api/platform/auth/settings')).body.settings;
  }

  it('are forms, saved one by one and undone', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/settings/working-hours');
    const hours = page.getByRole('region', { name: 'Working hours of the inbox' });
    await hours.getByRole('switch').click();
    await hours.getByRole('checkbox', { name: 'Friday' }).uncheck();
    await hours.getByLabel('Monday, to').fill('09:00');
    await hours.getByText('Begins and ends at the same time').waitFor();
    assert.ok(await hours.getByRole('button', { name: 'Save' }).isDisabled());
    await hours.getByLabel('Monday, to').fill('12:00');
    await hours.getByRole('button', { name: 'Further hours on Monday' }).click();
    await visitor.assertAccessible();
    await hours.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings are saved').waitFor();
    const { robots_working_hours: set } = await settings();
    assert.deepEqual(set.days.slice(0, 3), [
      { day: 1, from: '09:00', to: '12:00' },
      { day: 1, from: '12:00', to: '24:00' },
      { day: 2, from: '09:00', to: '18:00' },
    ]);
    assert.equal(set.days.length, 5);
    await page.getByRole('button', { name: 'Undo' }).click();
    await hours.getByText('No message is sent').waitFor();
    assert.equal((await settings()).robots_working_hours, null);
  });

  it('are in Chinese and on a telephone', async () => {
    visitor = await visit(app, { language: 'zh', scheme: 'dark', width: 'phone' });
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/settings/organisation');
    const rating = page.getByRole('region', { name: '满意度评价' });
    await rating.getByRole('switch').click();
    await rating.getByRole('button', { name: '保存' }).click();
    await page.getByText('设置已保存').waitFor();
    const kept = page.getByRole('region', { name: '消息保留' });
    await kept.getByRole('switch').click();
    await kept.getByLabel('保留天数').fill('30');
    await visitor.assertAccessible();
    const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
    await kept.getByRole('button', { name: '保存' }).click();
    await saved;
    const { robots_rating, robots_message_days } = await settings();
    assert.match(robots_rating.question, /1.*5/);
    assert.equal(robots_message_days, 30);
  });
});
