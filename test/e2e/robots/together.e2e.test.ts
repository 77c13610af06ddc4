/** Two people at one inbox: they see each other, who answers first has it, and nobody answers twice without being asked. */
import { addMember, type Person } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { connected, isCommand, ownerOf, robotOf, type TestRobot, upload } from '../../plugins/robots/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('two people at the inbox', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let robot: TestRobot;
  let owner: Person;
  let colleague: Person;
  let ada: Visitor;
  let bob: Visitor | null = null;
  before(async () => {
    app = await startPages({ robots: { requestsPerMinute: 0 } });
    robot = await robotOf(app);
    owner = await ownerOf(app);
    colleague = await addMember(app, owner, 'admin');
    await upload(robot, { spoken: 'Where is my parcel?' });
  });
  after(() => app.stop());
  afterEach(async () => {
    await ada.leave();
    await bob?.leave();
    bob = null;
  });

  async function openInbox(person: Person, options: Parameters<typeof visit>[1] = {}): Promise<Visitor> {
    const visitor = await visit(app, options);
    await visitor.signIn(person.email, person.password);
    await visitor.open('/inbox');
    await visitor.page.getByRole('link', { name: /张三/ }).click();
    return visitor;
  }

  it('see each other look and write, and are warned before a second answer', async () => {
    ada = await openInbox(owner);
    bob = await openInbox(colleague);
    const [name = ''] = colleague.email.split('@');
    await ada.page.getByText(new RegExp(`${name}.* is looking at this`)).waitFor();
    ada.expectProblem(/409/);
    const answerOf = ({ page }: Visitor) => page.getByRole('textbox', { name: 'Answer' });
    await answerOf(ada).fill('It comes on Friday.');
    await answerOf(bob).pressSequentially('It comes tomorrow.');
    await ada.page.getByText(new RegExp(`${name}.* is writing …`)).waitFor();
    await ada.assertAccessible();
    await bob.page.getByRole('button', { name: 'Send', exact: true }).click();
    await ada.page.getByText(new RegExp(`^Assigned to ${name}`)).waitFor();
    await ada.page.getByRole('button', { name: 'Send', exact: true }).click();
    const warning = ada.page.getByRole('alert').filter({ hasText: 'has answered since you began to write' });
    await warning.getByText('It comes tomorrow.').waitFor();
    await ada.assertAccessible();
    await warning.getByRole('button', { name: 'Send anyway' }).click();
    const messages = ada.page.getByRole('region', { name: 'Messages' });
    await messages.getByText('It comes on Friday.').waitFor();
    await bob.leave();
    bob = null;
    await ada.page.getByText(/is (looking|writing)/).waitFor({ state: 'detached' });
  });

  it('see that the phone is offline, that answers wait, and that it is back, in Chinese on a telephone too', async () => {
    const robots = app.services.db.write('robots_robots').where({ id: robot.key });
    await robots.update({ seen_at: null, is_online: 0 });
    ada = await openInbox(owner, { language: 'zh', width: 'phone', scheme: 'dark' });
    const { page } = ada;
    await page.getByText('从未连接').waitFor();
    await page.getByText('手机离线：回复将在其上线后发送。').waitFor();
    await app.services.db.write('robots_messages').where({ robot: robot.key }).decrement('created_at', 61_000);
    await page.reload();
    await page.getByText('等待手机上线').first().waitFor();
    await ada.assertAccessible();
    const line = await connected(app, robot);
    await page.getByText('在线', { exact: true }).waitFor();
    await page.getByText('手机离线：回复将在其上线后发送。').waitFor({ state: 'detached' });
    await line.next(isCommand);
    line.socket.close();
    await page.getByText(/^自 .* 起离线$/).waitFor();
    await ada.assertAccessible();
  });

  it('are asked for a name of a robot that has none', async () => {
    const name = `Robot ${robot.robotId.slice(-6)}`;
    await app.services.db.write('robots_robots').where({ id: robot.key }).update({ name });
    ada = await openInbox(owner);
    const { page } = ada;
    await page.getByRole('link', { name: 'Give it a name' }).click();
    await page.getByText('Give this robot a name').waitFor();
    await ada.assertAccessible();
    await page.getByRole('button', { name: 'Give it a name' }).click();
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByLabel('Name').fill('Front desk');
    await settings.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Front desk', level: 1 }).waitFor();
    await page.getByText('Give this robot a name').waitFor({ state: 'detached' });
  });
});
