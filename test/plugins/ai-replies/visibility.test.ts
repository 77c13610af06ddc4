/**
 * Members see through the routes of AI what they may see of robots: their own and those of the tenant as such. Asked by ids, by
 * lists, by counts and live, by everybody who may come: members and their keys, administrators, super-admins, robots, strangers.
 */
import assert from 'node:assert/strict';
import type { Client } from '#core/testing/client.ts';
import { addMember, type Person, register, signIn } from '#test/support/accounts.ts';
import { mailOf, plainMail } from '#test/support/mail.ts';
import { callAs } from '#test/support/principals.ts';
import { openStream } from '#test/support/streams.ts';
import { robotOf, type TestRobot } from '../robots/support.ts';
import { type Answers, said, say, setPolicy, startAnswers } from './answers-support.ts';

const AI = '/api/platform/ai';
/** Stands in everything that is of the colleague's robot. */
const MARK = 'zaffre';

interface Place {
  robot: TestRobot;
  conversation: string;
  contact: string;
  /** Ids of what waits for a person. */
  draft: string;
  call: string;
}

interface Other {
  who: string;
  http: Client;
  /** How they are refused. */
  refusal: 403 | 404;
  isMember: boolean;
}

describe('sight of members', () => {
  let answers: Answers;
  let owner: Person;
  /** Two members, each with a robot, and one robot of the tenant as such. */
  let colleague: Person;
  let member: Person;
  let theirs: Place;
  let own: Place;
  let shared: Place;
  let others: Other[];

  before(async () => {
    const mail = { domains: ['example.com'], publicDomains: ['example.com'], smtp: { port: 0 } };
    answers = await startAnswers({ plugins: { mail } });
    answers.says(`About ${MARK}.`);
    const { app } = answers;
    owner = (await answers.tenant()).owner;
    colleague = await addMember(app, owner, 'member');
    member = await addMember(app, owner, 'member');
    theirs = await placeOf(await robotOf(app, colleague), MARK);
    answers.says('An answer.');
    own = await placeOf(await robotOf(app, member), 'Ada');
    const tenants = await robotOf(app, owner);
    await app.services.db.write('robots_robots').where({ id: tenants.key }).update({ user_id: null });
    shared = await placeOf(tenants, 'Bob');
    for (const { robot, contact } of [theirs, own, shared])
      for (const [kind, subject] of [
        ['robot', robot.robotId],
        ['contact', contact],
      ])
        await made('budgets', { kind, subject, period: 'day', amount: 100 });
    for (const kind of ['robot', 'contact'])
      await made('budgets', { kind, subject: '*', period: 'month', amount: 100 });
    await made('budgets', { kind: 'tenant', period: 'month', amount: 100 });
    others = await everybodyElse();
  });
  after(() => answers.stop());

  async function made(path: string, body: object): Promise<void> {
    const answer = await owner.http.post(`${AI}/${path}`, body);
    assert.equal(answer.status, 201, answer.text);
  }

  /** A robot with somebody to whom it would answer, and who wants something changed. */
  async function placeOf(robot: TestRobot, person: string): Promise<Place> {
    const { app } = answers;
    const changed = await owner.http.patch(`/api/platform/robots/robots/${robot.robotId}`, {
      replyDelayMin: 0,
      replyDelayMax: 0,
    });
    assert.equal(changed.status, 200, changed.text);
    await setPolicy(owner, robot, { approval: true, persona: person });
    await say(answers, robot, { spoken: `I am ${person}`, receivedName: person });
    const [{ id: conversation, contact_id: contact }] = (
      await owner.http.get(`/api/platform/robots/conversations?robot=${robot.robotId}`)
    ).body.items;
    const [draft] = await items(owner.http, `replies?state=draft&robot_id=${robot.robotId}`);
    const allowed = await owner.http.put(`${AI}/robots/${robot.robotId}/tools`, {
      items: [{ tool: 'function:contacts.update' }],
    });
    assert.equal(allowed.status, 200, allowed.text);
    await want({ robot, conversation, contact }, { contact_id: contact, notes: person });
    const [call] = await items(owner.http, `tool-calls?state=waiting&robot_id=${robot.robotId}`);
    assert.deepEqual([draft.state, call.state], ['draft', 'waiting']);
    assert.equal(app.services.clock.now() > 0, true);
    return { robot, conversation, contact, draft: draft.id, call: call.id };
  }

  /** The model of the robot wants this. */
  async function want(
    { robot, conversation, contact }: Pick<Place, 'robot' | 'conversation' | 'contact'>,
    input: object,
  ): Promise<void> {
    const [tool] = await answers.app.services.tools.forModel({
      tenantId: owner.tenantId,
      robotId: robot.robotId,
      conversationId: conversation,
      contactId: contact,
      key: JSON.stringify(input),
    });
    assert.equal(Object(await tool?.run(input, new AbortController().signal)).asked, true);
  }

  async function items(http: Client, path: string): Promise<any[]> {
    const answer = await http.get(`${AI}/${path}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.items;
  }

  async function keyOf(person: Person, scopes?: string[]): Promise<Client> {
    const wish = { name: 'a key', expires_in_days: 1, ...(scopes && { scopes }) };
    const made = await person.http.post('/api/v2/api-keys', wish);
    assert.equal(made.status, 201, made.text);
    return answers.app.http.apiKey(made.body.raw_key);
  }

  /** Somebody in the tenant of the owner with this role, who is a super-admin besides. */
  async function superadminOf(role: 'owner' | 'member'): Promise<Person> {
    const { db, people } = answers.app.services;
    const person = await addMember(answers.app, owner, role);
    const user = await people.userByUuid(person.id);
    await db.transaction((trx) => people.updateUser(trx, user!.id, { is_superadmin: 1 }));
    return signIn(answers.app, person.email, person.password);
  }

  /** Ids of robots in what names them. */
  async function robotsSeen(http: Client): Promise<Record<string, string[]>> {
    const of = (rows: any[], name: string) => [...new Set(rows.map((row) => row[name]).filter(Boolean))].sort();
    const budgets = (await items(http, 'budgets')).filter(({ kind }) => kind === 'robot');
    return {
      replies: of(await items(http, 'replies'), 'robot_id'),
      toolCalls: of(await items(http, 'tool-calls'), 'robot_id'),
      calls: of(await items(http, 'calls'), 'robot_id'),
      costs: of(await items(http, 'costs?by=robot'), 'subject'),
      budgets: of(budgets, 'subject').filter((subject) => subject !== '*'),
    };
  }

  function everywhere(...places: Place[]): Record<string, string[]> {
    const ids = places.map(({ robot }) => robot.robotId).sort();
    return { replies: ids, toolCalls: ids, calls: ids, costs: ids, budgets: ids };
  }

  /** As the dashboard has them. */
  async function waiting(http: Client): Promise<number[]> {
    const { body } = await http.get('/api/platform/attention');
    const all: { id: string; count: number }[] = body.items ?? body;
    return ['ai-replies.drafts', 'ai-replies.tools'].map((wanted) => all.find(({ id }) => id === wanted)?.count ?? 0);
  }

  /** Everything that is kept of the colleague's robot. */
  async function stored(): Promise<string> {
    const { db } = answers.app.services;
    const where = { robot_id: theirs.robot.robotId };
    const tables = ['replies', 'turns', 'policies', 'tool_grants', 'tool_calls', 'calls'] as const;
    const rows = await Promise.all(tables.map((table) => db.read(`ai_replies_${table}`).where(where)));
    return JSON.stringify([...rows, await said(answers, theirs.robot)]);
  }

  /** Who may not see anything of it, though some may see other robots. */
  async function everybodyElse(): Promise<Other[]> {
    const stranger = await register(answers.app);
    const second = await addMember(answers.app, owner, 'member');
    const [key, narrowed] = [
      await keyOf(member),
      await keyOf(member, ['ai:manage', 'ai:use', 'messages:send', 'robots:read']),
    ];
    return [
      { who: 'a member with a robot', http: member.http, refusal: 404, isMember: true },
      { who: 'a member without one', http: second.http, refusal: 404, isMember: true },
      { who: 'a key of a member', http: key, refusal: 404, isMember: true },
      { who: 'a narrowed key of a member', http: narrowed, refusal: 404, isMember: true },
      { who: 'an owner of another tenant', http: stranger.http, refusal: 404, isMember: false },
      { who: 'a key of that owner', http: await keyOf(stranger), refusal: 404, isMember: false },
      { who: 'a robot', http: own.robot.http, refusal: 403, isMember: false },
      { who: 'the robot itself', http: theirs.robot.http, refusal: 403, isMember: false },
    ];
  }

  it('shows and changes nothing of a colleague’s robot by ids in paths', async () => {
    const before = await stored();
    const ids: [RegExp, string][] = [
      [/\/replies\/\{id\}/, theirs.draft],
      [/\/conversations\/\{id\}/, theirs.conversation],
      [/\/tool-calls\/\{id\}/, theirs.call],
      [/\{robotId\}/, theirs.robot.robotId],
    ];
    const asked = answers.app.platform.routes.flatMap(({ method, path }) => {
      const [, id] = (path.startsWith(`${AI}/`) && ids.find(([shape]) => shape.test(path))) || [];
      return id ? [{ method, path: path.replace(/\{(id|robotId)\}/, id) }] : [];
    });
    assert.ok(asked.length >= 11, String(asked.length));
    for (const { who, http, refusal, isMember } of others)
      for (const { method, path } of asked) {
        const { status, text } = await http.send(method, path, bodyFor(method, path));
        const about = `${who}: ${method} ${path}: ${text}`;
        const isForAdmins = isMember && method === 'PUT' && path.endsWith('/tools');
        assert.equal(status, isForAdmins ? 403 : refusal, about);
        assert.ok(!text.includes(MARK), about);
      }
    assert.equal(await stored(), before);
  });

  /** What each route takes, so that nothing but the rights refuses it. */
  function bodyFor(method: string, path: string): object | undefined {
    if (method === 'GET') return undefined;
    if (path.endsWith('/try')) return { text: 'x' };
    if (path.includes('/policies/')) return { approval: true };
    return path.endsWith('/tools') ? { items: [] } : {};
  }

  it('names it in no list, whatever it is filtered by, and in no table of one', async () => {
    const { robotId } = theirs.robot;
    const filters = ['', `robot_id=${robotId}`, `conversation_id=${theirs.conversation}`, 'state=draft', 'format=csv'];
    filters.push('by=robot', 'by=contact', 'by=day', 'limit=200', `format=csv&robot_id=${robotId}`);
    const lists = answers.app.platform.routes.filter(
      ({ method, path }) => method === 'GET' && path.startsWith(`${AI}/`) && !path.includes('{'),
    );
    for (const { who, http, refusal } of others) {
      let shown = 0;
      // Who may not come there at all may not, whatever it is filtered by.
      for (const { path } of lists)
        for (const filter of refusal === 404 ? filters : ['']) {
          const { status, text } = await http.get(`${path}?${filter}`);
          if (status >= 300) continue;
          shown++;
          for (const secret of [MARK, robotId, theirs.contact, theirs.conversation])
            assert.ok(!text.includes(secret), `${who}: ${path}?${filter}: ${text}`);
        }
      assert.ok(refusal === 404 ? shown > 30 : shown === 0, `${who}: ${shown}`);
    }
  }).timeout(60_000);

  it('shows members their own robots and those of the tenant, and lets them decide there', async () => {
    assert.deepEqual(await robotsSeen(member.http), everywhere(own, shared));
    assert.deepEqual(await robotsSeen(colleague.http), everywhere(theirs, shared));
    assert.deepEqual(await robotsSeen(await keyOf(member)), everywhere(own, shared));
    assert.deepEqual(await robotsSeen(await keyOf(member, ['ai:read'])), everywhere(own, shared));
    assert.deepEqual(
      [await waiting(member.http), await waiting(owner.http)],
      [
        [2, 2],
        [3, 3],
      ],
    );
    const csv = await member.http.get(`${AI}/replies?format=csv`);
    assert.ok(csv.text.includes(own.robot.robotId) && csv.text.includes(shared.robot.robotId), csv.text);
    for (const { conversation, robot } of [own, shared]) {
      assert.equal((await member.http.get(`${AI}/conversations/${conversation}/why`)).body.decisions.length, 1);
      assert.equal((await member.http.get(`${AI}/robots/${robot.robotId}/tools`)).body.items.length, 1);
    }
    const sent = await member.http.post(`${AI}/replies/${own.draft}/send`, {});
    assert.deepEqual([sent.status, sent.body.state], [200, 'sent'], sent.text);
    assert.equal((await member.http.post(`${AI}/replies/${shared.draft}/reject`)).body.state, 'rejected');
    assert.equal((await member.http.post(`${AI}/tool-calls/${own.call}/approve`, {})).body.state, 'approved');
    assert.equal((await member.http.post(`${AI}/tool-calls/${shared.call}/reject`)).body.state, 'rejected');
    await answers.pass(0);
    assert.deepEqual(await said(answers, own.robot), ['An answer.']);
    // What was approved or rejected is told to the model, which makes another draft of it.
    assert.deepEqual(
      [await waiting(member.http), await waiting(owner.http)],
      [
        [2, 0],
        [3, 1],
      ],
    );
    const contact = await member.http.get(`/api/platform/robots/contacts/${own.contact}`);
    assert.equal(contact.body.notes, 'Ada');
  });

  it('shows of money what is of no robot, of each one, and of robots and contacts that are seen', async () => {
    const seen = async (http: Client) =>
      (await items(http, 'budgets')).map(({ kind, subject }) => `${kind} ${subject}`);
    const subjects = ({ robot, contact }: Place) => [`robot ${robot.robotId}`, `contact ${contact}`];
    const anyway = ['contact *', 'robot *', 'tenant '];
    const wanted = [...anyway, ...subjects(own), ...subjects(shared)];
    assert.deepEqual((await seen(member.http)).sort(), wanted.sort());
    assert.deepEqual((await seen(owner.http)).sort(), [...wanted, ...subjects(theirs)].sort());
    const costs = async (http: Client, by: string) => (await http.get(`${AI}/costs?by=${by}`)).body;
    const byContact = (await costs(member.http, 'contact')).items.map(({ subject }: { subject: string }) => subject);
    assert.deepEqual(byContact.sort(), [own.contact, shared.contact].sort());
    for (const by of ['day', 'provider', 'purpose'])
      assert.deepEqual(await costs(member.http, by), await costs(owner.http, by), by);
    const [few, all] = [await costs(member.http, 'robot'), await costs(owner.http, 'robot')];
    assert.ok(few.total > 0 && few.total < all.total, JSON.stringify([few, all]));
    const { db, clock } = answers.app.services;
    const call = {
      uuid: crypto.randomUUID(),
      tenant_id: owner.tenantId,
      provider: 'fake',
      model: 'm',
      purpose: 'classify' as const,
      outcome: 'answered' as const,
      created_at: clock.now(),
    };
    await db.write('ai_replies_calls').insert(call);
    assert.equal((await items(member.http, 'calls?purpose=classify')).length, 1);
    await db.write('ai_replies_calls').where({ uuid: call.uuid }).delete();
  });

  it('shows owners, administrators and super-admins all of their tenant, and of no other', async () => {
    const admin = await addMember(answers.app, owner, 'admin');
    const all = everywhere(theirs, own, shared);
    const superadmin = await superadminOf('member');
    for (const http of [
      owner.http,
      admin.http,
      await keyOf(owner),
      await keyOf(admin, ['ai:read']),
      superadmin.http,
      await keyOf(superadmin, ['ai:read', 'admin:manage']),
    ])
      assert.deepEqual(await robotsSeen(http), all);
    // A key passes as super-admin only when it says so.
    assert.deepEqual(await robotsSeen(await keyOf(superadmin, ['ai:read'])), everywhere(shared));
    const elsewhere = await answers.tenant();
    const { app } = answers;
    const user = await app.services.people.userByUuid(elsewhere.owner.id);
    await app.services.db.transaction((trx) => app.services.people.updateUser(trx, user!.id, { is_superadmin: 1 }));
    const far = await signIn(app, elsewhere.owner.email, elsewhere.owner.password);
    assert.deepEqual(await robotsSeen(far.http), everywhere());
    for (const path of [`replies/${theirs.draft}`, `conversations/${theirs.conversation}/why`])
      assert.equal((await far.http.get(`${AI}/${path}`)).status, 404, path);
    assert.equal((await far.http.post(`${AI}/tool-calls/${theirs.call}/reject`)).status, 404);
  });

  it('keeps drafts of mail for who has asked for them, and administrators', async () => {
    const { app } = answers;
    const call = async (name: string, input: object, key: string) => {
      const output = await app.services.functions.call(name, input, await callAs(app, colleague, key));
      return Object(output);
    };
    const { address } = await call('mail.createMailbox', {}, 'mailbox');
    await mailOf(app).deliver(plainMail(MARK), address);
    const [{ id: message_id }] = (await call('mail.find', { mailbox: address, subject: MARK }, 'find')).items;
    answers.says(`Dear ${MARK}`);
    const { draft_id: draft } = await call('ai.answerMail', { message_id }, 'answer');
    const input = await callAs(app, owner, 'answer');
    const another = await app.services.functions.call('ai.answerMail', { message_id }, input);
    assert.notEqual(Object(another).draft_id, draft, 'the same key of somebody else is another one');
    const sees = async (http: Client) => (await items(http, 'tool-calls?state=waiting')).some(({ id }) => id === draft);
    assert.deepEqual(
      [await sees(colleague.http), await sees(owner.http), await sees(await keyOf(colleague, ['ai:read']))],
      [true, true, true],
    );
    const before = await waiting(member.http);
    for (const { who, http, refusal } of others) {
      if (refusal === 404) assert.equal(await sees(http), false, who);
      for (const verb of ['approve', 'reject'])
        assert.equal((await http.post(`${AI}/tool-calls/${draft}/${verb}`, {})).status, refusal, who);
    }
    assert.deepEqual(
      [before, await waiting(colleague.http)],
      [
        [2, 0],
        [2, 2],
      ],
    );
    assert.equal((await colleague.http.post(`${AI}/tool-calls/${draft}/reject`)).body.state, 'rejected');
  });

  it('tells live what is of robots that are seen', async () => {
    const { app } = answers;
    const { db, events } = app.services;
    const follow = (person: Person) =>
      openStream(`${app.url}/api/platform/live?topics=ai.*`, { authorization: `Bearer ${person.accessToken}` });
    const [mine, its] = [await follow(member), await follow(owner)];
    assert.deepEqual([mine.status, its.status], [200, 200]);
    const tell = (place: Place, kinds: [kind: any, subject: string][]) =>
      db.transaction(async (trx) => {
        const about = { tenantId: owner.tenantId, subject: place.conversation };
        const { robotId } = place.robot;
        const who = { conversation_id: place.conversation, robot_id: robotId };
        const reply = { ...who, reply_id: place.draft, contact_id: place.contact, provider: null, model: null };
        await events.emit(trx, 'ai.reply.generated', { ...reply, state: 'draft' }, about);
        await events.emit(trx, 'ai.reply.held', { ...who, reason: 'limit' }, about);
        for (const [kind, subject] of kinds) {
          const limit = { kind, subject, percent: 50 as const, used: 5, limit: 10 };
          await events.emit(trx, 'ai.limit.reached', limit, { tenantId: owner.tenantId, subject });
        }
      });
    const kindsOf = ({ robot: { robotId }, contact }: Place): [string, string][] => [
      ...([
        ['robot', robotId],
        ['daily', robotId],
      ] as [string, string][]),
      ['contact', contact],
    ];
    await tell(theirs, kindsOf(theirs));
    await tell(own, [...kindsOf(own), ['tenant', '']]);
    await tell(shared, kindsOf(shared));
    await its.until(16);
    await mine.until(11);
    for (const secret of [theirs.robot.robotId, theirs.contact, theirs.conversation])
      assert.ok(!JSON.stringify(mine.data).includes(secret), JSON.stringify(mine.data));
    assert.equal(mine.types.length, 11);
    for (const stream of [mine, its]) stream.close();
  });

  it('does what is approved in this tenant alone, also when a super-admin approves it', async () => {
    const elsewhere = await answers.tenant();
    await say(answers, elsewhere.robot, { spoken: 'hello', receivedName: 'Eve' });
    const [foreign] = (await elsewhere.owner.http.get('/api/platform/robots/contacts')).body.items;
    const stolen = { contact_id: foreign.id, notes: 'stolen' };
    await want(own, stolen);
    const [call] = await items(owner.http, 'tool-calls?state=waiting');
    const superadmin = await superadminOf('owner');
    assert.equal(call.input.contact_id, own.contact);
    const approved = await superadmin.http.post(`${AI}/tool-calls/${call.id}/approve`, { input: stolen });
    assert.equal(approved.status, 200, approved.text);
    await answers.pass(0);
    const [failed] = await items(owner.http, 'tool-calls?state=failed');
    assert.equal(failed.id, call.id);
    const { body } = await elsewhere.owner.http.get(`/api/platform/robots/contacts/${foreign.id}`);
    assert.equal(body.notes, '');
  });

  it('leaves what people have answered to the whole tenant, as knowledge', async () => {
    const answered = await colleague.http.post(`/api/platform/robots/conversations/${theirs.conversation}/answers`, {
      text: 'By hand.',
    });
    assert.equal(answered.status, 201, answered.text);
    await answers.pass(0);
    assert.deepEqual(
      (await items(member.http, 'answers?state=suggested')).map(({ answer }) => answer),
      ['By hand.'],
    );
  });
});
