/** Who sells software: from an empty folder to a product, a paid plan, and a licence that a customer's program takes. */
import assert from 'node:assert/strict';
import { type FakeStripe, SECRET_KEY, startStripe, WEBHOOK_SECRET } from '#test/support/stripe.ts';
import { runAsShown } from '../support/as-shown.ts';
import { type EmptyServer, restartByMouse, setUp, startEmpty } from '../support/empty-folder.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const CUSTOMER = { email: 'carl@customer.example', password: 'a secret of Carl 4711' };

describe('the way of a seller', function () {
  this.timeout(150_000);
  let server: EmptyServer;
  let stripe: FakeStripe;
  let visitor: Visitor;
  let customer: Visitor | null = null;
  before(async () => {
    stripe = await startStripe(Date.now);
    server = await startEmpty();
    visitor = await visit(server);
    await setUp(visitor, server);
  });
  after(async () => {
    await customer?.leave();
    await visitor.leave();
    await server.stop();
    await stripe.stop();
  });

  const area = (name: string) => visitor.page.getByRole('link', { name, exact: true }).first().click();
  const dialog = () => visitor.page.getByRole('dialog');

  it('leads to a product, and a licence that the program of a customer takes', async () => {
    const { page } = visitor;
    await area('Sales');
    await visitor.sees('Products');
    await page.getByRole('button', { name: 'New product' }).first().click();
    await dialog().getByLabel('Code').fill('editor');
    await dialog().getByLabel('Name').fill('Acme Editor');
    await dialog().getByRole('button', { name: 'Create product' }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Use Acme Editor from your program' }).click();
    await dialog().getByText('/api/platform/licensing/licences').first().waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });

    await area('Licences');
    await page.getByRole('button', { name: 'New licence' }).first().click();
    await dialog().getByLabel('E-mail address').fill(CUSTOMER.email);
    await dialog().getByRole('combobox', { name: 'Product' }).click();
    await page.getByRole('option', { name: 'Acme Editor' }).click();
    await dialog().getByRole('button', { name: 'Create licence' }).click();
    await page.getByRole('region', { name: 'Try it from your program' }).waitFor();
    await visitor.assertAccessible();
    const answer = JSON.parse(await runAsShown(page.getByRole('region', { name: 'Try it from your program' })));
    assert.equal(answer.isValid, true, JSON.stringify(answer));
    const theirs = await Promise.all([
      visitor.context.waitForEvent('page'),
      page.getByRole('link', { name: '/licences/devices' }).click(),
    ]);
    await theirs[0].getByRole('heading', { level: 1, name: 'Your devices' }).waitFor();
    await theirs[0].close();
  });

  it('takes cards by Stripe, for a plan of its own, from customers who sign up themselves', async () => {
    const { page } = visitor;
    await area('Settings');
    await area('Sign-in and registration');
    await page.getByRole('combobox', { name: 'Registration' }).click();
    await page.getByRole('option', { name: 'Anyone can register' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Settings saved').waitFor();
    await area('Payments and company');
    await page.getByRole('combobox', { name: 'Payment provider' }).click();
    await page.getByRole('option', { name: 'Stripe' }).click();
    await page.getByRole('combobox', { name: 'Default plan' }).click();
    await page.getByRole('option', { name: 'Free' }).click();
    await page.getByRole('textbox', { name: 'Secret key' }).fill(SECRET_KEY);
    await page.getByRole('textbox', { name: 'Webhook signing secret' }).fill(WEBHOOK_SECRET);
    await page.getByRole('textbox', { name: 'API address' }).fill(stripe.url);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Restart now' }).waitFor();
    await restartByMouse(visitor);

    await area('Sales');
    await area('Plans');
    await page.getByRole('button', { name: 'New plan' }).first().click();
    await dialog().getByLabel('Name').fill('Team');
    await dialog().getByLabel('Plan id').fill('team');
    await dialog().getByLabel('Price per month').fill('19.9');
    await dialog().getByRole('button', { name: 'Create plan' }).click();
    await dialog().waitFor({ state: 'detached' });
  });

  it('is paid by a customer, whose plan begins when Stripe says so', async () => {
    customer = await visit(server);
    const { page } = customer;
    await customer.open('/register');
    await page.getByLabel('E-mail address').fill(CUSTOMER.email);
    await page.getByLabel('New password').fill(CUSTOMER.password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('link', { name: 'Plan and usage' }).click();
    await page.getByRole('link', { name: 'Choose a plan' }).click();
    await page.getByRole('button', { name: 'Choose Team' }).click();
    // Where Stripe's own page would be.
    await customer.context.route(`${stripe.url}/**`, (route) => route.fulfill({ body: 'Pay here' }));
    await page.getByRole('dialog').getByRole('button', { name: 'Continue to payment' }).click();
    await page.getByText('Pay here').waitFor();
    const session = String(new URL(page.url()).pathname.split('/').at(-1));
    stripe.pay(session);
    const event = stripe.event('checkout.session.completed', stripe.get('checkout_sessions', session));
    assert.equal((await stripe.send(server.http, event)).status, 200);
    await customer.open('/settings/plan');
    await page.getByRole('region', { name: 'Your plan' }).getByText('Team').first().waitFor();

    await area('Customers');
    await visitor.page.getByRole('grid').getByText('Team').first().waitFor();
  });
});
