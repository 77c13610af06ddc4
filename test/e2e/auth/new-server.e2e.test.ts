/** A server in which nobody is yet: its sign-in page says where the set-up link is, and a command prints another one. */
import assert from 'node:assert/strict';
import type { TestPlatform } from '#test/support/harness.ts';
import { warmPatchbay } from '#test/support/warm-commands.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

/** As the command has them, which is told of no configuration. */
const OTHERS = { 'ai-replies': {}, billing: {}, licensing: {}, mail: { smtp: { port: 0 } }, robots: {}, workflows: {} };

describe('the sign-in page of a server that nobody has set up', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ ...OTHERS, auth: { admin: null } });
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('leads to the link, and is a sign-in page once there is somebody', async () => {
    visitor = await visit(app, { width: 'phone' });
    const { page } = visitor;
    await visitor.open('/sign-in');
    await visitor.sees('This server is new');
    await page.getByText('npx patchbay setup:link').waitFor();
    assert.equal(await page.getByLabel('Password').count(), 0);
    await visitor.assertAccessible();
    const printed = await warmPatchbay(['setup:link'], { PATCHBAY_DATADIR: app.dataDir });
    const link = new URL(/https?:\S+/.exec(printed.out)?.[0] ?? assert.fail(printed.err));
    await visitor.open(link.pathname + link.search);
    await page.getByLabel('E-mail address').fill('ada@acme.test');
    await page.getByLabel('New password').fill('a good long password 1');
    await page.getByLabel('Organisation (optional)').fill('Acme Ltd');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.waitForURL((url) => url.pathname !== '/setup');
    assert.equal((await app.services.db.read('auth_tenants').first('name'))?.name, 'Acme Ltd');
    await page.context().clearCookies();
    await visitor.open('/sign-in');
    await visitor.sees('Sign in');
    const again = await warmPatchbay(['setup:link'], { PATCHBAY_DATADIR: app.dataDir });
    assert.match(again.out, /There is an administrator already/);
  });
});
