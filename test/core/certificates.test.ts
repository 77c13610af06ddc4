/** Certificates that come by themselves from an authority, Let's Encrypt's own test server, on both databases and for replicas. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import tls from 'node:tls';
import { takeWarnings } from '#core/testing/warnings.ts';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { freePort } from '#test/support/free-port.ts';
import { startPlatform, type TestOptions, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { type Authority, startAuthority } from '#test/support/pebble.ts';
import { askByTls, seenAt, seenOn } from '#test/support/tls.ts';

const WEB = 'app.example.com';
const MAIL = 'mx.example.com';
const LIFE_S = 90 * 86_400;
const RENEW = 'core.renewCertificates';

describe('certificates that come by themselves', function () {
  this.timeout(180_000);
  let authority: Authority;
  let app: TestPlatform;
  before(async () => {
    authority = await startAuthority({ refusedNonces: 20, slownessSeconds: 2, validSeconds: LIFE_S });
  });
  after(() => authority.stop());
  afterEach(() => app?.stop());

  const acme = (domains: string[], directory = authority.directory) => ({
    domains,
    directory,
    agree: true,
    email: domains.includes(MAIL) ? 'ops@example.com' : null,
    caFile: authority.caFile,
  });
  const http = (domains: string[], plainPort: number | null = authority.httpPort, directory?: string) => ({
    port: 0,
    publicUrl: `https://${WEB}`,
    tls: { acme: acme(domains, directory), plainPort },
  });
  const begin = (domains: string[], options: TestOptions = {}): Promise<TestPlatform> =>
    startPlatform({ plugins: { auth: authConfig }, config: { http: http(domains) }, ...options });

  /** Until one is used that was not used before. */
  const another = ({ services }: TestPlatform) =>
    new Promise<void>((resolve) => void services.certificates.onChange(resolve));
  /** Until no replica is getting any. */
  async function quiet(): Promise<void> {
    const { db } = app.services;
    while (await db.write('core_cron_runs').where({ job: RENEW, status: 'running' }).first('id')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const of = async (name: string) => (await app.services.certificates.list()).find(({ id }) => id === name);

  it('are there soon after a start, for the web and for mail, although nonces are refused', async () => {
    app = await begin([WEB, MAIL], {
      plugins: {
        auth: authConfig,
        mail: { domains: ['example.com'], smtp: { hostname: MAIL, port: 0, implicitTlsPort: 0 } },
      },
    });
    const before = await seenAt(app.port, WEB, authority.root);
    assert.equal(before.isTrusted, false, 'until then it is one that nobody vouches for');
    await untilValid(WEB, MAIL);

    const web = await seenAt(app.port, WEB, authority.root);
    assert.deepEqual([web.names, web.isTrusted], [`DNS:${WEB}`, true]);
    assert.equal((await seenAt(app.port, undefined, authority.root)).serial, web.serial, 'for who names no host');
    assert.equal((await seenAt(app.port, 'other.example.com', authority.root)).serial, web.serial);
    const answer = await askByTls(app.port, { host: WEB, path: '/health', ca: authority.root });
    assert.equal(answer.status, 200);

    const { smtpReceiver } = app.services;
    const implicit = await seenAt(smtpReceiver.tlsPort() ?? 0, MAIL, authority.root);
    assert.deepEqual([implicit.names, implicit.isTrusted], [`DNS:${MAIL}`, true]);
    assert.equal((await seenAt(smtpReceiver.tlsPort() ?? 0, undefined, authority.root)).serial, implicit.serial);
    const upgraded = await afterStartTls(smtpReceiver.port() ?? 0, MAIL);
    assert.equal(upgraded.serial, implicit.serial);
    takeWarnings();
  });

  it('lie sealed in the database, and are there at once after a restart', async () => {
    app = await begin([WEB]);
    await untilValid(WEB);
    const { serial } = await seenAt(app.port, WEB, authority.root);
    const [row] = await app.services.db.read('core_certificates');
    const [account] = await app.services.db.read('core_acme_accounts');
    for (const sealed of [row?.private_key, account?.private_key]) {
      assert.match(sealed ?? '', /^v1\./);
      assert.doesNotMatch(sealed ?? '', /PRIVATE KEY/);
    }
    assert.deepEqual(await app.services.db.read('core_acme_challenges'), [], 'what was proved is forgotten');
    app = await app.restart();
    assert.equal((await seenAt(app.port, WEB, authority.root)).serial, serial);
    takeWarnings();
  });

  it('are renewed at two thirds of their life, for connections that come then', async () => {
    app = await begin([WEB]);
    await untilValid(WEB);
    const { serial } = await seenAt(app.port, WEB, authority.root);
    const known = await of(WEB);
    const [begins, ends] = [known?.begins_at ?? 0, known?.ends_at ?? 0];
    assert.equal(known?.next_at, Math.round(begins + ((ends - begins) * 2) / 3));
    await app.clock.advance((known?.next_at ?? 0) - app.clock.now() - 3_600_000);
    await app.platform.cron.runDue();
    assert.equal((await seenAt(app.port, WEB, authority.root)).serial, serial);
    assert.equal((await of(WEB))?.state, 'valid');
    const heard = another(app);
    await app.clock.advance(3_600_000 + 1);
    await app.platform.cron.runDue();
    await heard;
    const renewed = await seenAt(app.port, WEB, authority.root);
    assert.ok(renewed.isTrusted && renewed.serial !== serial);
    // The authority's clock is where it was: of a certificate that seems old at once, the next one is not got at once.
    assert.equal((await of(WEB))?.next_at, Math.round(app.clock.now() + (ends - begins) / 30));
    takeWarnings();
  });

  it('say in words why none comes, wait longer each time, and come once the reason is gone', async () => {
    await authority.leads('lost.example.com', '127.0.0.2');
    app = await begin(['lost.example.com']);
    await quiet();
    const failed = await of('lost.example.com');
    assert.deepEqual([failed?.state, failed?.failures], ['waiting', 1]);
    assert.match(failed?.error ?? '', /lost\.example\.com.*connection refused/i);
    const pauseOf = async (): Promise<number> => {
      const now = await of('lost.example.com');
      return ((now?.next_at ?? 0) - (now?.tried_at ?? 0)) / 60_000;
    };
    assert.equal(await pauseOf(), 5);
    await app.clock.advance(5 * 60_000 + 1);
    await app.platform.cron.runDue();
    assert.equal(await pauseOf(), 15);
    await authority.leads('lost.example.com', '127.0.0.1');
    await app.clock.advance(5 * 60_000);
    await app.platform.cron.runDue();
    assert.equal((await of('lost.example.com'))?.failures, 2, 'it is not time yet');
    await app.clock.advance(10 * 60_000);
    await app.platform.cron.runDue();
    await untilValid('lost.example.com');
    assert.equal((await of('lost.example.com'))?.error, null);
    takeWarnings();
  });

  it('wait for an authority that is not there, which is said as well', async () => {
    const nowhere = `https://127.0.0.1:${await freePort()}/dir`;
    app = await begin([WEB], { config: { http: http([WEB], authority.httpPort, nowhere) } });
    await quiet();
    assert.match((await of(WEB))?.error ?? '', /^127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/);
    takeWarnings();
  });

  it('come anew from another authority', async () => {
    app = await begin([WEB]);
    await untilValid(WEB);
    await app.services.db.write('core_certificates').update({ directory: 'https://staging.example.com/dir' });
    const { serial } = await seenAt(app.port, WEB, authority.root);
    app = await app.restart();
    const heard = another(app);
    assert.equal((await of(WEB))?.state, 'valid', 'the former one counts meanwhile');
    await heard;
    await quiet();
    assert.notEqual((await seenAt(app.port, WEB, authority.root)).serial, serial);
    takeWarnings();
  });

  it('are the same for every replica, whichever gets them and whichever the authority asks', async () => {
    if (testDatabase !== 'pg') return;
    // The authority finds only the second one.
    const first = await begin([WEB], { config: { http: http([WEB], await freePort()) } });
    const { dataDir, clock } = first;
    const { database } = first.services.coreConfig;
    const second = await begin([WEB], { database, dataDir, clock });
    app = first;
    try {
      await quiet();
      // Where the first one was faster than the start of the second, nobody could be asked.
      if ((await of(WEB))?.state !== 'valid') await clock.advance(5 * 60_000 + 1);
      await Promise.all([first.platform.cron.runDue(), second.platform.cron.runDue()]);
      await untilValid(WEB);
      const [one, other] = await Promise.all([first, second].map(({ port }) => seenAt(port, WEB, authority.root)));
      assert.ok(one?.isTrusted);
      assert.equal(other?.serial, one?.serial);
      await first.services.certificates.store?.makeDue(WEB);
      const heard = Promise.all([another(first), another(second)]);
      await first.platform.cron.runNow(RENEW);
      await heard;
      const [next, same] = await Promise.all([first, second].map(({ port }) => seenAt(port, WEB, authority.root)));
      assert.notEqual(next?.serial, one?.serial);
      assert.equal(same?.serial, next?.serial);
      await quiet();
    } finally {
      await second.platform.stop();
    }
    takeWarnings();
  });

  it('are shown to super-admins, who may ask for another one', async () => {
    app = await begin([WEB]);
    await untilValid(WEB);
    const { serial } = await seenAt(app.port, WEB, authority.root);
    const ask = (path: string, method = 'GET', token: string | undefined = ROOT_TOKEN) =>
      askByTls(app.port, { host: WEB, path, method, token, ca: authority.root });
    const list = await ask('/api/platform/certificates');
    const { items, directory, is_tls } = JSON.parse(list.text);
    assert.deepEqual([is_tls, directory], [true, authority.directory]);
    assert.deepEqual([items[0].names, items[0].state, items[0].error], [[WEB], 'valid', null]);
    assert.match(items[0].issuer, /Pebble/);
    assert.doesNotMatch(list.text, /PRIVATE/);
    assert.equal((await ask('/api/platform/certificates', 'GET', 'nobody')).status, 401);
    const path = `/api/platform/certificates/${WEB}/renewals`;
    assert.equal((await ask('/api/platform/certificates/x.example.com/renewals', 'POST')).status, 404);
    await app.clock.advance(61_000);
    const heard = another(app);
    assert.equal((await ask(path, 'POST')).status, 202);
    await heard;
    await quiet();
    assert.equal((await ask(path, 'POST')).status, 409, 'it was tried a moment ago');
    assert.notEqual((await seenAt(app.port, WEB, authority.root)).serial, serial);
    takeWarnings();
  });

  /** Waits for tries that were under way, and makes those that nonces have cost. */
  async function untilValid(...names: string[]): Promise<void> {
    await quiet();
    for (let time = 0; time < 4; time++) {
      const known = (await app.services.certificates.list()).filter(({ id }) => names.includes(id));
      const { certificates } = app.services;
      if (known.every(({ id, state }) => state === 'valid' && certificates.contextFor(id))) return;
      await app.clock.advance(30 * 60_000);
      await app.platform.cron.runDue();
      await quiet();
    }
    assert.fail(JSON.stringify(await app.services.certificates.list()));
  }

  async function afterStartTls(port: number, servername: string) {
    const plain = connect(port, '127.0.0.1');
    await lineOf(plain);
    plain.write('EHLO client.example\r\n');
    await lineOf(plain);
    plain.write('STARTTLS\r\n');
    await lineOf(plain);
    return seenOn(tls.connect({ socket: plain, servername, ca: authority.root, rejectUnauthorized: false }));
  }
});

function lineOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk;
      if (!/^\d{3} .*\r\n$/m.test(text)) return;
      socket.off('data', read);
      resolve(text);
    };
    socket.on('data', read);
  });
}
