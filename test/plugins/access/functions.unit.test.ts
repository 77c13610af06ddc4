/** Every function × every role and kind of key × every way in: one declaration decides, whichever way the call comes. */
import assert from 'node:assert/strict';
import { scopesOf } from '#core/access/access.ts';
import { authConfig, type Person } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { type Caller, hasScope, makeCallers, makePeople, type People, roleOf } from './callers.ts';
import { FUNCTIONS, OWNED, type Row, type World } from './function-table.ts';
import { ASKED_BY_WAY, WAYS } from './ways.ts';

describe('who may call functions', () => {
  let app: TestPlatform;
  let people: People;
  let callers: Caller[];
  let world: World;

  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        billing: {},
        licensing: {},
        mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { enabled: false } },
        robots: { requestsPerMinute: 0 },
        workflows: {},
      },
      config: { http: { rateLimit: { enabled: false } } },
    });
    people = await makePeople(app);
    const scopes = [...new Set(Object.values(FUNCTIONS).map(({ scope }) => scope))];
    callers = await makeCallers(app, people, scopes);
    world = await makeWorld();
  });
  after(() => app.stop());

  async function makeWorld(): Promise<World> {
    const { http, tenantId } = people.owner;
    const mailboxes: Record<string, string> = {};
    const messages: Record<string, number> = {};
    const robots: World['robots'] = {};
    for (const [name, person] of Object.entries(people)) {
      const address = await mailboxOf(app, person, `box-${name}`);
      const raw = `From: Ada <ada@example.net>\r\nTo: ${address}\r\nSubject: Hello\r\n\r\nx\r\n`;
      const given = await app.http
        .bearer(authConfig.rootToken)
        .post('/receive', { from: 'ada@example.net', to: address, raw });
      assert.equal(given.status, 200, given.text);
      const mailbox = await app.services.mailboxes.byAddress(address);
      const message = await app.services.db
        .read('mail_messages')
        .where({ mailbox_id: mailbox?.id ?? 0 })
        .first();
      mailboxes[name] = address;
      messages[name] = message?.id ?? 0;
      robots[name] = await robotOf(name, person);
    }
    const document = { dsl: '1.0.0', namespace: 'access', name: 'target', version: '1.0.0' };
    const definition = { document, do: [{ step: { set: { done: true } } }] };
    assert.equal((await http.post('/api/platform/workflows', { definition })).status, 201);
    const started = await http.post('/api/platform/workflows/access/target/executions?wait=20', {});
    assert.equal(started.body.status, 'completed', started.text);
    return { app, tenantId, mailboxes, messages, executionId: started.body.id, robots };
  }

  /** A robot of the person, which has heard somebody of that name. */
  async function robotOf(name: string, { id, tenantId }: Person): Promise<World['robots'][string]> {
    const { db, people, robotMaking, robotMessages } = app.services;
    const user = await people.userByUuid(id);
    const wish = { tenantId, userId: user?.id ?? null, name, settings: {} };
    const row = await db.transaction((trx) => robotMaking.make(trx, wish));
    await robotMessages.receive(row, {
      clientId: null,
      spoken: 'hello',
      rawSpoken: '',
      person: `with ${name}`,
      group: '',
      groupRemark: '',
      roomType: 2,
      textType: 1,
      atMe: false,
      isSelf: false,
      ownId: null,
      phoneTime: null,
      file: null,
    });
    const talk = await db.read('robots_conversations').where({ robot: row.id }).first();
    const contact = await db
      .read('robots_contacts')
      .where({ id: talk?.contact ?? 0 })
      .first();
    return { robot: row.robot_id, conversation: talk?.uuid ?? '', contact: contact?.uuid ?? '' };
  }

  /** What the tables say, written a second time: not asked of the code under test. */
  function isAllowed(caller: Caller, name: string, way: string): boolean {
    const row = FUNCTIONS[name];
    const role = roleOf(caller);
    if (!row || !role) return false;
    const asked = ASKED_BY_WAY[way] ?? { scopes: [], roles: [role] };
    const scopes = [row.scope, ...(row.also ? [row.also] : []), ...asked.scopes];
    if (!row.roles.includes(role) || !asked.roles.includes(role)) return false;
    if (row.needsMaySend && !caller.maySend) return false;
    return scopes.every((scope) => hasScope(caller, scope));
  }

  /**
   * By the route all of them. By other ways the same declaration is asked: of keys those that are about a scope of the function,
   * and one of each kind that is about another; of those that this way lets nobody in with, one.
   */
  function callersOf(way: string, { scope, also }: Row): Caller[] {
    if (way === 'route') return callers;
    const asked = ASKED_BY_WAY[way]?.scopes ?? [];
    const mayEnter = (caller: Caller) => asked.every((one) => hasScope(caller, one));
    const isAboutIt = ({ about }: Caller) => about === undefined || about === scope || about === also;
    const others = new Map(callers.filter((one) => !isAboutIt(one) && mayEnter(one)).map((one) => [kindOf(one), one]));
    const refused = callers.find((caller) => !mayEnter(caller));
    return [
      ...callers.filter((one) => isAboutIt(one) && mayEnter(one)),
      ...others.values(),
      ...(refused ? [refused] : []),
    ];
  }

  function kindOf({ name, about = '' }: Caller): string {
    return name.replace(about, '');
  }

  it('is said of every function', () => {
    const declared = app.services.functions.list().map(({ name }) => name);
    assert.deepEqual(declared.sort(), Object.keys(FUNCTIONS).sort(), 'add a row to function-table.ts');
    for (const { name, access } of app.services.functions.list()) {
      const { scope, also } = FUNCTIONS[name]!;
      assert.deepEqual(scopesOf(access), also ? [scope, also] : [scope], name);
    }
  });

  for (const way of Object.keys(WAYS)) {
    for (const [name, row] of Object.entries(FUNCTIONS)) {
      it(`is the same by ${way}: ${name}`, async () => {
        const wrong: string[] = [];
        const judged = callersOf(way, row).map(async (caller) => {
          const expected = isAllowed(caller, name, way) ? 'done' : 'refused';
          const outcome = await WAYS[way]!(caller.http, name, await row.input(world, caller.person));
          if (outcome.kind === expected) return;
          wrong.push(`${caller.name}: ${JSON.stringify(outcome)} instead of ${expected}`);
        });
        await Promise.all(judged);
        assert.deepEqual(wrong, []);
      });
    }

    it(`ends at the border of the tenant by ${way}`, async () => {
      const wrong: string[] = [];
      for (const name of OWNED) {
        const input = await FUNCTIONS[name]?.input(world, 'owner');
        const outcome = await WAYS[way]!(people.stranger.http, name, input);
        const tells =
          outcome.kind === 'done' && JSON.stringify(outcome.output) !== '{"valid":false,"code":"INVALID_LICENSE"}';
        if (tells || outcome.kind === 'refused') wrong.push(`${name}: ${JSON.stringify(outcome)}`);
      }
      assert.deepEqual(wrong, []);
    });
  }

  it('ends at the robots of others within a tenant', async () => {
    const wrong: string[] = [];
    for (const name of Object.keys(FUNCTIONS).filter((one) => /^(robots|conversations|contacts)\./.test(one))) {
      const outcome = await WAYS.route!(people.member.http, name, await FUNCTIONS[name]?.input(world, 'owner'));
      if (outcome.kind !== 'failed') wrong.push(`${name}: ${JSON.stringify(outcome)}`);
    }
    assert.deepEqual(wrong, []);
  });

  it('ends at the mailboxes of others within a tenant', async () => {
    const wrong: string[] = [];
    for (const name of ['mail.find', 'mail.waitFor', 'mail.createMailbox'] as const) {
      const outcome = await WAYS.route!(people.member.http, name, await FUNCTIONS[name]?.input(world, 'owner'));
      if (outcome.kind !== 'failed') wrong.push(`${name}: ${JSON.stringify(outcome)}`);
    }
    assert.deepEqual(wrong, []);
  });
});
