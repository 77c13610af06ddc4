/** Activation codes: generated and copied, taken off a phone, ended for good; nothing of them for others. */
import assert from 'node:assert/strict';
import { ADMIN, addMember, register, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('activation codes', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ robots: { requestsPerMinute: 0 } });
    await signInAdmin(app);
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('are made, put on a phone, taken off it, and ended', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/assistants/codes');
    await page.getByRole('button', { name: 'Generate codes' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Generate codes' });
    await dialog.getByLabel('How many').fill('3');
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: 'Generate' }).click();
    const made = page.getByRole('dialog', { name: '3 codes made' });
    const codes = (await made.getByLabel('New codes').inputValue()).split('\n');
    assert.equal(codes.length, 3);
    await visitor.assertAccessible();
    await made.getByRole('button', { name: 'Done' }).click();
    const [code = ''] = codes;
    await page.getByRole('row', { name: code }).getByText('Free').waitFor();

    const device = { deviceId: 'phone-1', brand: 'Xiaomi', model: '14' };
    const activated = await app.http.post('/api/robot-ids/activate', { code, deviceInfo: device });
    assert.equal(activated.status, 201, activated.text);
    await page.reload();
    const row = page.getByRole('row', { name: code });
    await row.getByRole('link', { name: 'phone-1' }).waitFor();
    await page.getByRole('button', { name: `Change ${code}` }).click();
    await page.getByRole('menuitem', { name: 'Take off the phone' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('Lost');
    await page.getByRole('dialog').getByRole('button', { name: 'Take off the phone' }).click();
    await page.getByText(`${code} is free for another phone`).waitFor();
    await row.getByRole('link', { name: 'Robot without a phone' }).waitFor();
    await page.getByRole('button', { name: `Change ${code}` }).click();
    await page.getByRole('menuitem', { name: 'History' }).click();
    const history = page.getByRole('dialog', { name: `History of ${code}` });
    await history.getByText('Lost').waitFor();
    await visitor.assertAccessible();
    await page.keyboard.press('Escape');
    await history.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: `Change ${code}` }).click();
    await page.getByRole('menuitem', { name: 'Disable for good' }).click();
    const question = page.getByRole('dialog', { name: `Disable ${code}` });
    await question.getByRole('textbox').fill(code);
    await question.getByRole('button', { name: 'Disable for good' }).click();
    await row.getByText('Disabled').waitFor();
    await visitor.assertAccessible();
    const again = await app.http.post('/api/robot-ids/activate', { code, deviceInfo: device });
    assert.equal(again.status, 403);
  });

  it('are made one for a robot, on its page', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/assistants?new=1');
    await page.getByRole('dialog').getByLabel('Name').fill('Desk');
    await page.getByRole('button', { name: 'Create robot' }).click();
    await page.getByRole('button', { name: 'Activate a phone' }).click();
    await page.getByRole('button', { name: 'Generate a code' }).click();
    const dialog = page.getByRole('dialog', { name: 'Activation code for Desk' });
    await dialog.getByLabel('Valid for (days)').waitFor();
    assert.equal(await dialog.getByLabel('How many').count(), 0);
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: 'Generate' }).click();
    await page.getByRole('dialog', { name: '1 code made' }).waitFor();
  });

  it('are seen by administrators, who make none, and by nobody else', async () => {
    const owner = await register(app);
    const person = await addMember(app, owner, 'member');
    visitor = await visit(app, { language: 'zh', width: 'desktop', scheme: 'dark' });
    await visitor.signIn(person.email, person.password);
    await visitor.open('/assistants');
    const { page } = visitor;
    await page.getByText('还没有机器人').waitFor();
    await page.getByRole('navigation').getByRole('link', { name: '机器人' }).first().waitFor();
    assert.equal(await page.getByRole('link', { name: '激活码' }).count(), 0);
    await visitor.leave();
    visitor = await visit(app, { language: 'zh' });
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/assistants/codes');
    await visitor.page.getByText('还没有激活码').waitFor();
    assert.equal(await visitor.page.getByRole('button', { name: '生成激活码' }).count(), 0);
    await visitor.assertAccessible();
  });
});
