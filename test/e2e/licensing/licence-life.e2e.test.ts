/** The life of a licence: made for a product, used on a device, suspended, made longer, ended for good. */
import assert from 'node:assert/strict';
import { DeliveryError } from '#core/kit.ts';
import { addMember, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('the life of a licence', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let vendor: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ licensing: {} });
    vendor = await register(app);
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  const licences = async () => (await vendor.http.get('/api/platform/licensing/licences')).body.items;

  it('begins with a product, and is seen in use at once', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(vendor.email, vendor.password);
    await visitor.open('/sales/products');
    await page.getByRole('button', { name: 'New product' }).first().click();
    const product = page.getByRole('dialog', { name: 'New product' });
    await product.getByLabel('Code').fill('editor');
    await product.getByLabel('Name').fill('Editor');
    await product.getByLabel('Entitlements').fill('{ "export": true }');
    await visitor.assertAccessible();
    await product.getByRole('button', { name: 'Create product' }).click();
    await page.getByText('Editor created').waitFor();

    await page.getByRole('link', { name: 'Licences' }).click();
    await page.getByRole('button', { name: 'New licence' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'New licence' });
    await dialog.getByLabel("Customer's e-mail address").fill('ada@example.com');
    // The only product there is.
    assert.equal(await dialog.getByRole('combobox', { name: 'Product' }).inputValue(), 'Editor');
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: 'Create licence' }).click();
    await page.getByRole('button', { name: 'Copy the activation code' }).waitFor();
    const [licence] = await licences();
    assert.equal(licence.product, 'editor');
    await visitor.sees(licence.license_id);

    const device = { device_id: 'laptop-1', device_name: 'Ada’s laptop', tenant_id: vendor.tenantId };
    const { activation_code, email } = licence;
    const answer = await app.http.post('/api/verify', { activation_code, email, ...device });
    assert.equal(answer.body.success, true, answer.text);
    await page.getByRole('button', { name: 'Switch off Ada’s laptop' }).click();
    await page.getByRole('cell', { name: 'Switched off' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Switch off Ada’s laptop' }).waitFor();
    await visitor.assertAccessible();
  });

  it('goes on longer, rests, and ends when its name is written', async () => {
    visitor = await visit(app, { width: 'phone', scheme: 'dark' });
    const { page } = visitor;
    const [{ license_id: id, valid_until: before }] = await licences();
    await visitor.signIn(vendor.email, vendor.password);
    await visitor.open(`/sales/licences/${id}`);
    await page.getByRole('button', { name: 'Renew' }).click();
    const dialog = page.getByRole('dialog', { name: 'Renew' });
    await dialog.getByLabel('Days').fill('30');
    await dialog.getByRole('button', { name: 'Renew' }).click();
    await page.getByText('30 days more').waitFor();
    const [renewed] = await licences();
    assert.equal(Date.parse(renewed.valid_until) - Date.parse(before), 30 * 24 * 3600_000);

    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Suspend' }).click();
    await page.getByText('The licence is suspended').waitFor();
    assert.equal((await licences())[0].status, 'suspended');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('region', { name: 'Licence' }).getByText('Active').waitFor();

    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    const question = page.getByRole('dialog', { name: 'Revoke' });
    assert.equal(await question.getByRole('button', { name: 'Revoke' }).isDisabled(), true);
    await question.getByLabel(`Type “${id}”`).or(question.getByLabel(id)).first().fill(id);
    await visitor.assertAccessible();
    await question.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('region', { name: 'Licence' }).getByText('Revoked').waitFor();
    await visitor.assertAccessible();
  });

  it('is suspended with others, found by the palette, and is nothing for members', async () => {
    const made = { plan: 'monthly', email: 'bulk@example.com' };
    for (let count = 0; count < 3; count++) await vendor.http.post('/api/platform/licensing/licences', made);
    visitor = await visit(app, { language: 'zh' });
    const { page } = visitor;
    await visitor.signIn(vendor.email, vendor.password);
    await visitor.open('/sales/licences?status=active');
    await page.getByText(made.email).nth(2).waitFor();
    await page.getByLabel('选择所有已加载').or(page.getByRole('columnheader').getByRole('checkbox')).first().check();
    await page.getByRole('button', { name: '暂停' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '暂停' }).click();
    await page.getByText('完成 3 项，失败 0 项').waitFor();
    const suspended = async () => (await licences()).filter(({ status }: { status: string }) => status === 'suspended');
    assert.equal((await suspended()).length, 3);
    await page.getByRole('button', { name: '撤销' }).click();
    await page.getByRole('gridcell', { name: '有效' }).nth(2).waitFor();
    assert.equal((await suspended()).length, 0);
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('textbox').fill('bulk@');
    await page
      .getByRole('option', { name: /bulk@example.com/ })
      .first()
      .click();
    await page.getByRole('button', { name: '续期' }).waitFor();
    await visitor.leave();

    const member = await addMember(app, vendor, 'member');
    visitor = await visit(app);
    await visitor.signIn(member.email, member.password);
    await visitor.open('/');
    await visitor.page.getByRole('link', { name: 'Dashboard' }).waitFor();
    assert.equal(await visitor.page.getByRole('link', { name: 'Licences' }).count(), 0);
  });

  it('says when its customer did not get the code, and sends it again', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    const { mailer } = app.services;
    const { send } = mailer;
    mailer.send = () => Promise.reject(new DeliveryError('550 No such user here', { isPermanent: true }));
    const body = { plan: 'monthly', email: 'nobody@example.com' };
    const { license_id: id } = (await vendor.http.post('/api/platform/licensing/licences', body)).body;
    await app.services.jobs.idle();
    await visitor.signIn(vendor.email, vendor.password);
    await visitor.open(`/sales/licences/${id}`);
    const alert = page.getByRole('alert').filter({ hasText: 'Not delivered to nobody@example.com' });
    await alert.getByText('550 No such user here').waitFor();
    await page.getByRole('region', { name: 'History' }).getByText('Mail not delivered').waitFor();
    await visitor.assertAccessible();
    mailer.send = send;
    const canSend = Object.getOwnPropertyDescriptor(mailer, 'canSend');
    Object.defineProperty(mailer, 'canSend', { value: true, configurable: true });
    await alert.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('The code was sent to nobody@example.com').waitFor();
    await alert.waitFor({ state: 'detached' });
    if (canSend) Object.defineProperty(mailer, 'canSend', canSend);
  });
});
