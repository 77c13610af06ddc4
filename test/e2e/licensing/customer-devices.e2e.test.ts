/** What a customer does with the link to their devices: asks for it, releases a device, and hears when it has expired. */
import assert from 'node:assert/strict';
import { afterUnfelt, catchMails, type Person, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { CAN_SEND, startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const EMAIL = 'customer@example.com';
const HOUR_MS = 3600_000;

describe('the devices of a customer', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let vendor: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ licensing: {} }, { config: CAN_SEND });
    catchMails(app);
    vendor = await signInAdmin(app);
    const { body } = await vendor.http.post('/api/platform/licensing/licences', { plan: 'yearly', email: EMAIL });
    for (const name of ['laptop', 'desktop']) {
      const device = { device_id: `${name}-1`, device_name: name };
      await app.http.post('/api/verify', { activation_code: body.activation_code, email: EMAIL, ...device });
    }
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('are released by a mailed link, on a telephone', async () => {
    const mails = catchMails(app);
    visitor = await visit(app, { width: 'phone' });
    const { page } = visitor;
    await visitor.open('/licences/devices');
    await page.getByLabel('E-mail address').fill(EMAIL);
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await page.getByText('Look into your mailbox').waitFor();
    await afterUnfelt(app);
    const link = /https?:\S+\/licences\/devices\?token=\S+/.exec(mails.at(-1)?.text ?? '')?.[0] ?? '';
    await visitor.open(new URL(link).pathname + new URL(link).search);
    await page.getByText('2 of 5 places taken').waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Release laptop' }).click();
    await page.getByRole('dialog', { name: 'Release laptop' }).getByRole('button', { name: 'Release' }).click();
    await page.getByText('1 of 5 places taken').waitFor();
    const { body } = await vendor.http.get('/api/platform/licensing/devices');
    assert.deepEqual(
      body.items.map(({ device_name }: { device_name: string }) => device_name),
      ['desktop'],
    );

    await app.clock.advance(2 * HOUR_MS);
    visitor.expectProblem(/403/);
    await page.reload();
    await page.getByText('This link has expired').waitFor();
    await page.getByRole('button', { name: 'Send me a link' }).waitFor();
  });
});
