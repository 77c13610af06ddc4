/** What of mail, licences, people and workflows is seen on the live streams: as much as by the routes about it. */
import assert from 'node:assert/strict';
import { addMember, authConfig, keyOf, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { sendMail } from '#test/support/smtp.ts';
import { type OpenStream, openStream } from '#test/support/streams.ts';

/** Who sees entries of the audit log, and executions, is tested with them. */
const ELSEWHERE = /^(test\.marker|audit\.recorded|io\.serverlessworkflow\..*)$/;

describe('events that somebody sees live', () => {
  let app: TestPlatform;
  let admin: Person;
  let owner: Person;
  let member: Person;
  let colleague: Person;
  let stranger: Person;
  const streams: OpenStream[] = [];

  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        billing: {},
        licensing: {},
        mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { port: 0 } },
        workflows: {},
      },
      config: { http: { rateLimit: { enabled: false }, streams: { perCaller: 1000 } } },
    });
    admin = await signInAdmin(app);
    owner = await register(app);
    member = await addMember(app, owner, 'member');
    colleague = await addMember(app, owner, 'member');
    stranger = await register(app);
  });
  after(async () => {
    for (const stream of streams) stream.close();
    await app.stop();
  });

  const bearer = ({ accessToken }: Person) => ({ authorization: `Bearer ${accessToken}` });
  async function watch(headers: Record<string, string>, path = '/api/platform/live?topics=*') {
    const stream = await openStream(`${app.url}${path}`, headers);
    assert.equal(stream.status, 200);
    streams.push(stream);
    return stream;
  }
  /** All that was sent before has been judged when this has come, which owners and super-admins see. */
  async function seen(stream: OpenStream, marker: OpenStream): Promise<string[]> {
    const id = `marker-${Math.random()}`;
    const event = { source: 'test', type: 'test.marker', id, data: null };
    // The marker may be there before the answer.
    const count = () => marker.types.filter((type) => type === 'test.marker').length;
    const before = count();
    assert.equal((await owner.http.post('/api/platform/events', event)).status, 202);
    while (count() <= before) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 20));
    return stream.types.filter((type) => !ELSEWHERE.test(type));
  }
  async function told(stream: OpenStream, type: string): Promise<void> {
    while (!stream.types.includes(type)) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const deliver = (to: string) =>
    sendMail(app.services.smtpReceiver.port() ?? 0, { from: 'a@b.example', to, subject: 'Code', text: 'code: 730164' });

  it('are mail of mailboxes that they may open, with the scope for it', async () => {
    await mailboxOf(app, member, 'private');
    const watching = {
      member: await watch(bearer(member)),
      owner: await watch(bearer(owner)),
      admin: await watch(bearer(admin)),
      colleague: await watch(bearer(colleague)),
      stranger: await watch(bearer(stranger)),
      mailKey: await watch(await keyOf(owner, ['mail:read'])),
      usageKey: await watch(await keyOf(owner, ['usage:read'])),
      narrowKeyOfAdmin: await watch(await keyOf(admin, ['mail:read'])),
    };
    const mails = {
      owner: await watch(bearer(owner), '/api/platform/live?topics=mail.received'),
      colleague: await watch(bearer(colleague), '/api/platform/live?topics=mail.received'),
    };
    await deliver('private@example.com');
    await told(watching.owner, 'mail.received');
    const received = Object.fromEntries(
      await Promise.all(
        Object.entries(watching).map(async ([who, stream]) => [who, (await seen(stream, watching.owner)).join()]),
      ),
    );
    assert.deepEqual(received, {
      member: 'mail.received',
      owner: 'mail.received',
      admin: 'mail.received',
      colleague: '',
      stranger: '',
      mailKey: 'mail.received',
      usageKey: '',
      narrowKeyOfAdmin: '',
    });
    assert.deepEqual([mails.owner.types, mails.colleague.types], [['mail.received'], []]);
  });

  it('are licences for those who administer them, and accounts for the person and super-admins', async () => {
    const watching = {
      owner: await watch(bearer(owner)),
      admin: await watch(bearer(admin)),
      member: await watch(bearer(member)),
      licenceKey: await watch(await keyOf(owner, ['licenses:read'])),
      mailKey: await watch(await keyOf(owner, ['mail:read'])),
    };
    const made = await owner.http.post('/api/admin/generate', { plan: 'monthly', email: 'ada@example.net' });
    assert.equal(made.status, 200, made.text);
    await addMember(app, owner, 'member');
    await told(watching.admin, 'user.created');
    const received = Object.fromEntries(
      await Promise.all(
        Object.entries(watching).map(async ([who, stream]) => [who, await seen(stream, watching.owner)]),
      ),
    );
    assert.deepEqual(received, {
      owner: ['licence.issued'],
      admin: ['licence.issued', 'user.created'],
      member: [],
      licenceKey: ['licence.issued'],
      mailKey: [],
    });
  });

  it('are those of workflows, and what people publish, for owners and admins with the scope', async () => {
    const all = [bearer(owner), await keyOf(owner, ['workflows:read']), bearer(member), bearer(stranger)];
    const open = await Promise.all(all.map((headers) => watch(headers)));
    const markers = () => open.map(({ types }) => types.filter((type) => type === 'test.marker'));
    await owner.http.post('/api/platform/events', { source: 'test', type: 'test.marker', data: 'ours' });
    for (const stream of open.slice(0, 2)) await told(stream, 'test.marker');
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(markers(), [['test.marker'], ['test.marker'], [], []]);
  });

  it('end for a mailbox with its change of owner', async () => {
    await mailboxOf(app, member, 'shared');
    const path = '/api/platform/live?topics=mail.received/shared@example.com';
    const before = await watch(bearer(member), path);
    await deliver('shared@example.com');
    await before.until(1);
    const user = await app.services.accounts.byUuid(stranger.id);
    await app.services.db
      .write('mail_mailboxes')
      .where({ address: 'shared@example.com' })
      .update({ user_id: user?.id ?? 0, tenant_id: stranger.tenantId });
    const after = await watch(bearer(stranger), path);
    await deliver('shared@example.com');
    await after.until(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(before.types.length, 1);
  });

  it('are declared by their plugin', () => {
    const open = app.platform.plugins.flatMap(({ plugin }) => {
      const declared = Object.keys(plugin.eventAccess ?? {});
      return Object.keys(plugin.events ?? {}).filter((type) => !declared.includes(type));
    });
    assert.deepEqual(open, [], 'say who may see these, in eventAccess');
  });
});
