/** Teams: made with their members, given a conversation in the inbox, and removed; members of the organisation do not change them. */
import assert from 'node:assert/strict';
import { addMember, type Person } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { robotOf, type TestRobot, upload } from '../../plugins/robots/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('teams', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let robot: TestRobot;
  let member: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ robots: { requestsPerMinute: 0 } });
    robot = await robotOf(app);
    member = await addMember(app, robot.owner, 'member');
    await upload(robot, { receivedName: 'Ada', spoken: 'Hello' });
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('are made, get a conversation, and are deleted', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open('/settings/teams');
    await page.getByRole('button', { name: 'New team' }).first().click();
    const form = page.getByRole('dialog', { name: 'New team' });
    await form.getByRole('combobox', { name: 'Members' }).click();
    await page.getByRole('option').first().click();
    await form.getByLabel('Name').fill('Sales');
    await page.getByRole('option').first().waitFor({ state: 'hidden' });
    await visitor.assertAccessible();
    await form.getByRole('button', { name: 'Create team' }).click();
    await page.getByText('Team Sales created').waitFor();

    await page.getByRole('button', { name: 'Sales', exact: true }).click();
    const change = page.getByRole('dialog', { name: 'Team Sales' });
    await change.getByLabel('Name').fill('Sales and support');
    visitor.expectProblem(/412/);
    const [team] = (await robot.owner.http.get('/api/platform/robots/teams')).body.items;
    await robot.owner.http.patch(`/api/platform/robots/teams/${team.id}`, { name: 'Selling', members: [] });
    await change.getByRole('button', { name: 'Save' }).click();
    await change.getByText('Name is now: Selling').waitFor();
    await change.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Sales and support', exact: true }).waitFor();
    const [saved] = (await robot.owner.http.get('/api/platform/robots/teams')).body.items;
    assert.deepEqual(saved.members, [], 'what was not changed here stays as somebody else made it');
    await visitor.assertAccessible();

    await visitor.go('/inbox');
    await page.getByRole('link', { name: /Ada/ }).click();
    await page.getByRole('button', { name: 'Assign' }).click();
    await page.getByRole('menuitem', { name: 'Sales and support' }).click();
    await page.getByText('· Team Sales and support').waitFor();
    // Beside the contact there is no room for them.
    await page.getByRole('button', { name: 'Hide the contact' }).click();
    await page.getByRole('combobox', { name: 'Team' }).click();
    await page.getByRole('option', { name: 'Sales and support' }).click();
    await page.getByRole('link', { name: /Ada/ }).waitFor();

    await visitor.go('/settings/teams');
    await page.getByRole('button', { name: 'Delete Sales and support' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the team' }).click();
    await page.getByText('There is no team yet').waitFor();
  });

  it('are not for members to change', async () => {
    visitor = await visit(app, { language: 'zh' });
    const { page } = visitor;
    await visitor.signIn(member.email, member.password);
    await visitor.open('/inbox');
    await page.getByRole('link', { name: '联系人' }).waitFor();
    await page.getByRole('link', { name: '团队' }).waitFor({ state: 'detached' });
  });
});
