/** Actions of mail rules that another plugin brings. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { authConfig, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { MAILBOX, type MailPlatform, mailOf, plainMail } from '#test/support/mail.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import type { Tickets } from '../../fixtures/plugins/tickets/index.ts';

const TICKETS = fileURLToPath(new URL('../../fixtures/plugins/tickets', import.meta.url));
const RULES = '/api/platform/mail/rules';

describe('an action of mail rules that another plugin brings', () => {
  let app: TestPlatform;
  let mail: MailPlatform;
  const plugins = { auth: authConfig, mail: { mailboxTtl: 0, smtp: { port: 0 } } };
  const begin = (fresh: TestPlatform) => {
    app = fresh;
    mail = mailOf(app);
  };
  const tickets = () => (app.services as unknown as { tickets: Tickets }).tickets;
  const rule = (more: object) =>
    mail.http.post(RULES, { name: 'tickets', mailbox: MAILBOX, conditions: { subject: 'help' }, ...more });
  const open = { action: 'tickets.open', settings: { queue: 'support' } };
  const settled = async () => {
    const { id } = (await app.services.mailboxes.byAddress(MAILBOX))!;
    await app.services.mailParseLoop.settled(id, 5_000);
    await app.services.jobs.idle();
  };
  beforeEach(async () => {
    begin(await startPlatform({ plugins: { ...plugins, [TICKETS]: {} } }));
    await mail.http.post('/api/create', { local: 'ada' });
  });
  afterEach(() => app.stop());

  it('is listed beside those of mail, with the schema of its settings', async () => {
    const { items } = (await mail.http.get('/api/platform/mail/rule-actions')).body;
    assert.deepEqual(
      items.map(({ name }: any) => name),
      ['accept', 'reject', 'quarantine', 'forward', 'tag', 'tickets.open'],
    );
    assert.deepEqual(items[5].settings.required, ['queue', 'urgent']);
  });

  it('is done once for each mail that meets the rule, and again until it succeeds', async () => {
    const made = await rule(open);
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(made.body.settings, { queue: 'support', urgent: false });
    assert.equal((await rule(open)).status, 201, 'the same twice is done once');
    tickets().failures = 2;
    await mail.deliver(plainMail('help me'));
    await mail.deliver(plainMail('hello'));
    await settled();
    assert.equal((await mail.list()).length, 2, 'nobody waits for it');
    for (let tries = 0; tries < 3; tries++) {
      await app.clock.advance(3600_000);
      await app.services.jobs.idle();
    }
    assert.deepEqual(
      tickets().opened.map(({ queue, mail: subject }) => [queue, subject]),
      [['support', 'help me']],
    );
    assert.match(tickets().opened[0]!.key, /^mail\.applyRule\/\d+$/);
  });

  it('is refused with settings that do not fit, without the right to it, and where there is none', async () => {
    for (const wrong of [
      { action: 'tickets.open' },
      { action: 'tickets.open', settings: { queue: '' } },
      { action: 'tickets.open', settings: { queue: 'a', more: 1 } },
      { action: 'tickets.open', settings: { queue: 'a'.repeat(10_000) } },
      { action: 'tickets.close', settings: {} },
      { action: 'toString' },
      { action: 'tag', value: 'one', settings: { queue: 'a' } },
    ]) {
      const refused = await rule(wrong);
      assert.deepEqual([refused.status, refused.body.code], [422, 'validation_error'], JSON.stringify(wrong));
    }
    const owner = await register(app);
    const mailbox = await mailboxOf(app, owner, 'owner');
    const refused = await owner.http.post(RULES, { name: 'mine', mailbox, conditions: {}, ...open });
    assert.deepEqual([refused.status, refused.body.code], [403, 'no_tickets'], refused.text);
  });

  it('ends with the right of who made the rule', async () => {
    const owner = await register(app);
    const mailbox = await mailboxOf(app, owner, 'owner');
    const { id } = (await app.services.accounts.byUuid(owner.id))!;
    tickets().agents.add(id);
    const made = await owner.http.post(RULES, { name: 'mine', mailbox, conditions: {}, ...open });
    assert.equal(made.status, 201, made.text);
    const come = async (subject: string) => {
      await mail.deliver(plainMail(subject), mailbox);
      await app.services.mailParseLoop.idle();
      await app.services.jobs.idle();
    };
    await come('one');
    tickets().agents.delete(id);
    await come('two');
    tickets().agents.add(id);
    await come('three');
    assert.deepEqual(
      tickets().opened.map(({ mail: subject }) => subject),
      ['one', 'three'],
    );
  });

  it('is changed like any other, and a stranger learns nothing of a rule', async () => {
    const { body } = await rule(open);
    const change = (patch: object) => mail.http.patch(`${RULES}/${body.id}`, patch);
    assert.deepEqual((await change({ settings: { queue: 'sales' } })).body.settings, { queue: 'sales', urgent: false });
    assert.deepEqual((await change({ name: 'new name' })).body.settings, { queue: 'sales', urgent: false });
    assert.equal((await change({ settings: { queue: 1 } })).status, 422);
    const tagged = (await change({ action: 'tag', value: 'one', settings: null })).body;
    assert.deepEqual([tagged.action, tagged.value, tagged.settings], ['tag', 'one', null]);
    const stranger = await register(app);
    const foreign = await stranger.http.patch(`${RULES}/${body.id}`, { action: 'no.such' });
    assert.equal(foreign.status, 404);
  });

  it('is passed over, with its rule kept, while its plugin is off', async () => {
    await rule(open);
    const { dataDir, clock } = app;
    const database = app.services.coreConfig.database as object;
    await app.platform.stop();
    begin(await startPlatform({ plugins, dataDir, clock, database: database as never }));
    await mail.deliver(plainMail('help me'));
    await settled();
    assert.equal((await mail.list()).length, 1);
    const [kept] = (await mail.http.get(RULES)).body.items;
    assert.deepEqual([kept.action, kept.settings], ['tickets.open', { queue: 'support', urgent: false }]);
    assert.equal((await mail.http.patch(`${RULES}/${kept.id}`, { enabled: false })).status, 200);
    assert.equal((await mail.http.delete(`${RULES}/${kept.id}`)).status, 204);
  });

  it('has to be registered before rules run, under a name of its own', () => {
    const { mailRuleActions } = app.services;
    const late = { name: 'late.one', summary: '', input: {} as never, apply: async () => {} };
    assert.throws(() => mailRuleActions.register(late), /factory/);
  });
});
