/** Each role at each endpoint of the temp-mail API: who gets in, and what the others are told. */
import assert from 'node:assert/strict';
import { ADMIN, authConfig, ROOT_TOKEN, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';

type Role = 'root' | 'strictAdmin' | 'admin' | 'user' | 'mailbox' | 'guest' | 'nobody';
type Row = [method: string, path: string, body: unknown, statuses: Record<Role, number>];

const everybody = (status: number, others: Partial<Record<Role, number>> = {}): Record<Role, number> => ({
  root: status,
  strictAdmin: status,
  admin: status,
  user: status,
  mailbox: status,
  guest: status,
  nobody: 401,
  ...others,
});
const strictOnly = (status: number, others: Partial<Record<Role, number>> = {}) =>
  everybody(403, { root: status, strictAdmin: status, ...others });
/** Something of user's: its owner and the platform's administrators reach it, a stranger does not see that it is there. */
const ownersOnly = (status: number, others: Partial<Record<Role, number>> = {}) =>
  everybody(404, { root: status, strictAdmin: status, user: status, mailbox: 403, guest: 403, ...others });

/** USER, BOX, MAIL and SENT stand for ids of what the user `user` owns. */
const TABLE: Row[] = [
  ['GET', '/api/session', undefined, everybody(200)],
  ['GET', '/api/domains', undefined, everybody(200)],
  ['GET', '/api/generate', undefined, everybody(200, { mailbox: 403, guest: 403 })],
  ['POST', '/api/create', { local: 'mine-ROLE' }, everybody(200, { mailbox: 403, guest: 403 })],
  ['GET', '/api/mailboxes', undefined, everybody(200)],
  ['GET', '/api/user/quota', undefined, everybody(200)],
  ['GET', '/api/mailbox/info?address=box@example.com', undefined, ownersOnly(200, { mailbox: 200, guest: 404 })],
  ['POST', '/api/mailboxes/pin?address=box@example.com', undefined, ownersOnly(200)],
  ['POST', '/api/mailboxes/reset-password?address=spare@example.com', undefined, strictOnly(200)],
  ['POST', '/api/mailboxes/toggle-login', { address: 'spare@example.com', can_login: true }, strictOnly(200)],
  [
    'POST',
    '/api/mailboxes/change-password',
    { address: 'spare@example.com', new_password: 'a fine new one' },
    strictOnly(200),
  ],
  ['POST', '/api/mailboxes/batch-toggle-login', { addresses: ['spare@example.com'], can_login: true }, strictOnly(200)],
  ['POST', '/api/mailbox/forward', { mailbox_id: 'BOX', forward_to: 'else@example.net' }, ownersOnly(200)],
  ['POST', '/api/mailbox/forward', { mailbox_id: 'BOX', forward_to: '' }, ownersOnly(200)],
  ['POST', '/api/mailbox/favorite', { mailbox_id: 'BOX', is_favorite: true }, ownersOnly(200)],
  ['POST', '/api/mailboxes/batch-favorite', { mailbox_ids: ['BOX'], is_favorite: true }, strictOnly(200)],
  ['POST', '/api/mailboxes/batch-forward', { mailbox_ids: ['BOX'], forward_to: '' }, strictOnly(200)],
  [
    'POST',
    '/api/mailboxes/batch-favorite-by-address',
    { addresses: ['box@example.com'], is_favorite: true },
    strictOnly(200),
  ],
  [
    'POST',
    '/api/mailboxes/batch-forward-by-address',
    { addresses: ['box@example.com'], forward_to: '' },
    strictOnly(200),
  ],
  [
    'PUT',
    '/api/mailbox/password',
    { currentPassword: 'wrong', newPassword: 'another fine one' },
    everybody(403, { mailbox: 400 }),
  ],
  ['GET', '/api/emails?mailbox=box@example.com', undefined, ownersOnly(200, { mailbox: 200, guest: 200 })],
  ['GET', '/api/emails/batch?ids=MAIL', undefined, everybody(200)],
  ['GET', '/api/email/MAIL', undefined, ownersOnly(200, { mailbox: 200, guest: 200 })],
  ['GET', '/api/email/MAIL/download', undefined, ownersOnly(200, { mailbox: 200, guest: 200 })],
  ['DELETE', '/api/email/999999', undefined, everybody(404, { guest: 403 })],
  ['DELETE', '/api/emails?mailbox=nobody@example.com', undefined, everybody(404, { mailbox: 403, guest: 403 })],
  ['GET', '/api/sent?from=box@example.com', undefined, ownersOnly(200, { mailbox: 200, guest: 200 })],
  ['GET', '/api/sent/SENT', undefined, ownersOnly(200, { mailbox: 200, guest: 404 })],
  ['DELETE', '/api/sent/999999', undefined, everybody(404, { mailbox: 403, guest: 403 })],
  [
    'POST',
    '/api/send',
    { from: 'box@example.com', to: 'to@example.net', subject: 'Hi', text: 'x' },
    ownersOnly(200, { admin: 403 }),
  ],
  [
    'POST',
    '/api/send/batch',
    [{ from: 'box@example.com', to: 'to@example.net', subject: 'Hi', text: 'x' }],
    everybody(200, { admin: 403, mailbox: 403, guest: 403 }),
  ],
  ['GET', '/api/send/SENT', undefined, ownersOnly(200, { admin: 403 })],
  ['PATCH', '/api/send/999999', { status: 'canceled' }, everybody(404, { admin: 403, mailbox: 403, guest: 403 })],
  ['POST', '/api/send/999999/cancel', undefined, everybody(404, { admin: 403, mailbox: 403, guest: 403 })],
  ['GET', '/api/users', undefined, strictOnly(200)],
  ['POST', '/api/users', { username: 'new-ROLE', password: 'a long enough one', role: 'user' }, strictOnly(200)],
  ['PATCH', '/api/users/USER', { mailboxLimit: 20 }, strictOnly(200)],
  ['GET', '/api/users/USER/mailboxes', undefined, strictOnly(200)],
  ['POST', '/api/users/assign', { username: 'USERNAME', address: 'given-ROLE@example.com' }, strictOnly(200)],
  ['POST', '/api/users/unassign', { username: 'USERNAME', address: 'given-ROLE@example.com' }, strictOnly(200)],
  ['DELETE', '/api/users/999999', undefined, strictOnly(404)],
  ['DELETE', '/api/mailboxes?address=not-there@example.com', undefined, everybody(404, { mailbox: 403, guest: 403 })],
  [
    'POST',
    '/receive',
    { from: 'a@b.example', to: 'box@example.com', raw: 'Subject: x\r\n\r\nhi\r\n' },
    everybody(403, { root: 200 }),
  ],
  // Ends the sessions, so it comes last.
  ['POST', '/api/logout', undefined, everybody(200, { nobody: 200 })],
];

describe('roles in the temp-mail API', () => {
  let app: TestPlatform;
  const clients = {} as Record<Role, Client>;
  const ids: Record<string, string> = {};

  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        mail: {
          mailboxTtl: 0,
          publicDomains: ['example.com'],
          guest: { enabled: true, password: 'look around' },
          smtp: { port: 0 },
        },
      },
      config: { http: { rateLimit: { enabled: false } } },
    });
    const cookieOf = async (username: string, password: string) => {
      const answer = await app.http.post('/api/login', { username, password });
      assert.equal(answer.status, 200, `${username}: ${answer.text}`);
      return app.http.with({ cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
    };
    const strict = await signInAdmin(app);
    const tenantAdmin = await register(app);
    const user = await register(app);
    await strict.http.patch(`/api/v2/admin/users/${user.id}`, { role: 'member', can_send: true });
    clients.root = app.http.with({ 'x-admin-token': ROOT_TOKEN });
    clients.strictAdmin = await cookieOf(ADMIN.username, ADMIN.password);
    clients.admin = await cookieOf(tenantAdmin.email, tenantAdmin.password);
    clients.user = await cookieOf(user.email, user.password);
    clients.guest = await cookieOf('guest', 'look around');
    clients.nobody = app.http;

    await clients.user.post('/api/create', { local: 'box' });
    await clients.root.post('/api/create', { local: 'spare' });
    await clients.root.post('/api/mailboxes/toggle-login', { address: 'box@example.com', can_login: true });
    await clients.root.post('/api/mailboxes/change-password', {
      address: 'box@example.com',
      new_password: 'the box secret',
    });
    clients.mailbox = await cookieOf('box@example.com', 'the box secret');
    await sendMail(app.services.smtpReceiver.port()!, {
      from: 'a@b.example',
      to: 'box@example.com',
      subject: 'Hi',
      text: 'x',
    });
    await app.services.mailParseLoop.idle();
    ids.MAIL = String((await clients.user.get('/api/emails?mailbox=box@example.com')).body[0].id);
    ids.BOX = String((await clients.user.get('/api/mailboxes')).body[0].id);
    const sent = await clients.user.post('/api/send', {
      from: 'box@example.com',
      to: 'x@example.net',
      subject: 's',
      text: 't',
    });
    ids.SENT = sent.body.id;
    const row = await app.services.db.read('auth_users').where({ uuid: user.id }).first();
    ids.USER = String(row?.id);
    ids.USERNAME = user.email;
  });
  after(() => app.stop());

  for (const [method, path, body, statuses] of TABLE) {
    it(`${method} ${path.split('?')[0]}`, async () => {
      const seen: Partial<Record<Role, number>> = {};
      for (const role of Object.keys(statuses) as Role[]) {
        const fill = (text: string): string =>
          text
            .replaceAll('ROLE', role.toLowerCase())
            .replace(/"?(USERNAME|USER|BOX|MAIL|SENT)"?/g, (all, name: string) => {
              const value = ids[name] ?? '';
              return all.startsWith('"') && !/^\d+$/.test(value) ? JSON.stringify(value) : value;
            });
        const given = body === undefined ? undefined : JSON.parse(fill(JSON.stringify(body)));
        // The guest's demonstration mails have the numbers 1 to 3.
        const target = role === 'guest' ? path.replace('MAIL', '1') : path;
        const client = clients[role];
        const answer = await client.send(method, fill(target), given);
        seen[role] = answer.status;
        if (answer.status >= 400) assert.equal(typeof answer.body.error, 'string', `${role}: ${answer.text}`);
      }
      assert.deepEqual(seen, statuses);
    });
  }

  it('has a row for every endpoint of mail', () => {
    const normal = (path: string) => (path.split('?')[0] ?? '').replace(/\/(MAIL|SENT|USER|999999)\b/, '/{id}');
    const covered = new Set(TABLE.map(([method, path]) => `${method} ${normal(path)}`));
    const routes = app.platform.routes.filter(
      ({ path }) => path === '/receive' || /^\/api\/(?!v2|platform)/.test(path),
    );
    const missing = routes.map(({ method, path }) => `${method} ${path}`).filter((one) => !covered.has(one));
    assert.deepEqual(missing, ['POST /api/login']);
  });
});
