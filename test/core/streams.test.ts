/** Event streams: they end with their credentials, on every replica, and are bounded. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import {
  addMember,
  authConfig,
  keyOf,
  type Person,
  ROOT_TOKEN,
  register,
  signIn,
  signInAdmin,
} from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { type OpenStream, openStream } from '#test/support/streams.ts';

const LOOK_MS = 15_000;
const PLUGINS = { auth: authConfig, mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { enabled: false } } };
const config = { http: { rateLimit: { enabled: false }, streams: { perCaller: 4, perTenant: 6 }, unreadSeconds: 1 } };

describe('event streams', () => {
  let app: TestPlatform;
  /** Where the streams are open, when something changes at `app`. */
  let other: TestPlatform;
  let admin: Person;
  let owner: Person;
  const paths = ['/api/platform/live?topics=*', '/api/platform/live?topics=mail.received,mail.sent'];

  before(async () => {
    app = await startPlatform({ plugins: PLUGINS, config });
    // On SQLite there is one process on a database.
    const { dataDir, clock } = app;
    const { database } = app.services.coreConfig;
    other = testDatabase === 'pg' ? await startPlatform({ plugins: PLUGINS, config, database, dataDir, clock }) : app;
    admin = await signInAdmin(app);
    owner = await register(app);
  });
  after(async () => {
    if (other !== app) await other.platform.stop();
    await app.stop();
  });

  const bearer = ({ accessToken }: Person) => ({ authorization: `Bearer ${accessToken}` });
  const both = (headers: Record<string, string>) =>
    Promise.all(paths.map((path) => openStream(`${other.url}${path}`, headers)));
  const allOver = (streams: OpenStream[]) => Promise.all(streams.map((stream) => stream.over()));
  /** Time passes, and then the time between two looks. */
  const later = async (ms: number) => {
    await other.clock.advance(ms);
    await other.services.connections.recheck();
    await other.clock.advance(LOOK_MS);
  };
  /** Waits until no stream is open any more. */
  const none = async () => {
    for (let tries = 0; tries < 4_000 && other.services.connections.count() > 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(other.services.connections.count(), 0);
  };
  const close = (streams: OpenStream[]) => {
    for (const stream of streams) stream.close();
  };

  for (const [why, end] of [
    ['a logout', (person: Person) => person.http.post('/api/v2/auth/logout', {})],
    ['a suspension', (person: Person) => admin.http.post(`/api/v2/admin/users/${person.id}/suspend`)],
    [
      'the suspension of the tenant',
      (person: Person) => admin.http.patch(`/api/v2/admin/tenants/${person.tenantId}`, { status: 'suspended' }),
    ],
    ['a deletion', (person: Person) => admin.http.delete(`/api/v2/admin/users/${person.id}`)],
    [
      'the end of a session by its owner',
      async (person: Person) => {
        const again = await signIn(app, person.email, person.password);
        return again.http.post('/api/platform/auth/sessions/revoke-others', {});
      },
    ],
  ] as const) {
    it(`end with ${why}, at once`, async () => {
      const person = await register(app);
      const streams = await both(bearer(person));
      const others = await both(bearer(owner));
      const answer = await end(person);
      assert.ok(answer.status < 300, answer.text);
      await allOver(streams);
      assert.ok(
        others.every((stream) => !stream.isOver()),
        'of others they go on',
      );
      close(others);
    });
  }

  it('end with the key that opened them', async () => {
    const headers = await keyOf(owner, ['mail:read']);
    const streams = await both(headers);
    const [key] =
      (await owner.http.get('/api/v2/api-keys')).body.items ?? (await owner.http.get('/api/v2/api-keys')).body;
    assert.equal((await owner.http.delete(`/api/v2/api-keys/${key.id}`)).status, 204);
    await allOver(streams);
  });

  /** When the next one is watched over: what arrives after the look that a logout causes is only seen by the next look. */
  function opened(): Promise<void> {
    const { connections } = other.services;
    const { open } = connections;
    return new Promise((resolve) => {
      connections.open = (...given) => {
        connections.open = open;
        resolve();
        return open(...given);
      };
    });
  }

  it('are not the only ones: a request that waits for mail ends so too', async () => {
    const person = await register(app);
    await mailboxOf(app, person, 'awaited');
    const path = `${other.url}/api/platform/mail/wait?mailbox=awaited@example.com&timeout=60`;
    const isOpen = opened();
    const waiting = fetch(path, { headers: bearer(person) });
    await isOpen;
    assert.equal((await person.http.post('/api/v2/auth/logout', {})).status < 300, true);
    await other.services.connections.recheck();
    assert.equal((await waiting).status, 401);
  });

  it('nor is a function that waits for one: nothing of what came after the logout is told', async () => {
    const person = await register(app);
    await mailboxOf(app, person, 'expected');
    const isOpen = opened();
    const waiting = fetch(`${other.url}/api/platform/functions/mail.waitFor`, {
      method: 'POST',
      headers: { ...bearer(person), 'content-type': 'application/json' },
      body: JSON.stringify({ input: { mailbox: 'expected@example.com', timeout_seconds: 60 } }),
    });
    await isOpen;
    assert.equal((await person.http.post('/api/v2/auth/logout', {})).status < 300, true);
    await other.services.connections.recheck();
    assert.equal((await waiting).status, 401);
  });

  it('end when somebody has other rights than before, and may be opened again with those', async () => {
    const member = await addMember(app, owner, 'member');
    const streams = await both(bearer(member));
    const user = await app.services.accounts.byUuid(member.id);
    await app.services.db.transaction((trx) => app.services.people.updateUser(trx, user!.id, { role: 'admin' }));
    await allOver(streams);
    close(await both(bearer(member)));
  });

  it('end when the access token or the key expires, without anybody saying so', async () => {
    const person = await register(app);
    const made = await person.http.post('/api/v2/api-keys', { name: 'short', expires_in_days: 1 });
    const streams = await both({ 'x-api-key': made.body.raw_key });
    const sessions = await both(bearer(person));
    await later(31 * 60_000);
    await allOver(sessions);
    assert.ok(streams.every((stream) => !stream.isOver()));
    await later(24 * 3600_000);
    await allOver(streams);
  });

  it('are refused beyond what a caller and a tenant may have open', async () => {
    const person = await register(app);
    const colleague = await addMember(app, person, 'member');
    const open = (who: Person) => openStream(`${other.url}${paths[0]}`, bearer(who));
    const four = [await open(person), await open(person), await open(person), await open(person)];
    assert.deepEqual(
      four.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    assert.equal((await open(person)).status, 429);
    const two = [await open(colleague), await open(colleague)];
    assert.deepEqual(
      two.map(({ status }) => status),
      [200, 200],
    );
    assert.equal((await open(colleague)).status, 429, 'the tenant has six');
    close(four);
    for (let tries = 0; tries < 4_000 && other.services.connections.count() > 2; tries++)
      await new Promise((go) => setTimeout(go, 5));
    const third = await open(colleague);
    assert.equal(third.status, 200);
    close([...two, third]);
  });

  it('answer HEAD as GET would, and keep nothing open', async () => {
    await none();
    for (const path of paths) {
      const { status, headers } = await fetch(`${other.url}${path}`, {
        method: 'HEAD',
        headers: { authorization: `Bearer ${ROOT_TOKEN}` },
      });
      assert.deepEqual([status, headers.get('content-type')], [200, 'text/event-stream; charset=utf-8']);
      await none();
    }
  });

  it('disconnect who does not read, whether a little or a lot waits', async () => {
    await none();
    for (const each of [200_000, 3_000_000]) {
      const socket = connect(other.port, '127.0.0.1');
      const over = new Promise((resolve) => socket.once('close', resolve));
      socket.on('error', () => {});
      socket.write(`GET ${paths[0]} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ROOT_TOKEN}\r\n\r\n`);
      await new Promise<void>((resolve) => socket.once('data', () => resolve()));
      socket.pause();
      for (let sent = 0; sent < 12_000_000; sent += each) {
        const event = {
          specversion: '1.0',
          source: 'test',
          type: 'test.large',
          time: '',
          id: `${each}/${sent}`,
        } as const;
        const large = { ...event, datacontenttype: 'application/json', data: 'x'.repeat(each) } as const;
        await app.services.db.transaction((trx) => app.services.events.publish(trx, large));
      }
      await none();
      socket.resume();
      await over;
    }
  });
});
