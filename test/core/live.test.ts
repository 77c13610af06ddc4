/** The live channel: what is followed comes once and in order, at any replica; what may have been missed is said. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { manualClock } from '#core/clock.ts';
import { EXPECTED_MS } from '#core/events/live-channel.ts';
import { createLiveLog } from '#core/events/live-log.ts';
import { authConfig, keyOf, type Person, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { type OpenStream, openStream } from '#test/support/streams.ts';

const LOOK_MS = 15_000;
const PLUGINS = { auth: authConfig, mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { enabled: false } } };
const streams = { perCaller: 2_000, perTenant: 2_000, total: 2_000 };
const config = { http: { rateLimit: { enabled: false }, openRequests: { perAddress: 3_000 }, streams } };

describe('the live channel', () => {
  let app: TestPlatform;
  let other: TestPlatform;
  let owner: Person;
  const open: OpenStream[] = [];
  let made = 0;

  before(async () => {
    app = await startPlatform({ plugins: PLUGINS, config });
    const { dataDir, clock } = app;
    const { database } = app.services.coreConfig;
    // On SQLite there is one process on a database.
    other = testDatabase === 'pg' ? await startPlatform({ plugins: PLUGINS, config, database, dataDir, clock }) : app;
    owner = await register(app);
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close();
  });
  after(async () => {
    if (other !== app) await other.platform.stop();
    await app.stop();
  });

  const root = { authorization: `Bearer ${ROOT_TOKEN}` };
  const bearer = ({ accessToken }: Person) => ({ authorization: `Bearer ${accessToken}` });
  async function follow(topics: string, at = app, headers: Record<string, string> = root, after?: string) {
    const all = after === undefined ? headers : { ...headers, 'last-event-id': after };
    const stream = await openStream(`${at.url}/api/platform/live?topics=${topics}`, all);
    open.push(stream);
    return stream;
  }
  /** An event whose data is its number. */
  async function emit(type: string, at = app, { subject, data }: { subject?: string; data?: unknown } = {}) {
    const n = ++made;
    const fixed = { specversion: '1.0', source: 'test', time: '', datacontenttype: 'application/json' } as const;
    const event = { ...fixed, id: String(n), type, ...(subject && { subject }), data: data ?? n };
    const { db, events } = at.services;
    await db.transaction((trx) => events.publish(trx, event));
    return n;
  }
  const numbers = ({ types, data }: OpenStream) =>
    data.flatMap((event, index) => (types[index] === 'reset' ? ['reset'] : [event.data]));
  /** Waits until an event of this subject came, whatever comes before it. */
  async function heard(stream: OpenStream, subject: string) {
    while (!stream.data.some((event) => event?.subject === subject)) await stream.until(stream.types.length + 1);
  }
  async function placed(stream: OpenStream): Promise<string> {
    for (let tries = 0; tries < 4_000 && stream.lastId() === ''; tries++) await new Promise((go) => setTimeout(go, 10));
    assert.notEqual(stream.lastId(), '', 'a stream says at once from where it can be taken up');
    return stream.lastId();
  }

  /** A replica remembers nothing until it hears that somebody listens; one of its own is heard at once. */
  async function bothListen(): Promise<void> {
    for (const at of [app, other]) await placed(await follow('nothing.happens', at));
  }

  it('goes on at another replica where it was cut off: nothing is missed, nothing comes twice', async () => {
    await bothListen();
    const first = await follow('test.*');
    const start = await placed(first);
    const one = [await emit('test.a'), await emit('test.b', other)];
    await first.until(2);
    first.close();
    const missed = [await emit('test.c'), await emit('test.d', other), await emit('test.e')];
    const second = await follow('test.*', other, root, first.lastId());
    await second.until(3);
    const live = await emit('test.f');
    await second.until(4);
    const again = await follow('test.*', other, root, start);
    await again.until(6);
    // What two replicas emit in the same moment may be told in either order, which is then that of everybody.
    assert.deepEqual(numbers(first).sort(), one);
    assert.deepEqual(numbers(second).sort(), [...missed, live]);
    assert.deepEqual(numbers(again), [...numbers(first), ...numbers(second)]);
  });

  it('gives every event once to a reader that changes replicas all the time, while both make events', async function () {
    this.timeout(60_000);
    const each = 150;
    await bothListen();
    let stream = await follow('hop.*');
    const start = await placed(stream);
    const got: unknown[] = [];
    const busy = [app, other].map(async (at) => {
      for (let n = 0; n < each; n++) await emit('hop.made', at);
    });
    for (let hops = 0; ; hops++) {
      await stream.until(1);
      stream.close();
      got.push(...numbers(stream));
      if (got.length === 2 * each) break;
      stream = await follow('hop.*', hops % 2 === 0 ? other : app, root, stream.lastId());
    }
    await Promise.all(busy);
    assert.equal(got.includes('reset'), false);
    assert.equal(new Set(got).size, 2 * each);
    // Every process tells them in one order, so whoever reads it all in one go sees the same.
    const whole = await follow('hop.*', other, root, start);
    await whole.until(2 * each);
    assert.deepEqual(numbers(whole), got);
  });

  it('begins where the list of pages was asked for, at any replica, though nobody was listening then', async () => {
    const positionFor = async (headers: Record<string, string>) =>
      ((await (await fetch(`${app.url}/api/platform/ui`, { headers })).json()) as { live_position: string | null })
        .live_position;
    const position = await positionFor(root);
    assert.ok(position);
    const missed = [await emit('test.a'), await emit('test.b', other)];
    const stream = await follow('test.*', other, root, position);
    await stream.until(2);
    assert.deepEqual(numbers(stream).sort(), missed);
    assert.equal(await positionFor({}), null);
  });

  it('costs one timer, however often it is asked where to begin', async () => {
    const timers: number[] = [];
    const { after: begin } = app.clock;
    app.clock.after = (ms, fn) => {
      timers.push(ms);
      return begin(ms, fn);
    };
    for (let n = 0; n < 50; n++)
      assert.equal((await fetch(`${app.url}/api/platform/ui`, { headers: root })).status, 200);
    app.clock.after = begin;
    const expecting = timers.filter((ms) => ms === EXPECTED_MS);
    assert.ok(expecting.length <= 1, `${expecting.length} timers`);
    await app.clock.advance(EXPECTED_MS - 1);
    assert.equal(app.services.events.hasListeners(), true);
    // That nobody listens at another replica is heard from there.
    for (let tries = 0; tries < 4_000 && app.services.events.hasListeners(); tries++) {
      await app.clock.advance(EXPECTED_MS / 100);
      await new Promise((go) => setTimeout(go, 10));
    }
    assert.equal(app.services.events.hasListeners(), false);
  });

  it('takes up from nothing that it did not say itself: it says reset, and goes on from now', async () => {
    const probe = await follow('test.*');
    const id = await placed(probe);
    const [from, seq] = id.split('-');
    for (const bad of ['nonsense', `${from}-${Number(seq) + 1_000_000}`, `${from}--1`, '-1', '0', 'x'.repeat(5_000)]) {
      const stream = await follow('test.*', other, root, bad);
      assert.equal(stream.status, 200, bad);
      await stream.until(1);
      const n = await emit('test.after');
      await stream.until(2);
      assert.deepEqual(numbers(stream), ['reset', n], bad);
    }
  });

  it('says reset when a number is left out, and when a process falls silent that may have known more', async () => {
    const stream = await follow('test.*', other);
    await placed(stream);
    const { notices } = app.services;
    const event = { id: 'x', type: 'test.ghost', data: 'ghost' };
    notices.sendInOrder('live.event', { from: 'ghost', seq: 4, event });
    await stream.until(1);
    notices.sendInOrder('live.event', { from: 'ghost', seq: 6, event });
    await stream.until(3);
    assert.deepEqual(stream.types, ['test.ghost', 'reset', 'test.ghost']);
    if (testDatabase !== 'pg') return;
    const before = stream.types.length;
    await app.clock.advance(3 * 60_000);
    await stream.until(before + 1);
    assert.equal(stream.types[before], 'reset');
  });

  it('refuses topics that are none, and those of which the caller may see nothing', async () => {
    const many = Array.from({ length: 51 }, (_, n) => `test.t${n}`).join();
    const bad = ['', ',', 'a b', 'mail.', '.mail', '*.mail', 'mail*', 'a/', 'a/b c', 'a/%00', 'a%0d%0ab', '**'];
    for (const topics of [...bad, many, 'x'.repeat(401), `a/${'x'.repeat(400)}`, 'x,'.repeat(4_500)]) {
      const { status } = await follow(encodeURI(topics).replaceAll('%25', '%'));
      assert.ok([400, 414, 422].includes(status), `${topics.slice(0, 30)}: ${status}`);
    }
    assert.equal((await fetch(`${app.url}/api/platform/live`, { headers: root })).status, 422);
    assert.equal((await fetch(`${app.url}/api/platform/live?topics=mail.*`)).status, 401);
    assert.equal((await follow(many.split(',').slice(1).join())).status, 200);

    const stranger = await register(app);
    await mailboxOf(app, owner, 'ours');
    const narrow = await keyOf(owner, ['users:read']).catch(() => keyOf(owner, ['settings:manage']));
    for (const [topics, headers, status] of [
      ['mail.received/ours@example.com', bearer(owner), 200],
      ['mail.received/ours@example.com', bearer(stranger), 403],
      ['mail.received/nobody@example.com', bearer(stranger), 403],
      ['mail.received', narrow, 403],
      ['mail.*', narrow, 403],
      ['tenant.created', bearer(owner), 403],
      ['tenant.*', bearer(owner), 403],
      ['mail.received,tenant.created', bearer(owner), 403],
      ['*', bearer(owner), 200],
      ['constructor', bearer(owner), 403],
      ['__proto__/x', bearer(owner), 403],
    ] as const) {
      assert.equal((await follow(topics, app, headers)).status, status, `${topics} ${JSON.stringify(headers)}`);
    }
  });

  it('shows nothing of other tenants, whatever the topics and wherever it is taken up', async () => {
    const stranger = await register(app);
    const own = await follow('*', app, bearer(owner));
    const theirs = await follow('*', other, bearer(stranger));
    const position = await placed(theirs);
    await mailboxOf(app, owner, 'private');
    await heard(own, 'private@example.com');
    await mailboxOf(app, stranger, 'strange');
    await heard(theirs, 'strange@example.com');
    const again = await follow('*,mailbox.created', other, bearer(stranger), position);
    await heard(again, 'strange@example.com');
    // What registering told of may come after a stream was opened: it is the tenant's own.
    const tenantsOf = ({ data }: OpenStream) => [...new Set(data.map(({ tenantid }) => tenantid))];
    assert.deepEqual(tenantsOf(own), [owner.tenantId]);
    assert.deepEqual(tenantsOf(theirs), [stranger.tenantId]);
    assert.deepEqual(tenantsOf(again), [stranger.tenantId]);
  });

  it('ends when the right to a topic does, though the caller may do all else as before', async () => {
    await mailboxOf(app, owner, 'leaving');
    const mailbox = await follow('mail.received/leaving@example.com', other, bearer(owner));
    const rest = await follow('mail.received', other, bearer(owner));
    const stranger = await register(app);
    const user = await app.services.people.userByUuid(stranger.id);
    await app.services.db
      .write('mail_mailboxes')
      .where({ address: 'leaving@example.com' })
      .update({ user_id: user?.id ?? 0, tenant_id: stranger.tenantId });
    await other.clock.advance(LOOK_MS);
    await mailbox.over();
    assert.equal(rest.isOver(), false);
  });

  it('keeps the place of who hears nothing for long, and tells what is too old from what is not', async () => {
    // What the use of the root token tells of has come before what follows.
    const early = await follow('early.*');
    await emit('early.made');
    await early.until(1);
    const quiet = await follow('quiet.*');
    const first = await placed(quiet);
    await emit('loud.made');
    const loud = await follow('loud.*');
    await emit('loud.made');
    await loud.until(1);
    // At the first look it may stand before what the other one has heard just now.
    for (let tries = 0; tries < 4_000 && quiet.lastId() !== loud.lastId(); tries++) {
      await app.clock.advance(LOOK_MS);
      await new Promise((go) => setTimeout(go, 10));
    }
    assert.notEqual(quiet.lastId(), first);
    assert.equal(quiet.lastId(), loud.lastId());
    // What is gone with time is gone for who stands before it alone.
    const log = createLiveLog(manualClock(0), { ageMs: 1_000, entries: 3, bytes: 1_000 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) log.append(id, null);
    assert.deepEqual(['a', 'b', 'c', 'e'].map(log.behind), [null, 2, 3, 5]);
    assert.deepEqual([log.size(), log.lastId(), log.end()], [3, 'e', 5]);
  });

  it('serves a thousand at once', async function () {
    this.timeout(60_000);
    const all: OpenStream[] = [];
    while (all.length < 1_000) {
      all.push(...(await Promise.all(Array.from({ length: 100 }, () => follow('many.*', other)))));
    }
    assert.ok(all.every(({ status }) => status === 200));
    const n = await emit('many.made');
    await Promise.all(all.map((stream) => stream.until(1)));
    assert.ok(all.every((stream) => numbers(stream).join() === String(n)));
  });

  it('keeps nothing for a slow reader: it is told that it has missed some, while others have it all', async function () {
    this.timeout(60_000);
    // Nothing of it is about the database, and PostgreSQL carries so much in thousands of pieces.
    if (testDatabase === 'pg') return;
    const socket = connect(app.port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text = (text + part).slice(-200_000);
    });
    socket.write(
      `GET /api/platform/live?topics=slow.* HTTP/1.1\r\nHost: x\r\nAuthorization: ${root.authorization}\r\n\r\n`,
    );
    while (!text.includes('id: ')) await new Promise((go) => setTimeout(go, 5));
    socket.pause();
    const quick = await follow('slow.*');
    const count = 100;
    // More than the log keeps, and more than the system buffers.
    for (let n = 0; n < count; n++) await emit('slow.made', app, { data: 'x'.repeat(300_000) });
    for (let n = 10; n <= count; n += 10) await quick.until(n);
    assert.ok(!quick.types.includes('reset'));
    socket.resume();
    while (!text.includes('event: reset')) await new Promise((go) => setTimeout(go, 5));
    socket.destroy();
  });
});
