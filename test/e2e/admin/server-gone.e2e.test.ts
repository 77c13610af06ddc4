/** A server that goes and comes back under open pages: they say so, and go on by themselves. */
import assert from 'node:assert/strict';
import { confirmAddress, type Person, register } from '#test/support/accounts.ts';
import { freePort } from '#test/support/free-port.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const GONE = 'The server is not responding. Trying again …';

describe('a server that is gone', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let owner: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({}, { config: { http: { port: await freePort(), rateLimit: { enabled: false } } } });
    owner = await register(app, 'olivia');
    await confirmAddress(app, owner);
    await owner.http.post('/api/platform/auth/invitations', { email: 'new@example.org', role: 'member' });
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  const open = async () => {
    visitor = await visit(app, { isAltered: true });
    for (const problem of [/ERR_/, /no answer/, /Failed to (fetch|load)/, /could not be fetched/])
      visitor.expectProblem(problem);
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/settings/people/invitations');
    await visitor.page.getByText('new@example.org').first().waitFor();
  };

  it('is told of on an open page, whose lists are not live, until it is back', async () => {
    await open();
    const { page } = visitor;
    assert.equal(await page.getByText('Not live', { exact: true }).count(), 0);
    await app.platform.stop();
    await page.getByText(GONE).waitFor({ timeout: 10_000 });
    await page.getByText('Not live', { exact: true }).waitFor();
    await visitor.assertAccessible();
    app = await app.restart();
    await page.getByText(GONE).waitFor({ state: 'detached' });
    await page.getByText('Not live', { exact: true }).waitFor({ state: 'detached' });
  });

  it('is told of at once by a page that is opened meanwhile, which is drawn when it is back', async () => {
    await open();
    const { page } = visitor;
    await app.platform.stop();
    await page.getByText(GONE).waitFor();
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'People' }).click();
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor({ timeout: 5_000 });
    assert.equal(await page.locator('.mantine-Skeleton-root').count(), 0);
    app = await app.restart();
    await visitor.sees('People');
    await page.getByText(owner.email).first().waitFor();
    await page.getByText(GONE).waitFor({ state: 'detached' });
  });

  it('loses nobody a page while it starts, when files are not there yet', async () => {
    await open();
    const { page } = visitor;
    await page.evaluate('window.isTheSame = true');
    await page.route(/\.js$/, (route) => route.fulfill({ status: 503, body: '' }));
    const failed = page.waitForResponse((answer) => answer.status() === 503);
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'People' }).click();
    await failed;
    const looked = page.waitForResponse((answer) => answer.request().method() === 'HEAD');
    await looked;
    await page.getByRole('alert').first().waitFor();
    assert.equal(await page.evaluate('window.isTheSame'), true);
    await page.unrouteAll();
  });
});
