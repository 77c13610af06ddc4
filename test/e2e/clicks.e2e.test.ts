/**
 * What people do often takes no more clicks than in the best product that has it: counted from the page where one is, in clicks
 * and presses of Enter; typing is not counted.
 */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LLMock } from '@copilotkit/aimock';
import { ADMIN, type Person, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { fakeModels } from '../plugins/ai-replies/support.ts';
import { robotOf, upload } from '../plugins/robots/support.ts';
import { countPresses, type Presses } from './support/clicks.ts';
import { startPages } from './support/platform.ts';
import { type Visitor, visit } from './support/visitor.ts';
import { publish, run } from './workflows/support.ts';

/** As the best that was tried needs them. */
const MOST = {
  firstMail: 4,
  invite: 3,
  ownDomain: 3,
  addStep: 2,
  startByMail: 3,
  whyItFailed: 2,
  goOn: 1,
  // Two clicks, and Ctrl+Enter.
  answer: 3,
  takeOver: 1,
  newLicence: 3,
  keys: 1,
  citedAnswer: 10,
};

describe('clicks', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let owner: Person;
  let shop: Server;
  let isOpen = false;
  let visitor: Visitor;
  let presses: Presses;
  before(async () => {
    shop = createServer((_request, response) => {
      response.writeHead(isOpen ? 200 : 503, { 'content-type': 'application/json' }).end('{"price":12}');
    });
    await new Promise<void>((done) => shop.listen(0, '127.0.0.1', done));
    app = await startPages(
      {
        auth: { admin: null },
        mail: { smtp: { port: 0 } },
        workflows: {},
        robots: { requestsPerMinute: 0 },
        licensing: {},
      },
      { config: { http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } } } },
    );
    visitor = await visit(app, { isAltered: true });
    presses = await countPresses(visitor);
  });
  after(async () => {
    await visitor.leave();
    await app.stop();
    shop.close();
  });

  function took(task: Exclude<keyof typeof MOST, 'citedAnswer'>, before = 0): void {
    const taken = before + presses.taken();
    assert.ok(taken > 0, `${task} is not counted`);
    assert.ok(taken <= MOST[task], `${task} takes ${taken} instead of ${MOST[task]}`);
  }
  async function begin(path: string): Promise<void> {
    await visitor.open(path);
    presses.taken();
  }

  it('lead from the set-up link to a mail that is seen', async () => {
    const { page } = visitor;
    await begin(`/setup?token=${await app.services.registration.setupLink()}`);
    await page.getByLabel('E-mail address').fill(ADMIN.email);
    await page.getByLabel('New password').fill(ADMIN.password);
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('button', { name: 'Continue with example.com' }).click();
    await page.getByRole('button', { name: 'Create this mailbox' }).click();
    await page.getByRole('button', { name: 'Send me a test mail' }).click();
    await page.getByText('It works').waitFor();
    took('firstMail');
    owner = await signInAdmin(app);
  });

  it('invite somebody, and take a domain', async () => {
    const { page } = visitor;
    await begin('/');
    await page.getByRole('button', { name: 'Set up: Invite a colleague' }).click();
    await page.getByRole('dialog').getByLabel('E-mail address').fill('grace@acme.example');
    await page.getByRole('dialog').getByRole('button', { name: 'Create invitation' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Copy' }).first().click();
    took('invite');

    await begin('/');
    await page.getByRole('button', { name: 'Set up: Use your own domain' }).click();
    await page.getByRole('button', { name: 'Use your own domain', exact: true }).click();
    await page.getByRole('textbox', { name: 'Your domain' }).fill('acme-company.com');
    await page.getByRole('button', { name: 'Use this domain' }).click();
    await page.getByRole('table', { name: 'DNS records' }).waitFor();
    took('ownDomain');
  });

  it('build a workflow that a mail begins', async () => {
    const { page } = visitor;
    await begin('/automations/workflows/new');
    await page.getByRole('textbox', { name: 'Name of the workflow' }).fill('invoices');
    await page.getByRole('button', { name: 'A mail arrives' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const trigger = presses.taken();

    await page.getByRole('button', { name: 'Insert a step at the beginning' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Wait (?!for)/ })
      .click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    took('addStep');

    await page.getByRole('button', { name: 'Publish' }).click();
    await page
      .getByText(/is published/)
      .first()
      .waitFor();
    took('startByMail', trigger);
  });

  it('show why a run has failed, and let it go on', async () => {
    const { page } = visitor;
    const { port } = shop.address() as AddressInfo;
    await publish(
      owner,
      'order',
      `do: [ { ask: { call: http, with: { method: get, endpoint: 'http://127.0.0.1:${port}/' } } } ]`,
    );
    await run(owner, 'order');
    await begin('/');
    await page.getByRole('link', { name: 'Workflows that failed this week' }).click();
    await page.getByRole('grid', { name: 'Runs' }).getByRole('link', { name: 'test/order' }).click();
    await page.getByText(/503/).first().waitFor();
    took('whyItFailed');
    isOpen = true;
    await page.getByRole('button', { name: 'Continue from the failed step' }).click();
    await page.getByText('Completed').first().waitFor();
    took('goOn');
  });

  it('answer a customer, and take a conversation over', async () => {
    const { page } = visitor;
    const robot = await robotOf(app, owner);
    await upload(robot, { spoken: 'Where is my parcel?', receivedName: 'Carl' });
    await begin('/');
    await page.getByRole('link', { name: 'Inbox', exact: true }).click();
    await page.getByRole('link', { name: /Carl/ }).click();
    const open = page.getByRole('region', { name: 'Conversation', exact: true });
    await open.getByRole('textbox', { name: 'Answer' }).fill('It comes tomorrow.');
    await open.getByRole('textbox', { name: 'Answer' }).press('Control+Enter');
    await open.getByRole('region', { name: 'Messages' }).getByText('It comes tomorrow.').waitFor();
    took('answer');

    await upload(robot, { spoken: 'Is anybody there?', receivedName: 'Dora' });
    await page.getByRole('link', { name: /Dora/ }).click();
    await open.getByRole('heading', { name: 'Dora' }).waitFor();
    presses.taken();
    await open.getByRole('button', { name: 'Take over' }).click();
    await open.getByText(/^Assigned to /).waitFor();
    took('takeOver');
  });

  it('make a licence, and find the page of keys', async () => {
    const { page } = visitor;
    await begin('/');
    await found('Make a licence');
    await page.getByRole('dialog').getByLabel('E-mail address').fill('customer@example.com');
    await page.getByRole('dialog').getByRole('button', { name: 'Create licence' }).click();
    await page.getByRole('region', { name: 'Licence', exact: true }).waitFor();
    took('newLicence');

    await begin('/');
    await found('API keys');
    await visitor.sees('API keys');
    took('keys');
  });

  /** By writing, in what Ctrl+K opens. */
  async function found(words: string): Promise<void> {
    const { page } = visitor;
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Search pages, records and actions').fill(words);
    await page.getByRole('option', { name: words }).first().waitFor();
    await page.keyboard.press('Enter');
  }
});

describe('clicks from nothing to a cited answer of a local model', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let model: LLMock;
  let visitor: Visitor;
  before(async () => {
    model = await fakeModels();
    model.on({}, { content: 'Within three days [1].' });
    app = await startPages({ robots: {}, 'ai-replies': {} });
    visitor = await visit(app);
  });
  after(async () => {
    await visitor.leave();
    await app.stop();
    await model.stop();
  });

  it('are no more than elsewhere, without a file and without a restart', async () => {
    const { page } = visitor;
    const presses = await countPresses(visitor);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/');
    presses.taken();
    await page.getByRole('link', { name: 'Assistants', exact: true }).click();
    await page.getByRole('link', { name: 'Knowledge', exact: true }).click();
    await page.getByRole('button', { name: 'Allow AI' }).click();
    await page.getByText('AI is off for your organisation').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Write a text' }).click();
    await page.getByRole('dialog').getByLabel('Text').fill('Parcels are delivered within three days.');
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    await page.getByRole('grid').getByText('Ready').waitFor();
    await visitor.assertAccessible();
    await page.getByRole('link', { name: 'Ask your documents' }).click();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Set up Ollama' }).click();
    const form = page.getByRole('dialog', { name: 'Add a model' });
    await form.getByRole('textbox', { name: 'Address' }).fill(`${model.url}/v1`);
    await form.getByRole('checkbox', { name: /^Allow this server to call/ }).check();
    await form.getByRole('combobox', { name: 'Model' }).fill('llama');
    await form.getByRole('button', { name: 'Add a model' }).click();
    await page.getByLabel('Question').fill('When are parcels delivered?');
    await page.keyboard.press('Enter');
    await page.getByText('Within three days [1].').waitFor();
    const taken = presses.taken();
    assert.ok(taken > 0 && taken <= MOST.citedAnswer, `it takes ${taken}`);
  });
});
