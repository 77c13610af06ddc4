/** Who answers customers: from an empty folder to a robot, two colleagues and an inbox that they share with an AI that drafts. */
import assert from 'node:assert/strict';
import type { LLMock } from '@copilotkit/aimock';
import type { Client } from '#core/testing/client.ts';
import { fakeModels } from '../../plugins/ai-replies/support.ts';
import { connected, isCommand, type Line } from '../../plugins/robots/support.ts';
import { type EmptyServer, setUp, startEmpty } from '../support/empty-folder.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const DEVICE = { deviceId: 'phone-1', brand: 'Xiaomi', model: '14' };
const ANSWER = { action: 'reply', text: 'Parcels come within three days.' };

describe('the way of a support team', function () {
  this.timeout(150_000);
  let server: EmptyServer;
  let model: LLMock;
  let boss: Visitor;
  let ben: Visitor;
  let cleo: Visitor;
  let phone: { robotId: string; line: Line; http: Client };
  const everybody: Visitor[] = [];
  before(async () => {
    model = await fakeModels();
    model.on({}, async () => ({ content: JSON.stringify(ANSWER) }));
    server = await startEmpty();
    boss = await comes();
    await setUp(boss, server);
  });
  after(async () => {
    phone?.line.socket.close();
    for (const visitor of everybody) await visitor.leave();
    await server.stop();
    await model.stop();
  });

  async function comes(): Promise<Visitor> {
    const visitor = await visit(server);
    everybody.push(visitor);
    return visitor;
  }

  /** By the link that is shown, on a server that sends no mail yet. */
  async function invited(name: string): Promise<Visitor> {
    const { page } = boss;
    await page.getByRole('button', { name: 'Invite someone' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail address').fill(`${name.toLowerCase()}@acme.example`);
    await dialog.getByRole('button', { name: 'Create invitation' }).click();
    const link = await dialog.getByRole('textbox', { name: 'Link of the invitation' }).inputValue();
    await dialog.getByRole('button', { name: 'Done' }).last().click();
    await dialog.waitFor({ state: 'detached' });
    const visitor = await comes();
    await visitor.open(link);
    await visitor.page.getByLabel('Name').fill(name);
    await visitor.page.getByLabel('New password').fill(`a secret of ${name} 4711`);
    await visitor.page.getByRole('button', { name: 'Create account' }).click();
    await visitor.page.getByText(`Good to see you, ${name}.`).waitFor();
    return visitor;
  }

  async function hears(spoken: string): Promise<void> {
    const message = { robotId: phone.robotId, spoken, receivedName: 'Carl', roomType: 2, textType: 1 };
    const { status, text } = await phone.http.post('/api/robot/messages', message);
    assert.equal(status, 200, text);
  }

  async function says(): Promise<string> {
    const { data } = await phone.line.next(isCommand);
    return data.commandParams.content;
  }

  const menu = ({ page }: Visitor, name: string) => page.getByRole('link', { name, exact: true }).first().click();

  it('begins with two colleagues, who come in by a link', async () => {
    await menu(boss, 'Settings');
    await menu(boss, 'People');
    await menu(boss, 'Invitations');
    ben = await invited('Ben');
    cleo = await invited('Cleo');
    const { page } = boss;
    await menu(boss, 'Teams');
    await page.getByRole('button', { name: 'New team' }).first().click();
    const form = page.getByRole('dialog', { name: 'New team' });
    for (const name of ['Ben', 'Cleo']) {
      await form.getByRole('combobox', { name: 'Members' }).fill(name);
      await page.getByRole('option', { name }).click();
    }
    await form.getByLabel('Name').fill('Support');
    await form.getByRole('button', { name: 'Create team' }).click();
    await form.waitFor({ state: 'detached' });
  });

  it('gets a phone, a model and rules by which it drafts', async () => {
    const { page } = boss;
    await menu(boss, 'Assistants');
    await menu(boss, 'Activation codes');
    await page.getByRole('button', { name: 'Generate codes' }).first().click();
    await page.getByRole('dialog').getByLabel('How many').fill('1');
    await page.getByRole('dialog').getByRole('button', { name: 'Generate' }).click();
    const code = await page.getByLabel('New codes').inputValue();
    const activated = await server.http.post('/api/robot-ids/activate', { code, deviceInfo: DEVICE });
    assert.equal(activated.status, 201, activated.text);
    const { robotId, token } = activated.body.data;
    phone = { robotId, http: server.http.bearer(token), line: await connected(server, { robotId, token }) };

    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await menu(boss, 'Settings');
    await menu(boss, 'AI models');
    await page.getByRole('button', { name: 'Allow AI' }).click();
    await page.getByText('AI is off for your organisation').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Set up Ollama' }).click();
    const form = page.getByRole('dialog', { name: 'Add a model' });
    const { host } = new URL(model.url);
    await form.getByRole('textbox', { name: 'Address' }).fill(`${model.url}/v1`);
    await form.getByRole('checkbox', { name: `Allow this server to call ${host}` }).check();
    await form.getByRole('combobox', { name: 'Model' }).fill('llama');
    await form.getByRole('button', { name: 'Add a model' }).click();
    await form.waitFor({ state: 'detached' });

    await menu(boss, 'Assistants');
    await menu(boss, 'AI settings');
    await page.getByRole('heading', { name: 'AI settings', level: 1 }).waitFor();
    await page.getByRole('grid').getByRole('link').first().click();
    assert.ok(await page.getByLabel('Review answers before sending').isChecked());
    await page.getByRole('textbox', { name: 'Persona' }).fill('You are Mia of Acme.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The rules of the robot are saved').waitFor();
  });

  it('sends what was drafted, once a person has read it', async () => {
    const { page } = ben;
    await menu(ben, 'Inbox');
    await hears('Where is my parcel?');
    await page.getByRole('link', { name: /Carl.*Where is my parcel/ }).waitFor();
    await menu(ben, 'AI drafts');
    const draft = page.getByLabel('Text of the answer');
    await draft.waitFor();
    assert.equal(await draft.inputValue(), ANSWER.text);
    await draft.fill('It comes within three days, Carl.');
    await page.getByRole('button', { name: 'Send as changed' }).click();
    assert.equal(await says(), 'It comes within three days, Carl.');
  });

  it('takes over, leaves a note, uses a quick reply, and hands over', async () => {
    const { page } = ben;
    await menu(ben, 'Inbox');
    await page.getByRole('link', { name: /Carl/ }).first().click();
    const open = page.getByRole('region', { name: 'Conversation', exact: true });
    assert.equal(await open.getByText(/^Automatic answers/).count(), 0);
    await open.getByRole('button', { name: 'Take over' }).click();
    await open.getByText('Assigned to Ben').waitFor();
    await open.getByText('Note', { exact: true }).click();
    await open.getByRole('textbox', { name: 'Note' }).fill('Asked the depot.');
    await open.getByRole('button', { name: 'Add note' }).click();
    await open.getByRole('region', { name: 'Messages' }).getByText('Asked the depot.').waitFor();
    await open.getByText('Answer', { exact: true }).click();
    await open.getByRole('button', { name: 'Quick replies' }).click();
    await page.getByRole('menuitem', { name: 'Change quick replies' }).click();
    const kept = page.getByRole('dialog', { name: 'Change quick replies' });
    await kept.getByRole('button', { name: 'New quick reply' }).click();
    await kept.getByLabel('Short name').fill('thanks');
    await kept.getByLabel('Text').fill('Thank you, {{contact.name}}!');
    await kept.getByRole('button', { name: 'Add' }).click();
    await kept.getByRole('button', { name: 'Close' }).click();
    await kept.waitFor({ state: 'detached' });
    await open.getByRole('button', { name: 'Quick replies' }).click();
    await page.getByRole('menuitem', { name: 'thanks' }).click();
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await open.getByRole('button', { name: 'Send', exact: true }).click();
    assert.equal(await says(), 'Thank you, Carl!');
    await open.getByRole('button', { name: 'Assign' }).click();
    await page.getByRole('menuitem', { name: 'Cleo' }).click();
    await open.getByText('Assigned to Cleo').waitFor();

    await menu(cleo, 'Inbox');
    await cleo.page.getByRole('button', { name: 'Mine' }).click();
    await cleo.page.getByRole('link', { name: /Carl/ }).first().click();
    const theirs = cleo.page.getByRole('region', { name: 'Conversation', exact: true });
    await theirs.getByText('Asked the depot.').waitFor();
    await theirs.getByRole('textbox', { name: 'Answer' }).fill('It is on the van.');
    await theirs.getByRole('textbox', { name: 'Answer' }).press('Control+Enter');
    assert.equal(await says(), 'It is on the van.');
  });
});
