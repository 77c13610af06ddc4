/** A live stream that is refused: the page goes on without it, says nothing wrong, and does not ask again and again. */
import assert from 'node:assert/strict';
import { addMember, confirmAddress, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const isLive = (url: string) => url.includes('/api/platform/live?');

describe('a live stream', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let owner: Person;
  let admin: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages();
    owner = await register(app, 'olivia');
    await confirmAddress(app, owner);
    admin = await addMember(app, owner, 'admin');
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('brings what others do while somebody may see it', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(admin.email, admin.password);
    const opened = page.waitForResponse((response) => isLive(response.url()));
    await visitor.open('/settings/people/invitations');
    assert.equal((await opened).status(), 200);
    await owner.http.post('/api/platform/auth/invitations', { email: 'new@example.org', role: 'member' });
    await page.getByRole('grid', { name: 'Invitations' }).getByText('new@example.org').waitFor();
  });

  it('that is refused is not asked for again, and the page goes on', async () => {
    visitor = await visit(app, { isAltered: true });
    visitor.expectProblem(/403/);
    // How a browser calls a stream that the server has ended.
    visitor.expectProblem(/ERR_INCOMPLETE_CHUNKED_ENCODING/);
    const { page } = visitor;
    const asked: number[] = [];
    page.on('response', (response) => isLive(response.url()) && asked.push(response.status()));
    await page.clock.install();
    await visitor.signIn(admin.email, admin.password);
    await visitor.open('/settings/people/invitations');
    await page.getByText('new@example.org').waitFor();
    while (asked.length === 0) await page.waitForTimeout(20);
    const refused = page.waitForResponse((response) => isLive(response.url()) && response.status() === 403);
    await owner.http.patch(`/api/platform/auth/users/${admin.id}`, { role: 'member' });
    // The stream has ended; the page asks for it once more after a moment.
    await page.clock.fastForward(10_000);
    await refused;
    for (let minute = 0; minute < 5; minute++) await page.clock.fastForward(60_000);
    await page.getByRole('button', { name: 'Invite' }).first().click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(asked, [200, 403]);
    assert.equal(await page.getByRole('alert').count(), 0);
    assert.equal(await page.getByText('No connection').count(), 0);
    await visitor.assertAccessible();
  });
});
