/** Settings of the server that super-admins change in the pages, on both databases and with two replicas. */
import assert from 'node:assert/strict';
import dns from 'node:dns/promises';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import type { Services } from '#core/plugin.ts';
import { appendVersion } from '#core/settings/stored-settings.ts';
import type { Client } from '#core/testing/client.ts';
import { takeWarnings } from '#core/testing/warnings.ts';
import { authConfig, register, signInAdmin } from '#test/support/accounts.ts';
import { freePort } from '#test/support/free-port.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';

const PATH = '/api/platform/server/settings';
const PLUGINS = {
  auth: authConfig,
  mail: { smtp: { port: 0 }, plusAddressing: false },
  billing: {},
};

interface View {
  settings: {
    name: string;
    title: string;
    value: unknown;
    source: string;
    is_locked: boolean;
    waits_for_restart: boolean;
  }[];
}

describe('settings of the server', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let other: TestPlatform;
  let admin: Client;
  let relay: MailServer;

  before(async () => {
    relay = await startMailServer();
    app = await startPlatform({ plugins: PLUGINS });
    const { dataDir, clock } = app;
    const { database } = app.services.coreConfig;
    // On SQLite there is one process on a database.
    other = testDatabase === 'pg' ? await startPlatform({ plugins: PLUGINS, database, dataDir, clock }) : app;
    ({ http: admin } = await signInAdmin(app));
  });
  after(async () => {
    if (other !== app) await other.platform.stop();
    await app.stop();
    await relay.close();
    takeWarnings();
  });

  const save = (area: string, values: object, reset: string[] = [], headers = {}) =>
    admin.patch(`${PATH}/${area}`, { values, reset }, headers);
  const found = (view: View, name: string) => view.settings.find((one) => one.name === name);

  it('are listed by area, in the language of who asks', async () => {
    const english = await admin.get(PATH);
    assert.deepEqual(
      english.body.areas.map(({ area }: { area: string }) => area),
      [
        'general',
        'domains',
        'sending',
        'receiving',
        'sign-in',
        'single-sign-on',
        'sms',
        'payments',
        'outgoing',
        'retention',
        'backups',
        'alerts',
        'plugins',
      ],
    );
    const chinese = await admin.get(`${PATH}/sending`, { 'accept-language': 'zh' });
    assert.equal(chinese.body.title, '发送邮件');
    assert.equal(found(chinese.body, 'mailer.transport')?.title, '邮件发送方式');
  });

  it('call the values of a choice by their names, in the language of who asks', async () => {
    const { body } = await admin.get(`${PATH}/sign-in`);
    const { schema } = body.settings.find(({ name }: { name: string }) => name === 'plugins.auth.registration');
    assert.deepEqual(
      schema.anyOf.map(({ title }: { title: string }) => title),
      ['Anyone can register', 'By invitation', 'Closed'],
    );
    const chinese = await admin.get(`${PATH}/sending`, { 'accept-language': 'zh' });
    const [transport] = chinese.body.settings;
    assert.deepEqual(transport.schema.anyOf[0], { const: 'log', title: '仅写入服务器日志（不发送）' });
    const { body: spam } = await admin.get(`${PATH}/receiving`);
    assert.equal(spam.settings[0].title, 'Check who sent incoming mail', 'and not as the plugin');
  });

  it('are seen and changed by super-admins alone', async () => {
    const { http: client } = await register(app, 'ada');
    for (const answer of [
      await client.get(PATH),
      await client.get(`${PATH}/sending`),
      await client.patch(`${PATH}/sending`, { values: {} }),
      await client.post(`${PATH}/sending/test`, { values: {} }),
      await client.get(`${PATH}/sending/versions`),
      await client.post(`${PATH}/sending/versions/1/restore`),
      await client.post('/api/platform/server/restart'),
    ])
      assert.equal(answer.status, 403, answer.text);
  });

  it('that the configuration names are shown and locked', async () => {
    const { body } = await admin.get(`${PATH}/domains`);
    const locked = found(body, 'plugins.mail.plusAddressing');
    assert.equal(locked?.is_locked, true);
    assert.equal(locked?.source, 'command line');
    const answer = await save('domains', { 'plugins.mail.plusAddressing': true });
    assert.equal(answer.status, 409);
    assert.equal(answer.body.code, 'setting_locked');
  });

  it('of mail domains are in force at once, in every replica', async () => {
    const answer = await save('domains', { 'plugins.mail.domains': ['acme.test', 'example.com'] });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(found(answer.body, 'plugins.mail.domains')?.source, 'settings');
    for (const one of new Set([app, other])) {
      await until(async () => (await recipient(one, 'ada@acme.test')).startsWith('250'));
      assert.match(await recipient(one, 'ada@elsewhere.test'), /^550/);
    }
  });

  it('that no server could work with are refused with a sentence, and nothing is kept', async () => {
    for (const [area, values, sentence] of [
      ['domains', { 'plugins.mail.domains': [] }, /plugins\.mail\.domains/],
      ['domains', { 'plugins.mail.publicDomains': ['elsewhere.test'] }, /elsewhere\.test, which is not one of/],
      ['sending', { 'mailer.transport': 'smtp' }, /mailer\.smtp must name the relay/],
      [
        'outgoing',
        { 'http.outbound.allow': ['127.0.0.1:80', 'nonsense !!', '10.0.0.0/99'] },
        /nonsense !!, 10\.0\.0\.0\/99/,
      ],
      ['payments', { 'plugins.billing.currency': 'euro' }, /plugins\.billing\.currency/],
      ['general', { 'http.trustProxy': ['10.0.0.0/8', '10.0.0.0/99'] }, /10\.0\.0\.0\/99: neither/],
      ['plugins', { 'plugins.mail.enabled': 'no' }, /plugins\.mail\.enabled/],
    ] as const) {
      const answer = await save(area, values);
      assert.equal(answer.status, 422, answer.text);
      assert.match(answer.body.message ?? answer.body.detail, sentence);
    }
    const { body } = await admin.get(`${PATH}/sending`);
    assert.equal(body.version, 0);
    assert.equal((await save('sending', { 'mailer.colour': 'red' })).body.code, 'no_setting');
    assert.equal((await save('nowhere', {})).status, 404);
  });

  it('that would lock everybody out are refused', async () => {
    assert.equal((await save('plugins', { 'plugins.auth.enabled': false })).body.code, 'setting_locks_out');
    const away = await save('general', { 'http.publicUrl': 'http://127.0.0.1:9' });
    assert.equal(away.body.code, 'setting_locks_out', away.text);
    assert.equal((await save('general', { 'http.publicUrl': app.url })).status, 200);
    // Whoever sees the page at that address can sign in there.
    const origin = await save('general', { 'http.publicUrl': 'http://127.0.0.1:9' }, [], {
      origin: 'http://127.0.0.1:9',
    });
    assert.equal(origin.status, 200, origin.text);
    await save('general', {}, ['http.publicUrl']);
  });

  it('of where it listens are refused when no start could open the port, or a name leads nowhere', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const names = { 'http.tls.acme.domains': ['desk.patchbay.invalid'], 'http.tls.plainPort': null };
    const agreed = { ...names, 'http.tls.acme.agree': true };
    const occupied = { ...agreed, 'http.tls.plainPort': (taken.address() as AddressInfo).port };
    const tries: [object, RegExp][] = [
      [{ 'http.host': 'nowhere.patchbay.invalid' }, /ENOTFOUND nowhere|EAI_AGAIN nowhere/],
      [names, /agree must be true/],
      [agreed, /desk\.patchbay\.invalid has no address/],
      [occupied, /another program listens there already/],
    ];
    for (const [values, sentence] of tries) {
      const { status, text } = await save('general', values);
      assert.ok([409, 422].includes(status), text);
      assert.match(text, sentence);
    }
    const { body } = await admin.post(`${PATH}/general/test`, { values: occupied });
    const findings: { ok: boolean }[] = body.findings;
    assert.deepEqual(
      findings.map(({ ok }) => ok),
      [true, false, false],
    );
    taken.close();
    assert.equal((await admin.get(PATH)).body.moves_to, null);
  });

  it('of where it listens say where it is to be found after a restart', async () => {
    const { lookup } = dns;
    Object.assign(dns, { lookup: async () => [{ address: '127.0.0.1', family: 4 }] });
    syncBuiltinESMExports();
    try {
      const values = {
        'http.tls.acme.domains': ['desk.patchbay.invalid'],
        'http.tls.acme.agree': true,
        'http.tls.plainPort': await freePort(),
      };
      const { body } = await admin.post(`${PATH}/general/test`, { values });
      const findings: { ok: boolean; text: string }[] = body.findings;
      assert.deepEqual(
        findings.map(({ ok }) => ok),
        [true, true, true, false],
      );
      assert.match(findings.at(-1)?.text ?? '', /desk\.patchbay\.invalid cannot be reached on port 80/);
      assert.equal((await save('general', values)).status, 200);
      assert.equal((await admin.get(PATH)).body.moves_to, 'https://desk.patchbay.invalid:0');
      await save('general', {}, Object.keys(values));
      assert.equal((await admin.get(PATH)).body.moves_to, null);
    } finally {
      Object.assign(dns, { lookup });
      syncBuiltinESMExports();
    }
  });

  it('of sending are tried before they are saved, and mail leaves from then on', async () => {
    const values = {
      'mailer.transport': 'smtp',
      'mailer.smtp': { host: '127.0.0.1', port: relay.port },
      'mailer.from': 'Acme <hello@acme.test>',
    };
    const trial = await admin.post(`${PATH}/sending/test`, { values, target: 'me@example.org' });
    assert.equal(trial.body.findings[0].ok, true, trial.text);
    const [first] = await relay.has(1);
    assert.deepEqual(first?.to, ['me@example.org']);
    const refused = await admin.post(`${PATH}/sending/test`, {
      values: { ...values, 'mailer.smtp': { host: '127.0.0.1', port: 9 } },
      target: 'me@example.org',
    });
    assert.equal(refused.body.findings[0].ok, false);
    assert.equal(app.services.mailer.canSend, false);

    assert.equal((await save('sending', values)).status, 200);
    for (const one of new Set([app, other])) {
      await until(async () => one.services.mailer.canSend);
      await one.services.mailer.send({ to: 'you@example.org', subject: 'Hello', text: 'Hello' });
    }
    const mails = await relay.has(other === app ? 2 : 3);
    assert.equal(mails.at(-1)?.from, 'hello@acme.test');
  });

  it('show no secret, keep it when it comes back hidden, and ask for it again for another address', async () => {
    const smtp = { host: '127.0.0.1', port: relay.port, user: 'ada', password: 'tell nobody' };
    const saved = await save('sending', { 'mailer.smtp': smtp });
    assert.equal(saved.text.includes('tell nobody'), false);
    const shown = found(saved.body, 'mailer.smtp')?.value as typeof smtp;
    assert.equal(shown.password, '(hidden)');
    assert.equal((await save('sending', { 'mailer.smtp': { ...shown, user: 'grace' } })).status, 200);
    assert.equal(app.services.coreConfig.mailer.smtp?.password, 'tell nobody');
    const moved = await save('sending', { 'mailer.smtp': { ...shown, host: 'thief.test' } });
    assert.equal(moved.body.code, 'secret_needed', moved.text);
    const { host: _left, ...elsewhere } = shown;
    const left = await save('sending', { 'mailer.smtp': elsewhere });
    assert.equal(left.body.code, 'secret_needed', left.text);
    await save('sending', { 'mailer.smtp': { ...smtp, secure: true } });
    const clear = await save('sending', { 'mailer.smtp': { ...shown, secure: false } });
    assert.equal(clear.body.code, 'secret_needed', 'what went over TLS may be read by others now');
    const sftp = { host: 'nas.test', port: 22, user: 'ada', password: 'tell nobody', fingerprint: '' };
    const copies = (values: object) => save('backups', { 'backups.target.sftp': { ...sftp, ...values } });
    const [first, second] = ['a', 'b'].map((letter) => `SHA256:${letter.repeat(43)}`);
    assert.equal((await copies({})).status, 200);
    assert.equal(
      (await copies({ password: '(hidden)', fingerprint: first })).status,
      200,
      'the first that is confirmed',
    );
    for (const fingerprint of [second, '']) {
      const other = await copies({ password: '(hidden)', fingerprint });
      assert.equal(other.body.code, 'secret_needed', other.text);
    }
    assert.equal((await copies({ password: 'another', fingerprint: second })).status, 200);
    const rows = await app.services.db.read('core_settings').select();
    assert.equal(JSON.stringify(rows).includes('tell nobody'), false);
    await save('sending', { 'mailer.transport': 'log' });
  });

  it('are saved by one of two who have seen the same version', async () => {
    const { headers } = await admin.get(`${PATH}/alerts`);
    const seen = { 'if-match': headers.get('etag') ?? '' };
    const [one, two] = await Promise.all([
      save('payments', { 'plugins.billing.company': { name: 'One' } }, [], { 'if-match': '"0"' }),
      save('payments', { 'plugins.billing.company': { name: 'Two' } }, [], { 'if-match': '"0"' }),
    ]);
    assert.deepEqual([one.status, two.status].sort(), [200, 412], one.text + two.text);
    assert.equal(seen['if-match'], '"0"');
  });

  it('go back to what they were', async () => {
    await save('outgoing', { 'http.outbound.allow': ['127.0.0.1:11434'] });
    await save('outgoing', { 'http.outbound.allow': ['10.0.0.5:8080'] });
    const { body } = await admin.get(`${PATH}/outgoing/versions`);
    assert.deepEqual(
      body.items.map(({ version }: { version: number }) => version),
      [2, 1],
    );
    const back = await admin.post(`${PATH}/outgoing/versions/1/restore`);
    assert.deepEqual(found(back.body, 'http.outbound.allow')?.value, ['127.0.0.1:11434']);
    assert.equal(back.body.version, 3);
    assert.deepEqual(app.services.coreConfig.http.outbound.allow, ['127.0.0.1:11434']);
    assert.equal((await admin.post(`${PATH}/outgoing/versions/99/restore`)).status, 404);
  });

  it('of outgoing addresses open one door, and close it again', async () => {
    const url = app.url;
    await assert.rejects(app.services.outbound.request(`${url}/health`), /may not be reached/);
    await save('outgoing', { 'http.outbound.allow': [`127.0.0.1:${app.port}`] });
    assert.equal((await app.services.outbound.request(`${url}/health`)).status, 200);
    await save('outgoing', {}, ['http.outbound.allow']);
    await assert.rejects(app.services.outbound.request(`${url}/health`), /may not be reached/);
  });

  it('stand in the audit log with who changed them, and not to what', async () => {
    const entries = await (app.services as unknown as Services).db
      .read('auth_audit_entries')
      .where({ action: 'server.settings_changed' });
    assert.ok(entries.length > 5);
    const text = JSON.stringify(entries);
    assert.match(text, /mailer\.smtp/);
    assert.equal(text.includes('tell nobody'), false);
  });

  it('that are not live wait for a restart, and hold after it', async () => {
    const answer = await save('payments', { 'plugins.billing.currency': 'EUR' });
    assert.equal(found(answer.body, 'plugins.billing.currency')?.waits_for_restart, true);
    const { body: ready } = await admin.get('/health/ready');
    assert.deepEqual(ready.checks.settings.detail.wait_for_restart, ['plugins.billing.currency']);
    assert.equal(ready.checks.settings.status, 'ok');
    const plan = await admin.get(PATH);
    assert.equal(plan.body.can_restart, false);
    assert.equal((await admin.post('/api/platform/server/restart')).status, 503);
  });
});

describe('settings of the server, over starts', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let admin: Client;

  beforeEach(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, billing: {}, mail: { smtp: { enabled: false } }, licensing: {} },
    });
    ({ http: admin } = await signInAdmin(app));
  });
  afterEach(async () => {
    await app.stop();
    takeWarnings();
  });

  it('hold after the next start', async () => {
    await admin.patch(`${PATH}/payments`, { values: { 'plugins.billing.currency': 'EUR' } });
    await admin.patch(`${PATH}/domains`, { values: { 'plugins.mail.domains': ['acme.test'] } });
    app = await app.restart();
    ({ http: admin } = await signInAdmin(app));
    const { body } = await admin.get(`${PATH}/payments`);
    const currency = body.settings.find(({ name }: { name: string }) => name === 'plugins.billing.currency');
    assert.deepEqual([currency.value, currency.waits_for_restart], ['EUR', false]);
    const { body: domains } = await admin.get('/api/platform/mail/domains');
    assert.match(JSON.stringify(domains), /acme\.test/);
  });

  it('that are live are as before when the only one that is set is forgotten', async () => {
    const allowed = () => app.services.coreConfig.http.outbound.allow;
    await admin.patch(`${PATH}/outgoing`, { values: { 'http.outbound.allow': ['127.0.0.1'] } });
    assert.deepEqual(allowed(), ['127.0.0.1']);
    const { body } = await admin.patch(`${PATH}/outgoing`, { values: {}, reset: ['http.outbound.allow'] });
    assert.deepEqual(body.settings[0].value, []);
    assert.deepEqual(allowed(), []);
    await assert.rejects(app.services.outbound.request(`${app.url}/health`), /may not be reached/);
  });

  it('hide no secret that is not there', async () => {
    const provider = { issuer: 'https://id.example.com', clientId: 'c', clientSecret: 'tell nobody' };
    await admin.patch(`${PATH}/single-sign-on`, { values: { 'plugins.auth.oidc': { one: provider } } });
    const renamed = { two: { ...provider, clientSecret: '(hidden)' } };
    const answer = await admin.patch(`${PATH}/single-sign-on`, { values: { 'plugins.auth.oidc': renamed } });
    assert.equal(answer.body.code, 'secret_needed', answer.text);
  });

  it('switch plugins off and on', async () => {
    const { body } = await admin.get(`${PATH}/plugins`);
    const mail = body.settings.find(({ name }: { name: string }) => name === 'plugins.mail.enabled');
    assert.deepEqual([mail.value, mail.is_locked], [true, false]);
    assert.deepEqual([mail.title, mail.schema.description], ['mail', 'Mailboxes with a built-in SMTP receiver']);
    assert.equal(
      (await admin.patch(`${PATH}/plugins`, { values: { 'plugins.licensing.enabled': false } })).status,
      200,
    );
    app = await app.restart();
    ({ http: admin } = await signInAdmin(app));
    assert.equal((await admin.get('/api/platform/licensing/products')).status, 404);
    const off = await admin.get(`${PATH}/plugins`);
    const licensing = off.body.settings.find(({ name }: { name: string }) => name === 'plugins.licensing.enabled');
    assert.deepEqual([licensing.value, licensing.source], [false, 'settings']);
    await admin.patch(`${PATH}/plugins`, { values: {}, reset: ['plugins.licensing.enabled'] });
    app = await app.restart();
    ({ http: admin } = await signInAdmin(app));
    assert.equal((await admin.get('/api/platform/licensing/products')).status, 200);
  });

  it('that do not fit any more are left out, and said to be', async () => {
    const { db, secrets } = app.services;
    await db.transaction((trx) =>
      appendVersion(trx, secrets, {
        area: 'payments',
        version: 1,
        values: { 'plugins.billing.currency': 7 },
        changed: [],
        now: 1,
      }),
    );
    await admin.patch(`${PATH}/domains`, { values: { 'plugins.mail.domains': ['acme.test'] } });
    app = await app.restart();
    ({ http: admin } = await signInAdmin(app));
    const { body } = await admin.get(`${PATH}/payments`);
    assert.match(body.problem, /plugins\.billing\.currency/);
    const { body: domains } = await admin.get(`${PATH}/domains`);
    assert.equal(domains.problem, null);
    assert.deepEqual(domains.settings[0].value, ['acme.test']);
    const ready = await admin.get('/health/ready');
    assert.equal(ready.body.checks.settings.status, 'failing');
    assert.equal(
      (await admin.patch(`${PATH}/payments`, { values: { 'plugins.billing.currency': 'EUR' } })).body.problem,
      null,
    );
  });
});

/** A replica hears of it soon. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** What the SMTP receiver says of a recipient. */
async function recipient(app: TestPlatform, address: string): Promise<string> {
  const { smtpReceiver } = app.services as unknown as { smtpReceiver: { port(): number } };
  const socket = createConnection(smtpReceiver.port(), '127.0.0.1');
  const said: string[] = [];
  socket.setEncoding('utf8');
  for (const line of ['EHLO test', 'MAIL FROM:<a@sender.test>', `RCPT TO:<${address}>`]) {
    const [greeting] = await once(socket, 'data');
    said.push(String(greeting));
    socket.write(`${line}\r\n`);
  }
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer);
}
