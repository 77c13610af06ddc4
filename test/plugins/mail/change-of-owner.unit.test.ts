/** A mailbox changes hands: what the former owner had set up, was signed in with, or watches, ends. */
import assert from 'node:assert/strict';
import { removeMailOfUser } from '#plugins/mail/erasure.ts';
import { authConfig, type Person, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { ROOT } from '#test/support/principals.ts';
import { sendMail } from '#test/support/smtp.ts';
import { type OpenStream, openStream } from '#test/support/streams.ts';

describe('a mailbox that changes hands', () => {
  let app: TestPlatform;
  let relay: MailServer;
  let root: Client;
  let ada: Person;
  let bob: Person;
  let count = 0;

  before(async () => {
    relay = await startMailServer();
    app = await startPlatform({
      plugins: {
        auth: { ...authConfig, registration: 'open' },
        mail: { publicDomains: ['example.com'], mailboxTtl: 3600, smtp: { port: 0 } },
      },
      config: {
        http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } },
        mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } },
      },
    });
    root = app.http.bearer(ROOT_TOKEN);
    ada = await register(app);
    bob = await register(app);
    for (const { id } of (await root.get('/api/users')).body) await root.patch(`/api/users/${id}`, { can_send: 1 });
  });
  after(async () => {
    await app.stop();
    await relay.close();
  });

  const mailbox = async (who: Person) => {
    const address = `shared${++count}@example.com`;
    assert.equal((await who.http.post('/api/create', { local: address.split('@')[0] })).status, 200);
    const { id } = (await who.http.get(`/api/mailbox/info?address=${address}`)).body;
    return { id, address };
  };
  const deliver = async (to: string, subject: string) => {
    await sendMail(app.services.smtpReceiver.port()!, { from: 'a@sender.example', to, subject, text: 'code: 481516' });
    await app.services.mailParseLoop.idle();
  };
  const hand = async (address: string, from: Person, to: Person) => {
    assert.equal((await root.post('/api/users/unassign', { username: from.email, address })).status, 200);
    assert.equal((await root.post('/api/users/assign', { username: to.email, address })).status, 200);
  };

  it('and was deleted before sends nothing of what its former owner had planned, and all that its own has', async () => {
    const plan = async (who: Person, address: string) => {
      const scheduledAt = new Date(app.clock.now() + 600_000).toISOString();
      const mail = { from: address, to: 'you@elsewhere.example', subject: 'later', text: 'x', scheduledAt };
      const sent = await who.http.post('/api/send', mail);
      assert.equal(sent.status, 200, sent.text);
      assert.equal((await who.http.delete(`/api/mailboxes?address=${address}`)).status, 200);
      return async () => (await who.http.get(`/api/send/${sent.body.id}`)).body.status;
    };
    const take = async (who: Person, address: string) =>
      assert.equal((await who.http.post('/api/create', { local: address.split('@')[0] })).status, 200);
    const [one, other, own] = [await mailbox(ada), await mailbox(ada), await mailbox(ada)];
    const statuses = [await plan(ada, one.address), await plan(ada, other.address), await plan(ada, own.address)];
    await deliver(other.address, 'makes it anew');
    await take(bob, one.address);
    await take(bob, other.address);
    await take(ada, own.address);
    const found = await Promise.all(statuses.map((status) => status()));
    assert.deepEqual(found, ['canceled', 'canceled', 'scheduled']);
  });

  it('ends forwards, rules, webhooks, tags, favourites, keys and mail that was to leave later', async () => {
    const { id, address } = await mailbox(ada);
    await ada.http.post('/api/mailbox/forward', { mailbox_id: id, forward_to: 'ada@elsewhere.example' });
    await ada.http.post('/api/mailbox/favorite', { mailbox_id: id, is_favorite: true });
    const rule = { name: 'copy', mailbox: address, conditions: {}, action: 'forward', value: 'ada@elsewhere.example' };
    assert.equal((await ada.http.post('/api/platform/mail/rules', rule)).status, 201);
    const webhook = { mailbox: address, url: 'http://127.0.0.1:9/' };
    assert.equal((await ada.http.post('/api/platform/mail/webhooks', webhook)).status, 201);
    await deliver(address, 'ada’s');
    const [message] = (await ada.http.get(`/api/emails?mailbox=${address}`)).body;
    await ada.http.patch(`/api/platform/mail/messages/${message.id}`, { tags: ['mine'] });
    const mail = { from: address, to: 'you@else.example', subject: 'later', text: 'x' };
    const key = { 'idempotency-key': 'order-1' };
    const at = new Date(app.clock.now() + 60_000).toISOString();
    const sent = await ada.http.post('/api/send', { ...mail, scheduledAt: at }, key);
    assert.equal(sent.status, 200, sent.text);
    await app.services.jobs.idle();

    await hand(address, ada, bob);
    const left = relay.received.length;
    await deliver(address, 'bob’s');
    await app.services.jobs.idle();
    assert.equal(relay.received.length, left, 'nothing is forwarded');
    assert.deepEqual((await bob.http.get('/api/platform/mail/rules')).body.items, []);
    assert.deepEqual((await bob.http.get(`/api/platform/mail/webhooks?mailbox=${address}`)).body.items, []);
    const { rows } = await app.services.mailboxes.list(ROOT, { q: address, limit: 1, offset: 0 });
    assert.deepEqual([rows[0]?.forward_to, rows[0]?.is_favorite, rows[0]?.is_pinned], [null, 0, 1]);
    const [row] = await app.services.db.read('mail_messages').where({ id: message.id });
    assert.equal(row?.tags, '');
    assert.equal((await ada.http.get(`/api/send/${sent.body.id}`)).body.status, 'canceled');
    assert.deepEqual((await bob.http.get(`/api/sent?from=${address}`)).body, [], 'what ada sent is not bob’s');
    const again = await bob.http.post('/api/send', mail, key);
    assert.notEqual(again.body.id, sent.body.id, 'nor is her key');
    const subjects = (await bob.http.get(`/api/emails?mailbox=${address}`)).body.map((one: any) => one.subject);
    assert.deepEqual(subjects, ['bob’s'], 'nor her mail, in another tenant');
  });

  it('ends the sessions of who was signed in as the mailbox', async () => {
    const { address } = await mailbox(ada);
    await root.post('/api/mailboxes/change-password', { address, new_password: 'the box secret' });
    await root.post('/api/mailboxes/toggle-login', { address, can_login: true });
    const login = await app.http.post('/api/login', { username: address, password: 'the box secret' });
    const box = app.http.with({ cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
    assert.equal((await box.get(`/api/emails?mailbox=${address}`)).status, 200);
    const suspend = (status: string) => root.patch(`/api/v2/admin/tenants/${ada.tenantId}`, { status });
    assert.equal((await suspend('suspended')).status, 200);
    assert.equal((await box.get(`/api/emails?mailbox=${address}`)).status, 401, 'while its tenant is suspended');
    await suspend('active');
    await hand(address, ada, bob);
    assert.equal((await box.get(`/api/emails?mailbox=${address}`)).status, 401);
    await root.post('/api/mailboxes/toggle-login', { address, can_login: true });
    assert.equal((await box.get(`/api/emails?mailbox=${address}`)).status, 401);
  });

  it('sends nothing for who is suspended, and goes on when they are not any more', async () => {
    const { address } = await mailbox(bob);
    const at = new Date(app.clock.now() + 60_000).toISOString();
    const mail = { from: address, to: 'you@else.example', subject: 'later', text: 'x', scheduledAt: at };
    const { id } = (await bob.http.post('/api/send', mail)).body;
    const suspend = (status: string) => root.patch(`/api/v2/admin/tenants/${bob.tenantId}`, { status });
    await suspend('suspended');
    const left = relay.received.length;
    await app.clock.advance(60_000);
    await app.services.jobs.idle();
    const [{ attempts, answer }] = (await root.get(`/api/send/${id}`)).body.recipients;
    assert.deepEqual([relay.received.length, attempts, answer], [left, 1, 'The account is suspended']);
    await suspend('active');
    await app.clock.advance(5 * 60_000);
    await relay.has(left + 1);
  });

  it('shows its new mail to no stream of its former owner, also when it is another one of the same name', async () => {
    const { address } = await mailbox(ada);
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const live = (topics: string) => openStream(`${app.url}/api/platform/live?topics=${topics}`, headers);
    const one = await live(`mail.received/${address}`);
    const all = await live('mail.received');
    const waiting = ada.http.get(`/api/platform/mail/wait?mailbox=${address}&subject=last&timeout=20`);
    await deliver(address, 'first');
    // On PostgreSQL it comes by a notice: it is hers to see as long as the mailbox is hers.
    await Promise.all([one.until(1), all.until(1)]);
    await hand(address, ada, bob);
    await deliver(address, 'second');
    await root.delete(`/api/mailboxes?address=${address}`);
    await bob.http.post('/api/create', { local: address.split('@')[0] });
    await deliver(address, 'last');
    // Told in their order, so what comes after is the proof that nothing came before it.
    const own = (await mailbox(ada)).address;
    await deliver(own, 'own');
    await all.until(2);
    const subjects = ({ data }: OpenStream) => data.map((event) => event.data.subject);
    assert.deepEqual([subjects(one), subjects(all)], [['first'], ['first', 'own']]);
    assert.equal((await waiting).status, 404);
    one.close();
    all.close();
  });

  /** What `name` of a service is asked, it does after the mailbox has changed hands. */
  const meanwhile = <S extends object>(
    service: S,
    name: keyof S & string,
    when: 'before' | 'after',
    change: () => Promise<void>,
  ) => {
    const original = service[name] as (...args: unknown[]) => Promise<unknown>;
    const once = async (...args: unknown[]) => {
      Object.assign(service, { [name]: original });
      if (when === 'before') await change();
      const answer = await original(...args);
      if (when === 'after') await change();
      return answer;
    };
    Object.assign(service, { [name]: once });
  };

  it('at the moment at which its former owner deletes it or its mail stays its new owner’s', async () => {
    const { mailDeletion } = app.services;
    const deleted = await mailbox(ada);
    meanwhile(mailDeletion, 'mailboxes', 'before', () => hand(deleted.address, ada, bob));
    assert.equal((await ada.http.delete(`/api/mailboxes?address=${deleted.address}`)).status, 404);
    assert.equal((await bob.http.get(`/api/mailbox/info?address=${deleted.address}`)).body.id, deleted.id);
    const cleared = await mailbox(ada);
    await deliver(cleared.address, 'ada’s');
    meanwhile(mailDeletion, 'messagesOf', 'before', async () => {
      await hand(cleared.address, ada, bob);
      await deliver(cleared.address, 'bob’s');
    });
    assert.equal((await ada.http.delete(`/api/emails?mailbox=${cleared.address}`)).status, 200);
    const left = (await bob.http.get(`/api/emails?mailbox=${cleared.address}`)).body;
    assert.deepEqual(
      left.map((one: any) => one.subject),
      ['bob’s'],
    );
  });

  it('at the moment at which its former owner is erased stays its new owner’s', async () => {
    const { mailboxSettings, people } = app.services;
    const carol = await register(app);
    const { id, address } = await mailbox(carol);
    const [ofBob, ofCarol] = [
      (await people.userByIdentifier(bob.email))!,
      (await people.userByIdentifier(carol.email))!,
    ];
    meanwhile(mailboxSettings, 'ofUser', 'after', () => mailboxSettings.assign(ofBob, address));
    await removeMailOfUser({ data: { id: ofCarol.id } } as never, app.services as never);
    assert.equal((await bob.http.get(`/api/mailbox/info?address=${address}`)).body.id, id);
  });

  it('at the moment at which its former owner sends from it sends nothing of theirs', async () => {
    const { mailboxes } = app.services;
    const { address } = await mailbox(ada);
    const scheduledAt = new Date(app.clock.now() + 60_000).toISOString();
    const mail = { from: address, to: 'you@else.example', subject: 'later', text: 'x', scheduledAt };
    meanwhile(mailboxes, 'readable', 'after', () => hand(address, ada, bob));
    assert.equal((await ada.http.post('/api/send', mail)).status, 404);
    assert.deepEqual(await app.services.db.read('mail_sent').where({ from_addr: address }), []);
  });
});
