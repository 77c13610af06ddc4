/** Contacts: what is noted about them stands in quick replies; two of one person are merged; one is erased. */
import assert from 'node:assert/strict';
import type { TestPlatform } from '#test/support/harness.ts';
import { robotOf, type TestRobot, upload } from '../../plugins/robots/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('contacts of robots', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let robot: TestRobot;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ robots: { requestsPerMinute: 0 } });
    robot = await robotOf(app);
    await upload(robot, { receivedName: 'Ada', spoken: 'Hello' });
    await upload(robot, { receivedName: 'Ada L.', spoken: 'Hello again' });
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('have fields, which stand in answers', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    // A variable that means nothing is said while it is written.
    visitor.expectProblem(/422|412/);
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open('/inbox/contacts');
    await page.getByRole('link', { name: 'Ada', exact: true }).click();
    await page.getByRole('button', { name: 'Change' }).click();
    const form = page.getByRole('dialog', { name: 'Change' });
    await form.getByRole('button', { name: 'Add a field' }).click();
    await form.getByLabel('Name of field 1').fill('city');
    await form.getByLabel('Value of city').fill('London');
    await visitor.assertAccessible();
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The contact is saved').waitFor();
    await page.getByRole('region', { name: 'What is known' }).getByText('London').waitFor();
    await visitor.assertAccessible();

    // A colleague adds a field while notes are written here: both stay.
    await page.getByRole('button', { name: 'Change' }).click();
    await form.getByLabel('Notes').fill('Likes tea');
    const { http } = robot.owner;
    const contact = `/api/platform/robots/contacts/${page.url().split('/').at(-1)}`;
    await http.patch(contact, { fields: { size: 'XL' } });
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Fields is now: city: London, size: XL').waitFor();
    await form.getByRole('button', { name: 'Save' }).click();
    // The field where they were written holds the words too.
    await form.waitFor({ state: 'hidden' });
    await page.getByText('Likes tea').waitFor();
    const { fields, notes } = (await http.get(contact)).body;
    assert.deepEqual([fields, notes], [{ city: 'London', size: 'XL' }, 'Likes tea']);
    await http.patch(contact, { fields: { size: null } });

    await page.getByRole('link', { name: 'Hello', exact: true }).click();
    await page.getByRole('button', { name: 'Quick replies' }).click();
    await page.getByRole('menuitem', { name: 'Change quick replies' }).click();
    const kept = page.getByRole('dialog', { name: 'Change quick replies' });
    await kept.getByRole('button', { name: 'New quick reply' }).click();
    await kept.getByLabel('Short name').fill('greeting');
    await kept.getByRole('textbox', { name: 'Text' }).fill('Hello {{contact.nam}}');
    await kept.getByText(/variable that is not known/).waitFor();
    await kept.getByRole('textbox', { name: 'Text' }).fill('Good day ');
    await kept.getByRole('button', { name: '{{contact.name}} who it goes to' }).click();
    await kept.getByText('Good day Ada').waitFor();
    await visitor.assertAccessible();
    await kept.getByRole('button', { name: 'Add' }).click();
    await kept.getByRole('button', { name: 'Change greeting' }).click();
    await kept.getByRole('textbox', { name: 'Text' }).fill('Hello {{contact.name}} in {{contact.fields.city}}!');
    await kept.getByRole('button', { name: 'Save' }).click();
    await kept.getByRole('button', { name: 'Remove greeting' }).waitFor();
    await visitor.assertAccessible();
    await page.keyboard.press('Escape');
    await kept.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Quick replies' }).click();
    await page.getByRole('menuitem', { name: /greeting/ }).click();
    const box = page.getByRole('textbox', { name: 'Answer' });
    // It can be sent as soon as there is something.
    await page.getByRole('button', { name: 'Send', exact: true }).click({ trial: true });
    assert.equal(await box.inputValue(), 'Hello Ada in London!');
  });

  it('are merged and erased', async () => {
    visitor = await visit(app, { language: 'zh', scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open('/inbox/contacts');
    await page.getByRole('link', { name: 'Ada', exact: true }).click();
    await page.getByRole('button', { name: '更多' }).click();
    await page.getByRole('menuitem', { name: '与另一个联系人合并' }).click();
    const form = page.getByRole('dialog', { name: '与另一个联系人合并' });
    await form.getByRole('combobox', { name: '另一个联系人' }).click();
    await page.getByRole('option', { name: 'Ada L.' }).click();
    await visitor.assertAccessible();
    await form.getByRole('button', { name: '合并', exact: true }).click();
    await page.getByText('已合并为一个联系人').waitFor();
    await page.getByRole('link', { name: 'Hello again' }).waitFor();

    await page.getByRole('button', { name: '更多' }).click();
    await page.getByRole('menuitem', { name: '清除联系人' }).click();
    const question = page.getByRole('dialog', { name: '清除联系人' });
    await question.getByRole('textbox').fill('Ada');
    await question.getByRole('button', { name: '清除联系人' }).click();
    await page.getByText('还没有联系人').waitFor();
    const { body } = await robot.owner.http.get('/api/platform/robots/conversations');
    assert.deepEqual(body.items, []);
  });

  it('called alike are unproved until a person says that they are one', async () => {
    await upload(robot, { receivedName: 'Bea', spoken: 'Alone' });
    await upload(robot, { receivedName: 'Bea', groupName: 'Choir', spoken: 'In the choir' });
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(robot.owner.email, robot.owner.password);
    const { items } = (await robot.owner.http.get('/api/platform/robots/contacts?name=Bea')).body;
    const alone = items.find(({ room }: { room: string }) => room === '');
    await visitor.open(`/inbox/contacts/${alone.id}`);
    const known = page.getByRole('region', { name: 'What is known' });
    await known.getByText('Unverified: only a display name is known').waitFor();
    await known.getByText(/Anybody may call themselves Bea/).waitFor();
    const others = page.getByRole('region', { name: 'Others called Bea' });
    await others.getByText(/Choir/).waitFor();
    await visitor.assertAccessible();
    await others.getByRole('button', { name: /is the same person/ }).click();
    const form = page.getByRole('dialog', { name: 'Merge with another one' });
    await form.getByRole('button', { name: 'Merge', exact: true }).click();
    await page.getByText('They are one contact now').waitFor();
    await page.getByRole('link', { name: 'In the choir' }).waitFor();
    await others.waitFor({ state: 'hidden' });

    // It was somebody else after all.
    const linked = page.getByRole('region', { name: 'Merged into this contact' });
    await linked.getByRole('button', { name: /^Separate Bea · .*Choir$/ }).click();
    const question = page.getByRole('dialog', { name: 'Separate' });
    await question.getByText(/Bea becomes a contact of its own again/).waitFor();
    await visitor.assertAccessible();
    await question.getByRole('button', { name: 'Separate', exact: true }).click();
    await page.getByText('They are two contacts again').waitFor();
    await linked.waitFor({ state: 'hidden' });
    await others.getByText(/Choir/).waitFor();
    await page.getByRole('link', { name: 'In the choir' }).waitFor({ state: 'detached' });
  });
});
