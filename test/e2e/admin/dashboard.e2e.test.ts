/** The dashboard: each sees theirs, and the way to what waits for them. */
import assert from 'node:assert/strict';
import { ADMIN, addMember, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const FAILING = `document: { dsl: 1.0.3, namespace: demo, name: failing, version: 1.0.0 }
do:
  - wrong: { raise: { error: { type: https://example.com/none, status: 500, title: Nobody is here } } }
`;

const WHAT_MOVES = 'document.getAnimations().flatMap((one) => one.animationName ?? [])';

describe('the dashboard', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let owner: Person;
  let member: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ billing: { defaultPlan: 'free' }, mail: { smtp: { port: 0 } }, workflows: {} });
    owner = await register(app, 'olivia');
    member = await addMember(app, owner, 'member');
    await owner.http.post('/api/platform/workflows', { definition: FAILING });
    await owner.http.post('/api/platform/workflows/demo/failing/executions?wait=5', {});
    await app.services.activity.flush();
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  const refused = (): string[] => {
    const seen: string[] = [];
    visitor.page.on('response', (response) => {
      if (response.status() === 403) seen.push(response.url());
    });
    return seen;
  };

  it('shows the operator what failed, health, and charts over the range in the address', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    const seen = refused();
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/');
    await page.getByRole('link', { name: 'Workflows that failed this week' }).waitFor();
    await page.getByRole('group', { name: 'Health' }).getByText('Healthy').waitFor();
    await page.getByRole('table', { name: 'Requests' }).waitFor();
    await visitor.assertAccessible();
    const chart = page.locator('.uplot').filter({ hasText: 'Runs completed' });
    const time = chart.locator('.u-legend').getByText('Time');
    await chart.waitFor();
    assert.ok(!(await time.isVisible()), 'no time while none is pointed at');
    await chart.locator('.u-over').hover();
    await time.waitFor();
    await page.getByText('7 days').click();
    await page.waitForURL('**/?range=week');
    await page
      .getByRole('row')
      .nth(7 * 24)
      .waitFor({ state: 'attached' });
    await page.getByRole('link', { name: 'Workflows that failed this week' }).click();
    await page.waitForURL('**/automations/runs?status=faulted');
    assert.deepEqual(seen, []);
  });

  it('shows an owner their workflows, and nothing of the platform', async () => {
    visitor = await visit(app, { scheme: 'dark' });
    const { page } = visitor;
    const seen = refused();
    await visitor.signIn(owner.email, owner.password);
    const held = Promise.withResolvers<void>();
    await page.route('**/api/platform/activity*', (route) => held.promise.then(() => route.continue()));
    await visitor.open('/');
    await page.locator('.mantine-Skeleton-root').first().waitFor();
    assert.deepEqual(await page.evaluate(WHAT_MOVES), [], 'who asks for less motion gets none while a page waits');
    held.resolve();
    await page.getByRole('link', { name: 'Workflows that failed this week' }).waitFor();
    await page.getByRole('heading', { name: 'Your plan' }).waitFor();
    await page.getByRole('table', { name: 'Mail' }).waitFor();
    assert.equal(await page.getByRole('table', { name: 'Requests' }).count(), 0);
    assert.equal(await page.getByRole('link', { name: 'Jobs' }).count(), 0);
    await visitor.assertAccessible();
    assert.deepEqual(seen, []);
  });

  it('shows a member what is theirs, in Chinese, on a telephone', async () => {
    visitor = await visit(app, { language: 'zh', width: 'phone' });
    const { page } = visitor;
    const seen = refused();
    await visitor.signIn(member.email, member.password);
    await visitor.open('/');
    await page.getByText('没有需要您处理的事项。').waitFor();
    await page.getByRole('table', { name: '邮件' }).waitFor();
    assert.equal(await page.getByRole('table', { name: '工作流' }).count(), 0);
    await visitor.assertAccessible();
    assert.deepEqual(seen, []);
  });
});
