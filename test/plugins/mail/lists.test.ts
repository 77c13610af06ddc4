/** The lists of mail: the contract of all lists, what they filter by, and whose rows they show to whom. */
import assert from 'node:assert/strict';
import {
  addMember,
  allowSending,
  authConfig,
  keyOf,
  type Person,
  ROOT_TOKEN,
  register,
} from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { walkList } from '#test/support/lists.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { sendMail } from '#test/support/smtp.ts';

const BASE = '/api/platform/mail';
const LISTS = ['mailboxes', 'messages', 'quarantine', 'sent', 'scheduled', 'rules', 'webhooks', 'suppressions'];

describe('the lists of mail', () => {
  let app: TestPlatform;
  let root: Client;
  let owner: Person;
  let member: Person;
  let stranger: Person;

  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, publicDomains: ['example.com'], smtp: { port: 0 } } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    root = app.http.bearer(ROOT_TOKEN);
    owner = await register(app);
    member = await addMember(app, owner, 'member');
    stranger = await register(app);
    for (const [person, local] of [
      [owner, 'one'],
      [owner, 'two'],
      [member, 'three'],
      [stranger, 'theirs'],
    ] as const) {
      await mailboxOf(app, person, local);
      await app.clock.advance(1_000);
    }
    for (const person of [owner, member, stranger]) await allowSending(app, person);
    const quarantine = { conditions: { subject: 'bad' }, action: 'quarantine' };
    await made(owner.http.post(`${BASE}/rules`, { name: 'hold', mailbox: 'one@example.com', ...quarantine }));
    for (const [index, [to, subject, from]] of [
      ['one', 'Invoice 1', 'shop@sender.example'],
      ['one', 'invoice 100% due', 'carol@sender.example'],
      ['one', 'About an invoice', 'shop@sender.example'],
      ['one', 'bad news', 'shop@sender.example'],
      ['two', 'Hello', 'carol@sender.example'],
      ['three', 'Invoice of the member', 'shop@sender.example'],
      ['theirs', 'Invoice of a stranger', 'shop@sender.example'],
      ['theirs', 'bad for a stranger', 'shop@sender.example'],
    ].entries()) {
      const mail = { from, to: `${to}@example.com`, subject, text: `secret word ${index}` };
      await sendMail(app.services.smtpReceiver.port()!, mail);
      await app.services.mailParseLoop.idle();
      await app.clock.advance(1_000);
    }
  });
  after(() => app.stop());

  const made = async (answer: ReturnType<Client['post']>) => {
    const { status, body, text } = await answer;
    assert.ok(status < 300, text);
    return body;
  };
  const shown = async (who: Client, list: string, query = '') => {
    const { status, body, text } = await who.get(`${BASE}/${list}?${query}`);
    assert.equal(status, 200, text);
    return body.items;
  };
  const subjects = async (query: string, who: Client = owner.http, list = 'messages'): Promise<string[]> =>
    (await shown(who, list, query)).map(({ subject }: { subject: string }) => subject);

  it('keep the contract of lists', async () => {
    for (const address of ['a@else.example', 'b@else.example']) {
      await made(owner.http.post(`${BASE}/suppressions`, { address }));
      await made(owner.http.post(`${BASE}/webhooks`, { mailbox: 'one@example.com', url: `https://${address}/` }));
      await app.clock.advance(1_000);
    }
    await made(owner.http.post(`${BASE}/rules`, { ...RULE, mailbox: 'two@example.com' }));
    await made(member.http.post(`${BASE}/rules`, { ...RULE, mailbox: 'three@example.com', position: 1 }));
    for (const minutes of [30, 10, 20]) {
      const scheduledAt = new Date(app.clock.now() + minutes * 60_000).toISOString();
      const mail = { from: 'one@example.com', to: 'x@else.example', subject: `in ${minutes}`, text: 'x', scheduledAt };
      await made(owner.http.post('/api/send', mail));
      await app.clock.advance(1_000);
    }
    const client = owner.http;
    await walkList({ client, path: `${BASE}/mailboxes`, rows: 3, sorts: ['address', 'created_at'] });
    await walkList({ client, path: `${BASE}/messages`, rows: 5, sorts: ['id'] });
    await walkList({ client, path: `${BASE}/quarantine`, rows: 1, sorts: ['id'] });
    await walkList({ client, path: `${BASE}/sent`, rows: 3, sorts: ['created_at'] });
    await walkList({ client, path: `${BASE}/scheduled`, rows: 3, sorts: ['scheduled_at'] });
    await walkList({ client, path: `${BASE}/rules`, rows: 3, sorts: ['position'] });
    await walkList({ client, path: `${BASE}/webhooks`, rows: 2, sorts: ['created_at'] });
    await walkList({ client, path: `${BASE}/suppressions`, rows: 2, sorts: ['address', 'created_at'] });
    assert.deepEqual(await subjects('', client, 'scheduled'), ['in 10', 'in 20', 'in 30']);
    assert.deepEqual(await subjects('status=scheduled&from=one', client, 'sent'), ['in 20', 'in 10', 'in 30']);
    assert.deepEqual(await subjects('status=delivered,bounced', client, 'sent'), []);
  });

  it('find messages by mailbox, time, tag, state, words, and how subject and sender begin', async () => {
    assert.deepEqual(await subjects('mailbox=two@example.com'), ['Hello']);
    assert.deepEqual(await subjects('', owner.http, 'quarantine'), ['bad news']);
    assert.deepEqual(await subjects('subject=INVOICE 1'), ['invoice 100% due', 'Invoice 1']);
    assert.deepEqual(await subjects('subject=invoice 100%25'), ['invoice 100% due']);
    assert.deepEqual(await subjects('subject=invoice 10_'), []);
    assert.deepEqual(await subjects('from=carol@se'), ['Hello', 'invoice 100% due']);
    assert.equal((await owner.http.get(`${BASE}/messages?subject=%25`)).status, 400);
    assert.deepEqual(await subjects('search=invoice about'), ['About an invoice']);
    assert.deepEqual(await subjects('search=*'), []);
    const found = ['invoice 100% due', 'About an invoice'];
    assert.deepEqual(await subjects('search=invoice&sort=id&mailbox=one@example.com'), ['Invoice 1', ...found]);
    for (const sort of ['id', '-id']) await walkFound(sort);
    const [first] = await shown(owner.http, 'messages', 'sort=id');
    const [hello] = await shown(owner.http, 'messages', 'mailbox=two@example.com');
    assert.deepEqual([first.subject, first.mailbox], ['Invoice 1', 'one@example.com']);
    const between = `received_at_from=${first.received_at}&received_at_to=${hello.received_at}`;
    assert.deepEqual(await subjects(`${between}`), ['About an invoice', 'invoice 100% due', 'Invoice 1']);
    await made(owner.http.patch(`${BASE}/messages/${first.id}`, { read: true, tags: ['100%', 'paid'] }));
    assert.deepEqual(await subjects('tag=paid'), ['Invoice 1']);
    assert.deepEqual(await subjects('tag=100%25'), ['Invoice 1']);
    assert.deepEqual(await subjects('tag=%25'), []);
    assert.deepEqual(await subjects('unread=false'), ['Invoice 1']);
    assert.equal((await subjects('unread=true')).length, 4);
    assert.deepEqual(await subjects(`thread_id=${hello.thread_id}`), ['Hello']);
  });

  /** Pages of one that are found by words, there and back. */
  async function walkFound(sort: string): Promise<void> {
    const whole = await subjects(`search=secret inv&sort=${sort}`);
    assert.equal(whole.length, 4);
    const page = async (more: string) =>
      (await owner.http.get(`${BASE}/messages?search=secret inv&sort=${sort}&limit=1${more}`)).body;
    const there: any[] = [await page('')];
    while (there.at(-1).next_cursor) there.push(await page(`&cursor=${there.at(-1).next_cursor}`));
    assert.deepEqual(
      there.map(({ items }) => items[0].subject),
      whole,
    );
    const back: any[] = [there.at(-1)];
    while (back.at(-1).previous_cursor) back.push(await page(`&cursor=${back.at(-1).previous_cursor}`));
    assert.deepEqual(back.map(({ items }) => items[0].subject).reverse(), whole);
  }

  it('say what is new in each mailbox', async () => {
    const boxes = await shown(owner.http, 'mailboxes', 'sort=address');
    const [one] = await shown(owner.http, 'messages', 'mailbox=one@example.com&limit=1');
    assert.deepEqual(
      boxes.map(({ address, unread }: any) => [address, unread]),
      [
        ['one@example.com', 2],
        ['three@example.com', 1],
        ['two@example.com', 1],
      ],
    );
    assert.equal(boxes[0].last_mail_at, one.received_at);
    assert.deepEqual((await shown(owner.http, 'mailboxes', 'address=t')).length, 2);
    assert.deepEqual((await shown(owner.http, 'mailboxes', 'domain=else.example')).length, 0);
    assert.deepEqual((await shown(owner.http, 'mailboxes', `created_at_from=${boxes[2].created_at}`)).length, 2);
  });

  it('show members their own, administrators their tenant, super-admins all', async () => {
    const count = async (who: Client) =>
      Object.fromEntries(await Promise.all(LISTS.map(async (list) => [list, (await shown(who, list)).length])));
    const whole = await count(root);
    assert.deepEqual([whole.mailboxes, whole.messages, whole.rules], [4, 7, 3]);
    const forMember = await Promise.all(
      ['mailboxes', 'messages', 'quarantine', 'sent', 'scheduled', 'rules', 'webhooks'].map(
        async (list) => (await shown(member.http, list)).length,
      ),
    );
    assert.deepEqual(forMember, [1, 1, 0, 0, 0, 1, 0]);
    assert.equal((await member.http.get(`${BASE}/suppressions`)).status, 403);
    assert.deepEqual(
      { ...(await count(stranger.http)), messages: await subjects('', stranger.http) },
      {
        mailboxes: 1,
        quarantine: 0,
        sent: 0,
        scheduled: 0,
        rules: 0,
        webhooks: 0,
        suppressions: 0,
        messages: ['bad for a stranger', 'Invoice of a stranger'],
      },
    );
  });

  it("show nobody another's rows: by filter, order, cursor, words or CSV", async () => {
    for (const list of LISTS) {
      const first = (await owner.http.get(`${BASE}/${list}?limit=1`)).body;
      const filters = ['mailbox=one@example.com', 'from=one', 'address=one', 'format=csv', 'subject=Invoice 1'];
      const known = list === 'messages' ? [...filters, 'search=secret', 'search=about', `thread_id=1`] : filters;
      const places = first.next_cursor ? [...known, `cursor=${first.next_cursor}`] : known;
      for (const query of places) {
        const { status, text } = await stranger.http.get(`${BASE}/${list}?${query}&limit=200`);
        assert.ok(status === 200 || status === 422, `${list}?${query}: ${text}`);
        assert.doesNotMatch(text, /one@|two@|three@|About|Hello|else\.example/, `${list}?${query}`);
      }
    }
    assert.deepEqual(await subjects('mailbox=theirs@example.com'), []);
    assert.equal((await shown(owner.http, 'mailboxes', 'address=theirs')).length, 0);
  });

  it('ask keys for their scopes', async () => {
    const reader = app.http.with(await keyOf(owner, ['mail:read']));
    const other = app.http.with(await keyOf(owner, ['mail:send']));
    for (const list of LISTS) {
      const isSettings = ['rules', 'webhooks', 'suppressions'].includes(list);
      assert.equal((await reader.get(`${BASE}/${list}`)).status, isSettings ? 403 : 200, list);
      assert.equal((await other.get(`${BASE}/${list}?format=csv`)).status, 403, list);
      assert.equal((await app.http.get(`${BASE}/${list}`)).status, 401, list);
    }
  });

  it('hide from a new owner what came before, in lists, counts, words and beginnings', async () => {
    const address = await mailboxOf(app, member, 'handed');
    const mail = { from: 'a@sender.example', to: address, subject: 'Before the change', text: 'x' };
    await sendMail(app.services.smtpReceiver.port()!, mail);
    await app.services.mailParseLoop.idle();
    assert.deepEqual(await subjects(`mailbox=${address}`, member.http), ['Before the change']);
    await made(root.post('/api/users/unassign', { username: member.email, address }));
    await made(root.post('/api/users/assign', { username: stranger.email, address }));
    for (const query of ['', 'search=before&', 'subject=Before&', 'from=a&']) {
      assert.deepEqual(await subjects(`${query}mailbox=${address}`, stranger.http), [], query);
    }
    const [box] = await shown(stranger.http, 'mailboxes', `address=${address}`);
    assert.deepEqual([box.unread, box.last_mail_at], [0, null]);
    assert.deepEqual(await subjects(`mailbox=${address}`, member.http), [], 'nor has who gave it away');
  });

  it('refuse what no database can compare, and survive what it can', async () => {
    const huge = 'x'.repeat(501);
    const place = (text: string) => `cursor=${Buffer.from(text).toString('base64url')}`;
    for (const query of [
      'from=%00',
      'mailbox=%00',
      'address=%00',
      'search=%00',
      'tag=%00',
      'subject=a%00b',
      'domain=%00',
      `from=${huge}`,
      `address=${huge}`,
      `search=${huge}`,
      `tag=${huge}`,
      `mailbox=${'a,'.repeat(200)}`,
      'thread_id=99999999999999999999',
      'thread_id=999999999999999',
      'user_id=1,x',
      'user_id=999999999999999',
      'received_at_from=9999-12-31T23:59:59Z',
      'created_at_from=0000-01-01T00:00:00Z',
      'received_at_to=x',
      place('[2,"-id",0,1e15,9007199254740991]'),
      place('[2,"address",0,"\\u0000",1]'),
      place('[2,"-id",0,"x",1]'),
      'subject=%27%22%5C%25_',
      'subject=%F0%9F%98%80a',
      "search=' or 1=1 --",
      'from=a\\',
      'tag=%25',
    ]) {
      for (const list of LISTS) {
        const { status, text } = await owner.http.get(`${BASE}/${list}?${query}`);
        assert.ok([200, 400, 422].includes(status), `${list}?${query} answered ${status}: ${text}`);
      }
    }
    assert.equal((await owner.http.get(`${BASE}/messages?from=${huge}`)).status, 422);
    assert.equal((await owner.http.get(`${BASE}/messages?${place('[2,"-id",0,"\\u0000",1]')}`)).status, 400);
  });

  describe('versions', () => {
    it('of a rule, of which the second writer is told', async () => {
      const rule = await made(owner.http.post(`${BASE}/rules`, { ...RULE, mailbox: 'two@example.com' }));
      const [listed] = (await shown(owner.http, 'rules')).filter(({ id }: { id: number }) => id === rule.id);
      assert.equal(listed.version, rule.version);
      const change = (body: object, version: string) =>
        owner.http.patch(`${BASE}/rules/${rule.id}`, body, { 'if-match': `"${version}"` });
      const first = await change({ name: 'mine' }, rule.version);
      assert.deepEqual([first.status, first.headers.get('etag')], [200, `"${first.body.version}"`]);
      const second = await change({ name: 'theirs' }, rule.version);
      assert.deepEqual([second.status, second.body.version], [412, first.body.version]);
      const both = await Promise.all([1, 2, 3].map((n) => change({ name: `${n}` }, first.body.version)));
      assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412, 412]);
      const gone = (version: string) =>
        owner.http.delete(`${BASE}/rules/${rule.id}`, undefined, { 'if-match': `"${version}"` });
      assert.equal((await gone(rule.version)).status, 412);
      assert.equal((await gone(both.find(({ status }) => status === 200)!.body.version)).status, 204);
    });

    it('of the rule of a domain, and of a webhook', async () => {
      const rule = await made(root.post(`${BASE}/rules`, { ...RULE, domain: 'example.com' }));
      const path = `${BASE}/rules/${rule.id}`;
      assert.equal((await root.patch(path, { position: 2 }, { 'if-match': '"other"' })).status, 412);
      assert.equal((await root.delete(path, undefined, { 'if-match': `"${rule.version}"` })).status, 204);
      const wish = { mailbox: 'two@example.com', url: 'https://hook.example/' };
      const { id, version } = await made(owner.http.post(`${BASE}/webhooks`, wish));
      const [listed] = await shown(owner.http, 'webhooks', 'mailbox=two@example.com');
      assert.deepEqual([listed.id, listed.version, 'secret' in listed], [id, version, false]);
      const remove = (tag: string) => owner.http.delete(`${BASE}/webhooks/${id}`, undefined, { 'if-match': tag });
      assert.equal((await remove('"other"')).status, 412);
      assert.equal((await remove(`"${version}"`)).status, 204);
    });
  });
});

const RULE = { name: 'tag it', conditions: { subject: 'nothing' }, action: 'tag', value: 'x' };
