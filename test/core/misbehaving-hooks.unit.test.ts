/** Hooks and authenticators of somebody else that fail, forget or never answer: mail is kept, people are let in. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal } from '#core/access/principal.ts';
import { coreErrors } from '#core/errors.ts';
import { createHooks } from '#core/events/hooks.ts';
import { createAuthentication, credentialsOf } from '#core/http/authentication.ts';
import { createLog } from '#core/observability/log.ts';
import { authConfig, ROOT_TOKEN, register, signIn } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const log = createLog({ level: 'silent' });
const never = () => new Promise<never>(() => {});

describe('hooks of somebody else', () => {
  const name = 'test.hook' as never;
  const run = async (handlers: ((context: unknown, next: () => Promise<void>) => unknown)[]) => {
    const hooks = createHooks({ log, patienceMs: 20 });
    for (const handler of handlers) hooks.add('test.hook', handler as never, 'odd');
    const done: string[] = [];
    const last = async () => {
      await new Promise(setImmediate);
      done.push('done');
    };
    const outcome = await hooks.run(name, {} as never, last).then(
      () => 'went on',
      (error) => String(error?.message ?? error),
    );
    return [outcome, ...done];
  };

  it('that neither go on nor refuse keep nothing from being done', async () => {
    assert.deepEqual(await run([() => {}]), ['went on', 'done']);
    assert.deepEqual(await run([async () => {}, (_, next) => next()]), ['went on', 'done']);
  });

  it('that go on twice, or do not wait, have it done once, and before anybody says so', async () => {
    assert.deepEqual(await run([async (_, next) => void (await Promise.all([next(), next()]))]), ['went on', 'done']);
    assert.deepEqual(await run([(_, next) => void next()]), ['went on', 'done']);
  });

  it('that hide that it has failed hide nothing', async () => {
    const refuses = () => {
      throw coreErrors.forbidden({ message: 'not this' });
    };
    const hides = async (_: unknown, next: () => Promise<void>) => void (await next().catch(() => {}));
    assert.deepEqual(await run([hides, refuses]), ['not this']);
    assert.deepEqual(await run([(_, next) => void next(), refuses]), ['not this']);
  });

  it('that never answer refuse it in the end, and hold nothing up for ever', async () => {
    assert.deepEqual(await run([never]), ['The hook has not answered within 20 ms']);
    const slow = async () => void (await new Promise((resolve) => setTimeout(resolve, 60)));
    const waits = async (_: unknown, next: () => Promise<void>) => void (await next());
    const hooks = createHooks({ log, patienceMs: 20 });
    hooks.add('test.hook', waits, 'odd');
    await hooks.run(name, {} as never, slow);
  });
});

describe('authenticators of somebody else', () => {
  const ada: Principal = { kind: 'user', id: 'ada', userId: 1, tenantId: null, roles: [], scopes: null };
  const credentials = (headers: Record<string, string>) =>
    credentialsOf({ method: 'GET', headers } as never, '/', '', { ip: '', intent: 'read', isRecheck: false });
  const withOdd = (authenticate: () => unknown, cookie: string | null = null) => {
    const authentication = createAuthentication({ log, patienceMs: 20 });
    authentication.add({ plugin: 'odd', cookieName: () => cookie, authenticate: authenticate as never });
    authentication.add({ plugin: 'auth', authenticate: ({ bearer }) => (bearer === 'good' ? ada : null) });
    return (headers: Record<string, string>) =>
      authentication.principalOf(credentials(headers)).then(
        (principal) => principal?.id ?? 'nobody',
        (error) => error.status,
      );
  };
  const throws = () => {
    throw new TypeError('undefined is no function');
  };

  for (const [what, authenticate] of [
    ['throw', throws],
    ['reject', async () => throws()],
    ['give what is no principal', () => 42],
    ['give half a principal', () => ({ kind: 'user' })],
    ['never answer', never],
  ] as const)
    it(`that ${what} cost those alone whom nobody else knows`, async () => {
      const statusOf = withOdd(authenticate, 'odd');
      assert.equal(await statusOf({ authorization: 'Bearer good' }), 'ada');
      assert.equal(await statusOf({}), 'nobody');
      assert.equal(await statusOf({ cookie: 'other=1' }), 'nobody');
      assert.equal(await statusOf({ authorization: 'Bearer other' }), 500, 'nobody knows whether it is good');
      assert.equal(await statusOf({ cookie: 'odd=1' }), 500);
    });

  it('that refuse, or find no database, are heard', async () => {
    const refuses = withOdd(() => Promise.reject(coreErrors.unauthenticated()));
    assert.equal(await refuses({ authorization: 'Bearer good' }), 401);
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    assert.equal(await withOdd(() => Promise.reject(away))({ authorization: 'Bearer good' }), undefined);
  });
});

describe('a plugin whose hooks and authenticators are all wrong', () => {
  let app: TestPlatform;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-hooks-'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      join(folder, 'index.js'),
      `export default {
        name: 'odd', summary: 's', requires: ['auth', 'mail'],
        hooks: { 'mail.accepting'() {}, 'user.signingIn'() {} },
        authenticators: [{ name: 'odd', authenticate() { return undefined.no; }, async refused() { throw new Error('x'); } }],
      };`,
    );
    const mail = { domains: ['example.com'], mailboxTtl: 0, smtp: { enabled: false } };
    app = await startPlatform({ plugins: { auth: authConfig, mail, [folder]: {} } });
  });
  after(async () => {
    await app.stop();
    rmSync(folder, { recursive: true });
  });

  it('loses no mail, and lets people in', async () => {
    const { email, password } = await register(app);
    const person = await signIn(app, email, password);
    assert.equal((await person.http.get('/api/v2/users/me')).status, 200);
    const root = app.http.bearer(ROOT_TOKEN);
    const raw = 'From: a@sender.example\r\nTo: kept@example.com\r\nSubject: kept\r\n\r\ntext\r\n';
    const taken = await root.post('/receive', { from: 'a@sender.example', to: 'kept@example.com', raw });
    assert.ok(taken.status < 300, taken.text);
    assert.equal((await app.services.db.read('mail_messages')).length, 1);
    assert.equal((await app.http.get('/api/v2/users/me')).status, 401);
  });
});
