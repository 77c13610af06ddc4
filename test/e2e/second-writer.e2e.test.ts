/** Two people change the same thing: who is second sees what the first one has made of it, keeps what they wrote, and saves it by a second press. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { ADMIN, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { ROOT } from '#test/support/command-line.ts';
import { type Answers, say, setPolicy, startAnswers } from '../plugins/ai-replies/answers-support.ts';
import type { TestRobot } from '../plugins/robots/support.ts';
import { upload } from '../plugins/robots/support.ts';
import { type Visitor, visit } from './support/visitor.ts';

interface Try {
  /** The form, with something written in it. */
  form: Locator;
  /** Its button. */
  action?: string;
  /** What somebody else does before it is pressed. */
  theirs(): Promise<{ status: number; text: string }>;
  /** What the form says of it. */
  says: string | RegExp;
}

/** A form with what is saved in the end: mine where both have written, theirs where I have not. */
interface Form {
  /** Where `useVersionedForm` is called. */
  of: string;
  open(): Promise<Try>;
  saved?(): Promise<unknown>;
  is?: unknown;
}

const WORKFLOW = (version: string) => `document: { dsl: 1.0.3, namespace: demo, name: daily, version: ${version} }
do: [ { say: { set: { text: hello } } } ]`;

describe('who comes second', function () {
  this.timeout(240_000);
  let answers: Answers;
  let admin: Person;
  let owner: Person;
  let robot: TestRobot;
  let visitor: Visitor;
  let page: Page;
  const tried = new Set<string>();

  before(async () => {
    const mail = { smtp: { port: 0 } };
    answers = await startAnswers({ plugins: { admin: {}, billing: {}, licensing: {}, mail, workflows: {} } });
    admin = await signInAdmin(answers.app);
    ({ owner, robot } = await answers.tenant());
    await upload(robot, { receivedName: 'Ada', spoken: 'Hello' });
    await answers.app.services.jobs.idle();
  });
  after(() => answers.stop());
  afterEach(() => visitor.leave());

  it('sees what an operator has changed meanwhile', async () => {
    await signIn(ADMIN);
    const person = await register(answers.app, 'grace');
    const user = `/api/platform/auth/users/${person.id}`;
    const tenant = `/api/platform/auth/tenants/${person.tenantId}`;
    const terms = `/api/platform/billing/tenants/${person.tenantId}`;
    const plans = '/api/platform/billing/all-plans?plan_id=team';
    await made(admin, '/api/v2/admin/plans', {
      plan_id: 'team',
      display_name: 'Team',
      price_monthly: 20,
      price_yearly: 200,
    });
    const coupon = await made(admin, '/api/platform/billing/coupons', {
      code: 'HALF',
      duration: 'once',
      percent_off: 50,
    });
    const [plan] = (await read(admin, plans)).items;
    const { product_id } = await made(admin, '/api/platform/licensing/products', { code: 'editor', name: 'Editor' });
    const product = `/api/platform/licensing/products/${product_id}`;
    const { license_id } = await made(admin, '/api/platform/licensing/licences', {
      email: 'ada@example.com',
      plan: 'yearly',
    });
    const licence = `/api/platform/licensing/licences/${license_id}`;
    const payments = '/api/platform/server/settings/payments';
    await tryAll([
      {
        of: 'auth/ui/parts/user-form.tsx',
        async open() {
          const form = await dialog(`/settings/people/${person.id}`, 'Edit', 'Edit');
          await form.getByLabel('Name', { exact: true }).fill('Grace Hopper');
          return {
            form,
            theirs: () => admin.http.patch(user, { mailbox_limit: 7 }),
            says: 'Mailboxes at most is now: 7',
          };
        },
        saved: async () => pick(await read(admin, user), 'full_name', 'mailbox_limit'),
        is: { full_name: 'Grace Hopper', mailbox_limit: 7 },
      },
      {
        of: 'admin/ui/parts/settings-area.tsx',
        async open() {
          await visitor.go('/settings/server/payments');
          const form = page.locator('main form');
          await form.getByLabel('Currency').fill('EUR');
          return {
            form,
            theirs: () => admin.http.patch(payments, { values: { 'plugins.billing.company': { name: 'Acme' } } }),
            says: 'Company is now: Acme',
          };
        },
        saved: async () => {
          const { settings } = await read(admin, payments);
          const valueIn = (name: string) => settings.find((one: { name: string }) => one.name === name).value;
          return [valueIn('plugins.billing.currency'), valueIn('plugins.billing.company').name];
        },
        is: ['EUR', 'Acme'],
      },
      {
        of: 'auth/ui/parts/tenant-name.tsx',
        async open() {
          const form = await dialog(`/organisations/${person.tenantId}`, 'Rename', 'Rename');
          await form.getByLabel('Name').fill('Navy');
          return { form, theirs: () => admin.http.patch(tenant, { name: 'Army' }), says: 'Name is now: Army' };
        },
        saved: async () => (await read(admin, tenant)).name,
        is: 'Navy',
      },
      {
        of: 'billing/ui/parts/override-form.tsx',
        async open() {
          await visitor.go('/sales/tenants');
          const form = await dialog(`/sales/tenants/${person.tenantId}`, 'Own limits', 'Own limits');
          await form.getByLabel('Robots', { exact: true }).fill('5');
          const theirs = () => admin.http.patch(`${terms}/overrides`, { max_robots: 9, max_mailboxes: 4 });
          return { form, theirs, says: 'Mailboxes is now: 4' };
        },
        saved: async () => (await read(admin, terms)).overrides,
        is: { max_robots: 5, max_mailboxes: 4 },
      },
      {
        of: 'billing/ui/parts/assign-plan.tsx',
        async open() {
          await visitor.go('/sales/tenants');
          const form = await dialog(`/sales/tenants/${person.tenantId}`, 'Put on a plan', /^Put .* on a plan/);
          await choose(form, 'Plan', 'Team');
          await form.getByText('The organisation pays').waitFor();
          const theirs = () => admin.http.post(`${terms}/plan`, { plan_id: 'pro' });
          return { form, action: 'Put on a plan', theirs, says: 'From is now: pro' };
        },
        saved: async () => (await read(admin, terms)).plan_id,
        is: 'team',
      },
      {
        of: 'billing/ui/parts/plan-form.tsx',
        async open() {
          const form = await dialog('/sales/plans', 'Team', 'Edit Team');
          await form.getByLabel('Price per month').fill('21');
          const theirs = () => admin.http.patch(`/api/v2/admin/plans/${plan.id}`, { description: 'For teams' });
          return { form, theirs, says: 'Description is now: For teams' };
        },
        saved: async () => pick((await read(admin, plans)).items[0], 'price_monthly', 'description'),
        is: { price_monthly: 21, description: 'For teams' },
      },
      {
        of: 'billing/ui/parts/coupon-form.tsx',
        async open() {
          const form = await dialog('/sales/coupons', 'HALF', 'Edit HALF');
          await form.getByLabel('How many organisations may redeem it').fill('3');
          const theirs = () => admin.http.patch(`/api/platform/billing/coupons/${coupon.id}`, { max_redemptions: 8 });
          return { form, theirs, says: 'How many organisations may redeem it is now: 8' };
        },
        saved: async () => (await read(admin, `/api/platform/billing/coupons/${coupon.id}`)).max_redemptions,
        is: 3,
      },
      {
        of: 'licensing/ui/parts/product-form.tsx',
        async open() {
          const form = await dialog('/sales/products', 'Editor', 'Edit Editor');
          await form.getByLabel('Current version').fill('2.0');
          return { form, theirs: () => admin.http.patch(product, { name: 'Writer' }), says: 'Name is now: Writer' };
        },
        saved: async () =>
          pick((await read(admin, '/api/platform/licensing/products')).items[0], 'name', 'current_version'),
        is: { name: 'Writer', current_version: '2.0' },
      },
      {
        of: 'licensing/ui/parts/upgrade-form.tsx',
        async open() {
          const form = await dialog(`/sales/licences/${license_id}`, 'Change', 'Change');
          await form.getByLabel('Last version').fill('9.9');
          const theirs = () => admin.http.post(`${licence}/upgrade`, { device_cap: 6 });
          return { form, theirs, says: 'Devices at once is now: 6' };
        },
        saved: async () => pick(await read(admin, licence), 'device_limit', 'max_version'),
        is: { device_limit: 6, max_version: '9.9' },
      },
    ]);
  });

  it('sees what somebody has changed meanwhile in mail and workflows', async () => {
    await signIn(ADMIN);
    await made(admin, '/api/create', { local: 'ada' });
    const rule = {
      mailbox: 'ada@example.com',
      name: 'Bills',
      conditions: { subject: 'bill' },
      action: 'tag',
      value: 'bills',
    };
    const { id } = await made(admin, '/api/platform/mail/rules', rule);
    const rules = '/api/platform/mail/rules';
    const [mailbox] = (await read(admin, '/api/platform/mail/mailboxes')).items;
    const settings = `/api/platform/mail/mailboxes/${mailbox.id}`;
    const secret = '/api/platform/workflow-secrets/payments';
    await admin.http.put(secret, { value: 'a very secret text' });
    await made(admin, '/api/platform/workflows', { definition: WORKFLOW('1.0.0') });
    await tryAll([
      {
        of: 'mail/ui/rules/rule-form.tsx',
        async open() {
          const form = await dialog('/mail/rules', 'Bills', 'Change the rule');
          await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Invoices');
          const change = { conditions: { subject: 'invoice' }, action: 'quarantine', value: null };
          const theirs = () => admin.http.patch(`${rules}/${id}`, change);
          return { form, theirs, says: 'Then is now: Hold back in quarantine' };
        },
        saved: async () => pick((await read(admin, rules)).items[0], 'name', 'conditions', 'action'),
        is: { name: 'Invoices', conditions: { subject: 'invoice' }, action: 'quarantine' },
      },
      {
        of: 'mail/ui/parts/mailbox-general.tsx',
        async open() {
          await visitor.go(`/mail/mailboxes/${mailbox.id}`);
          const form = page.getByRole('region', { name: 'General' });
          await form.getByRole('switch', { name: 'Favourite' }).click();
          return { form, theirs: () => admin.http.patch(settings, { pinned: true }), says: 'Pinned is now: on' };
        },
        saved: async () => pick(await read(admin, settings), 'pinned', 'favorite'),
        is: { pinned: true, favorite: true },
      },
      {
        of: 'workflows/ui/parts/secrets-data.ts',
        async open() {
          const form = await dialog('/automations/secrets', 'Replace payments', 'A new value for payments');
          await form.getByLabel('Value', { exact: false }).last().fill('mine');
          return {
            form,
            theirs: () => admin.http.put(secret, { value: 'by somebody else' }),
            says: /^Value is now: another one, set /,
          };
        },
      },
      {
        of: 'workflows/ui/parts/secrets-data.ts',
        async open() {
          const form = await dialog('/automations/secrets', 'Delete payments', 'Delete payments?');
          await form.getByRole('textbox').fill('payments');
          const theirs = () => admin.http.put(secret, { value: 'by somebody else again' });
          return { form, action: 'Delete', theirs, says: 'Nothing was done.' };
        },
        saved: async () => (await read(admin, '/api/platform/workflow-secrets')).items,
        is: [],
      },
      {
        of: 'workflows/ui/parts/workflow-removal.tsx',
        async open() {
          await visitor.go('/automations/workflows/demo/daily');
          await page.getByRole('button', { name: 'More' }).click();
          await page.getByRole('menuitem', { name: 'Delete' }).click();
          const form = page.getByRole('dialog');
          await form.getByRole('textbox').fill('daily');
          const theirs = () => admin.http.post('/api/platform/workflows', { definition: WORKFLOW('1.1.0') });
          return { form, action: 'Delete', theirs, says: 'Version is now: 1.1.0' };
        },
        saved: async () => (await read(admin, '/api/platform/workflows?name=daily')).items,
        is: [],
      },
    ]);
  });

  it('sees what a colleague has changed meanwhile about robots', async () => {
    await signIn(owner);
    const { http } = owner;
    const profile = '/api/platform/auth/profile';
    const one = `/api/platform/robots/robots/${robot.robotId}`;
    const settings = '/api/platform/auth/settings';
    const [contact] = (await read(owner, '/api/platform/robots/contacts')).items;
    await upload(robot, { receivedName: 'Ada L.', spoken: 'Hello again' });
    const [team] = [await made(owner, '/api/platform/robots/teams', { name: 'Sales', members: [] })];
    const reply = await made(owner, '/api/platform/robots/quick-replies', { shortcut: 'hi', text: 'Hello' });
    const draft = { name: 'Summer', content: 'Closed', robots: [robot.robotId], audience: { everybody: true } };
    const broadcast = await made(owner, '/api/platform/robots/broadcasts', draft);
    const sent = `/api/platform/robots/broadcasts/${broadcast.id}`;
    const known = `/api/platform/robots/contacts/${contact.id}`;
    const contactForm = async () => {
      const form = await dialog(`/inbox/contacts/${contact.id}`, 'Change', 'Change');
      await form.getByLabel('Notes').fill('Likes tea');
      return form;
    };
    await tryAll([
      {
        of: 'auth/ui/parts/profile-form.tsx',
        async open() {
          const form = await dialog('/settings/profile', 'Edit profile', 'Edit profile');
          await form.getByLabel('Name', { exact: true }).fill('Ada Lovelace');
          return {
            form,
            theirs: () => http.patch(profile, { username: 'countess' }),
            says: 'User name is now: countess',
          };
        },
        saved: async () => pick(await read(owner, profile), 'full_name', 'username'),
        is: { full_name: 'Ada Lovelace', username: 'countess' },
      },
      {
        of: 'robots/ui/parts/robot-settings.tsx',
        async open() {
          const form = await dialog(`/assistants/${robot.robotId}`, 'Settings', 'Settings');
          await form.getByLabel('Provider').fill('fake');
          return { form, theirs: () => http.patch(one, { aiModel: 'large' }), says: 'Model is now: large' };
        },
        saved: async () => pick((await read(owner, one)).settings, 'aiProvider', 'aiModel'),
        is: { aiProvider: 'fake', aiModel: 'large' },
      },
      {
        of: 'robots/ui/teams/team-form.tsx',
        async open() {
          const form = await dialog('/settings/teams', 'Sales', 'Team Sales');
          await form.getByLabel('Name').fill('Support');
          const theirs = () => http.patch(`/api/platform/robots/teams/${team.id}`, { members: [owner.id] });
          return { form, theirs, says: /^Members is now: / };
        },
        saved: async () => pick((await read(owner, '/api/platform/robots/teams')).items[0], 'name', 'members'),
        is: { name: 'Support', members: [{ id: owner.id, name: 'Ada Lovelace' }] },
      },
      {
        of: 'robots/ui/contacts/contact-form.tsx',
        async open() {
          const theirs = () => http.patch(known, { opted_out: true });
          return { form: await contactForm(), theirs, says: 'Wants to hear no more is now: on' };
        },
        saved: async () => pick(await read(owner, known), 'notes', 'opted_out'),
        is: { notes: 'Likes tea', opted_out: true },
      },
      {
        of: 'robots/ui/inbox/quick-reply-form.tsx',
        async open() {
          await visitor.go('/inbox');
          await page.getByRole('link', { name: /^Ada L/ }).click();
          await page.getByRole('button', { name: 'Quick replies' }).click();
          await page.getByRole('menuitem', { name: 'Change quick replies' }).click();
          const form = page.getByRole('dialog', { name: 'Quick replies' });
          await form.getByRole('button', { name: 'Change hi' }).click();
          await form.getByRole('textbox', { name: 'Text' }).fill('Good day');
          const theirs = () => http.patch(`/api/platform/robots/quick-replies/${reply.id}`, { shortcut: 'hey' });
          return { form, theirs, says: 'Short name is now: hey' };
        },
        saved: async () => pick((await read(owner, '/api/platform/robots/quick-replies')).items[0], 'shortcut', 'text'),
        is: { shortcut: 'hey', text: 'Good day' },
      },
      {
        of: 'robots/ui/broadcasts/broadcast-form.tsx',
        async open() {
          const form = await dialog(`/inbox/broadcasts/${broadcast.id}`, 'Change', 'Change the draft');
          await form.getByLabel('Text').fill('Closed on Monday');
          const change = { per_minute: 7, audience: { names: ['Ada'] } };
          const theirs = () => http.patch(sent, change);
          return { form, theirs, says: 'Messages a minute of each robot is now: 7' };
        },
        saved: async () => pick(await read(owner, sent), 'content', 'per_minute', 'audience'),
        is: { content: 'Closed on Monday', per_minute: 7, audience: { names: ['Ada'] } },
      },
      {
        of: 'robots/ui/settings/tenant-setting.ts',
        async open() {
          const usual = { question: 'How was it?', thanks: 'Thanks' };
          await http.patch(settings, { settings: { robots_rating: usual } });
          await visitor.go('/settings/organisation');
          const form = page.getByRole('region', { name: 'Ratings' });
          await form.getByLabel('Thanks').fill('Thank you!');
          const robots_rating = { ...usual, question: 'How did we do?' };
          const theirs = () => http.patch(settings, { settings: { robots_rating } });
          return { form, theirs, says: 'Question is now: How did we do?' };
        },
        saved: async () => (await read(owner, settings)).settings.robots_rating,
        is: { question: 'How did we do?', thanks: 'Thank you!' },
      },
      {
        of: 'robots/ui/contacts/merge-form.tsx',
        async open() {
          await visitor.go(`/inbox/contacts/${contact.id}`);
          await page.getByRole('button', { name: 'More' }).click();
          await page.getByRole('menuitem', { name: 'Merge with another one' }).click();
          const form = page.getByRole('dialog');
          await choose(form, 'The other contact', /^Ada L\./);
          const theirs = () => http.patch(known, { notes: 'Likes coffee' });
          return { form, action: 'Merge', theirs, says: 'Notes is now: Likes coffee' };
        },
        saved: async () => (await read(owner, '/api/platform/robots/contacts')).items.length,
        is: 1,
      },
      {
        of: 'robots/ui/contacts/linked.tsx',
        async open() {
          const [merged] = (await read(owner, '/api/platform/robots/contacts')).items;
          await visitor.go(`/inbox/contacts/${merged.id}`);
          await page.getByRole('button', { name: /^Separate / }).click();
          const form = page.getByRole('dialog', { name: 'Separate' });
          const theirs = () => http.patch(`/api/platform/robots/contacts/${merged.id}`, { notes: 'Likes milk' });
          return { form, action: 'Separate', theirs, says: 'Notes is now: Likes milk' };
        },
        saved: async () => (await read(owner, '/api/platform/robots/contacts')).items.length,
        is: 2,
      },
    ]);
  });

  it('sees what a colleague has changed meanwhile about AI', async () => {
    await signIn(owner);
    const { http } = owner;
    const ai = '/api/platform/ai';
    const base = await made(owner, `${ai}/bases`, { name: 'Shop' });
    const text = '# Delivery\n\nParcels are delivered within three days.';
    const document = await made(owner, `${ai}/documents`, { base_id: base.id, name: 'Manual', text });
    const answer = await made(owner, `${ai}/answers`, { question: 'Where?', answer: 'Here' });
    const set = await made(owner, `${ai}/test-sets`, { name: 'Everyday' });
    const question = await made(owner, `${ai}/test-sets/${set.id}/questions`, {
      question: 'When?',
      passage: 'three days',
    });
    const budget = await made(owner, `${ai}/budgets`, { kind: 'tenant', period: 'month', amount: 20 });
    const provider = {
      name: 'own',
      kind: 'openai-compatible',
      base_url: `${answers.mock.url}/v1`,
      api_key: 'k',
      model: 'm',
    };
    await made(owner, `${ai}/providers`, provider);
    const policy = `${ai}/policies/${robot.robotId}`;
    await tryAll([
      {
        of: 'ai-replies/ui/knowledge/base-form.tsx',
        async open() {
          await visitor.go(`/assistants/knowledge/${base.id}`);
          await page.getByRole('button', { name: 'More' }).click();
          await page.getByRole('menuitem', { name: 'Settings' }).click();
          const form = page.getByRole('dialog');
          await form.getByLabel('Name').fill('Store');
          return {
            form,
            theirs: () => http.patch(`${ai}/bases/${base.id}`, { name: 'Market' }),
            says: 'Name is now: Market',
          };
        },
        saved: async () => (await read(owner, `${ai}/bases/${base.id}`)).name,
        is: 'Store',
      },
      {
        of: 'ai-replies/ui/knowledge/page-form.tsx',
        async open() {
          await visitor.go(`/assistants/knowledge/documents/${document.id}`);
          await page.getByRole('button', { name: 'More' }).click();
          await page.getByRole('menuitem', { name: 'Change' }).click();
          const form = page.getByRole('dialog');
          await form.getByLabel('Name').fill('Handbook');
          const theirs = () => http.patch(`${ai}/documents/${document.id}`, { name: 'Guide' });
          return { form, theirs, says: 'Name is now: Guide' };
        },
        saved: async () => (await read(owner, `${ai}/documents/${document.id}`)).name,
        is: 'Handbook',
      },
      {
        of: 'ai-replies/ui/knowledge/answer-form.tsx',
        async open() {
          const form = await dialog('/assistants/knowledge?tab=answers', 'Where?', 'Change the answer');
          await form.getByLabel('Answer').fill('There');
          const theirs = () => http.patch(`${ai}/answers/${answer.id}`, { question: 'Where is it?' });
          return { form, theirs, says: 'Question is now: Where is it?' };
        },
        saved: async () => pick((await read(owner, `${ai}/answers`)).items[0], 'question', 'answer'),
        is: { question: 'Where is it?', answer: 'There' },
      },
      {
        of: 'ai-replies/ui/knowledge/test-set-form.tsx',
        async open() {
          const form = await dialog(`/assistants/knowledge/tests/${set.id}`, 'Settings', 'Settings');
          await form.getByLabel('Name').fill('Every day');
          return {
            form,
            theirs: () => http.patch(`${ai}/test-sets/${set.id}`, { k: 9 }),
            says: 'Passages looked at is now: 9',
          };
        },
        saved: async () => pick(await read(owner, `${ai}/test-sets/${set.id}`), 'name', 'k'),
        is: { name: 'Every day', k: 9 },
      },
      {
        of: 'ai-replies/ui/knowledge/question-form.tsx',
        async open() {
          const form = await dialog(`/assistants/knowledge/tests/${set.id}`, 'When?', /.*/);
          await form.getByLabel('Question').fill('How soon?');
          const theirs = () => http.patch(`${ai}/test-sets/${set.id}/questions/${question.id}`, { passage: 'three' });
          return { form, theirs, says: 'Expected words of the passage is now: three' };
        },
        saved: async () =>
          pick((await read(owner, `${ai}/test-sets/${set.id}/questions`)).items[0], 'question', 'passage'),
        is: { question: 'How soon?', passage: 'three' },
      },
      {
        of: 'ai-replies/ui/costs/budget-form.tsx',
        async open() {
          const form = await dialog(
            '/settings/ai/costs',
            'Change the budget: The whole organisation',
            'Change the budget',
          );
          await form.getByLabel(/^Amount/).fill('30');
          const theirs = () => http.patch(`${ai}/budgets/${budget.id}`, { amount: 25 });
          return { form, theirs, says: /^Amount, .* is now: 25$/ };
        },
        saved: async () => (await read(owner, `${ai}/budgets`)).items[0].amount,
        is: 30,
      },
      {
        of: 'ai-replies/ui/models/provider-form.tsx',
        async open() {
          await visitor.go('/settings/ai/models');
          await page.getByRole('button', { name: 'More about own' }).click();
          await page.getByRole('menuitem', { name: 'Change' }).click();
          const form = page.getByRole('dialog', { name: 'Change own' });
          await form.getByLabel('Model', { exact: true }).fill('larger');
          const theirs = () => http.patch(`${ai}/providers/own`, { pictures: true });
          return { form, theirs, says: 'Understands pictures is now: on' };
        },
        saved: async () => {
          const { items } = await read(owner, `${ai}/providers`);
          return pick(
            items.find((one: { name: string }) => one.name === 'own'),
            'model',
            'pictures',
          );
        },
        is: { model: 'larger', pictures: true },
      },
      {
        of: 'ai-replies/ui/answering/versioned-policy.ts',
        async open() {
          await visitor.go(`/assistants/answering/${robot.robotId}`);
          const form = page.locator('main');
          await form.getByRole('textbox', { name: 'Persona' }).fill('You are Mia.');
          const { policy: now } = await read(owner, policy);
          const sentences = { ...now.sentences, closed: 'We are closed' };
          return {
            form,
            theirs: () => http.put(policy, { ...now, sentences, approval: true }),
            says: 'When a person takes over outside of working hours is now: We are closed',
          };
        },
        saved: async () => {
          const { policy: now } = await read(owner, policy);
          return [now.persona, now.approval, now.sentences.closed];
        },
        is: ['You are Mia.', true, 'We are closed'],
      },
    ]);
  });

  it('is told that somebody else has sent an answer meanwhile', async () => {
    await setPolicy(owner, robot, { approval: true });
    answers.says({ action: 'reply', text: 'In three days.' });
    await say(answers, robot, 'When are parcels delivered?');
    await signIn(owner);
    await visitor.go('/inbox/drafts');
    await page.getByLabel('Text of the answer').fill('Within three days.');
    // Who decides in the same moment has not yet heard of the other one.
    const list = '/api/platform/ai/replies?state=draft';
    const before = await read(owner, list);
    let isLate = true;
    await page.route('**/api/platform/ai/replies?*', (route) =>
      isLate ? route.fulfill({ json: before }) : route.continue(),
    );
    page.on('request', (request) => {
      if (request.method() === 'POST') isLate = false;
    });
    visitor.expectProblem(/409/);
    await made(owner, `/api/platform/ai/replies/${before.items[0].id}/send`, {});
    await page.getByRole('button', { name: 'Send as changed' }).click();
    await page.getByText('Someone else decided on this answer in the meantime').waitFor();
    await page.getByText('Nothing waits for you').waitFor();
    tried.add('ai-replies/ui/drafts/draft-panel.tsx');
  });

  it('is so in every form', () => {
    const forms = globSync('*/ui/**/*.{ts,tsx}', { cwd: `${ROOT}/plugins` }).filter((file) =>
      /\buseVersionedForm(?:<\w+>)?\(/.test(readFileSync(`${ROOT}/plugins/${file}`, 'utf8')),
    );
    assert.deepEqual([...tried].sort(), forms.sort());
  });

  async function signIn({ email, password }: { email: string; password: string }): Promise<void> {
    visitor = await visit(answers.app);
    ({ page } = visitor);
    await visitor.signIn(email, password);
    await visitor.open('/');
    visitor.expectProblem(/412/);
  }

  async function tryAll(forms: readonly Form[]): Promise<void> {
    for (const { of, open, saved, is } of forms) {
      const { form, action = 'Save', theirs, says } = await open().catch((error) => failed(of, error));
      const answer = await theirs();
      assert.ok(answer.status < 300, `${of}: ${answer.status} ${answer.text}`);
      const button = form.getByRole('button', { name: action, exact: true });
      await button.click();
      await form
        .getByText(says)
        .waitFor()
        .catch((error) => failed(of, error));
      const second = page.waitForResponse((response) => /PATCH|POST|PUT|DELETE/.test(response.request().method()));
      await button.click();
      assert.ok((await second).status() < 300, `${of}: the second try is refused`);
      await form.getByText(says).waitFor({ state: 'hidden' });
      // A form that stays on its page is read again before it counts as saved.
      await button.and(page.locator('[data-loading]')).waitFor({ state: 'hidden' });
      if (saved) assert.deepEqual(await saved(), is, of);
      tried.add(of);
    }
  }

  async function failed(of: string, error: Error): Promise<never> {
    throw new Error(`${of}: ${error.message}\n${await page.locator('body').innerText()}`, { cause: error });
  }

  async function dialog(path: string, button: string, title: string | RegExp): Promise<Locator> {
    await visitor.go(path);
    await page.getByRole('button', { name: button, exact: true }).click();
    const form = page.getByRole('dialog', { name: title });
    await form.waitFor();
    return form;
  }

  async function choose(form: Locator, field: string, option: string | RegExp): Promise<void> {
    await form.getByRole('combobox', { name: field }).click();
    await page.getByRole('option', { name: option }).click();
  }
});

async function made({ http }: Person, path: string, body: object): Promise<any> {
  const answer = await http.post(path, body);
  assert.ok(answer.status < 300, `${path}: ${answer.status} ${answer.text}`);
  return answer.body;
}

async function read({ http }: Person, path: string): Promise<any> {
  const answer = await http.get(path);
  assert.equal(answer.status, 200, `${path}: ${answer.text}`);
  return answer.body;
}

function pick(of: Record<string, unknown>, ...names: string[]): object {
  return Object.fromEntries(names.map((name) => [name, of[name]]));
}
