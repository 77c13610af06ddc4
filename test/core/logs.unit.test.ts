/** The last lines of the log: kept within bounds, without secrets, for super-admins alone. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { manualClock } from '#core/clock.ts';
import { createLog } from '#core/observability/log.ts';
import { createLogLines } from '#core/observability/log-lines.ts';
import { authConfig, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const ALL = { level: 'trace', search: '' } as const;

describe('the kept lines of the log', () => {
  it('are within so many bytes, the latest of them, and say what is missing', () => {
    const lines = createLogLines(10_000);
    const log = createLog({ level: 'info', lines, destination: { write: () => {} } });
    for (let count = 0; count < 50; count++) log.info(`early ${count}`);
    const { cursor } = lines.read(ALL, { after: '', limit: 10 });
    for (let count = 0; count < 5_000; count++) log.info(`late ${count} ${'é'.repeat(20)}`);
    assert.ok(Buffer.byteLength(lines.text(ALL)) <= 10_000);
    const page = lines.read(ALL, { after: cursor, limit: 1_000 });
    assert.equal(page.missed, true);
    assert.match(page.lines.at(-1)?.text ?? '', /late 4999/);
    assert.equal(lines.read(ALL, { after: page.cursor, limit: 10 }).missed, false);
  });

  it('of what is very long are its beginning', () => {
    const lines = createLogLines(100_000);
    createLog({ level: 'info', lines, destination: { write: () => {} } }).info('x'.repeat(60_000));
    assert.equal(lines.text(ALL).length, 16 * 1024 + 1);
  });

  it('of what is very long keep no more in memory than that', () => {
    const lines = createLogLines(4_000_000);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const used = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = used();
    for (let count = 0; count < 50; count++) lines.write(`{"level":"info","msg":"${'x'.repeat(1_000_000)}${count}"}\n`);
    assert.ok(used() - before < 10_000_000);
    assert.equal(lines.read(ALL, { after: '', limit: 100 }).lines.length, 50);
  });

  it('hold no values of a row that PostgreSQL has refused', () => {
    const lines = createLogLines(10_000);
    const refused = Object.assign(new Error('null value in column "name"'), {
      detail: 'Failing row contains (hunter2)',
    });
    const log = createLog({ level: 'info', lines, destination: { write: () => {} } });
    log.error({ err: refused }, 'Request failed');
    assert.match(lines.text(ALL), /null value in column/);
    assert.doesNotMatch(lines.text(ALL), /hunter2/);
    log.error({ part: 'database' }, 'Nothing to blot out');
    assert.match(lines.text(ALL), /Nothing to blot out/);
  });

  it('are waited for by who follows, until one matters or the time is over', async () => {
    const lines = createLogLines(10_000);
    const clock = manualClock();
    const log = createLog({ level: 'info', lines, destination: { write: () => {} } });
    const filter = { level: 'warn', search: '' } as const;
    const follow = () => {
      const { cursor: after } = lines.read(filter, { after: '', limit: 1 });
      return lines.follow(filter, { after, limit: 10, waitMs: 25_000, clock, signal: new AbortController().signal });
    };
    log.info('First');
    const next = follow();
    log.info('Not this one');
    log.warn('This one');
    log.error('And what comes with it');
    await clock.advance(1_000);
    assert.deepEqual(
      (await next).lines.map(({ level }) => level),
      ['warn', 'error'],
    );
    const nothing = follow();
    await clock.advance(25_000);
    assert.deepEqual((await nothing).lines, []);
  });

  it('of another process begin anew', () => {
    const [one, other] = [createLogLines(10_000), createLogLines(10_000)];
    other.write('{"level":"info","msg":"here"}\n');
    const page = other.read(ALL, { after: one.read(ALL, { after: '', limit: 1 }).cursor, limit: 10 });
    assert.equal(page.missed, true);
    assert.equal(page.lines.length, 1);
  });

  it('go on at whichever process answers, when the places of all are named', () => {
    const [one, other] = [createLogLines(10_000), createLogLines(10_000)];
    const after = [one, other].map((lines) => lines.read(ALL, { after: '', limit: 1 }).cursor).join(',');
    for (const lines of [one, other]) {
      lines.write(`{"level":"info","msg":"of ${lines.process}"}\n`);
      const page = lines.read(ALL, { after, limit: 10 });
      assert.equal(page.missed, false);
      assert.deepEqual(
        page.lines.map(({ text }) => JSON.parse(text).msg),
        [`of ${lines.process}`],
      );
      assert.ok(page.cursor.startsWith(`${lines.process}.`));
    }
  });
});

describe('the log by the API', () => {
  let app: TestPlatform;
  let operator: Client;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, logTo: { write: () => {} } });
    operator = (await signInAdmin(app)).http;
  });
  after(() => app.stop());

  it('is for super-admins alone', async () => {
    const { http } = await register(app);
    for (const path of ['/api/platform/logs', '/api/platform/logs/download']) {
      assert.equal((await http.get(path)).status, 403);
      assert.equal((await app.http.get(path)).status, 401);
    }
  });

  it('shows what was logged from a level on, found by a word, without secrets', async () => {
    const { log } = app.services;
    log.info({ password: 'hunter2' }, 'Somebody knocked');
    log.warn('The walrus is out');
    const { body } = await operator.get('/api/platform/logs?search=KNOCKED');
    assert.deepEqual(
      body.items.map(({ level, message }: { level: string; message: string }) => [level, message]),
      [['info', 'Somebody knocked']],
    );
    assert.match(body.items[0].text, /\[redacted\]/);
    assert.match(body.replica, new RegExp(`\\(${process.pid}\\)$`));
    const worse = await operator.get('/api/platform/logs?level=warn');
    assert.ok(worse.body.items.some(({ message }: { message: string }) => message === 'The walrus is out'));
    assert.ok(worse.body.items.every(({ level }: { level: string }) => level !== 'info'));
    const file = await operator.get('/api/platform/logs/download?search=walrus');
    assert.match(file.headers.get('content-disposition') ?? '', /^attachment/);
    assert.match(file.text, /The walrus is out"}\n$/);
    assert.doesNotMatch(file.text, /hunter2/);
  });

  it('is followed: what came behind a cursor is answered at once', async () => {
    const { cursor } = (await operator.get('/api/platform/logs')).body;
    app.services.log.warn('This one');
    const { body } = await operator.get(`/api/platform/logs?after=${cursor}&wait_seconds=25&level=warn`);
    assert.deepEqual(
      body.items.map(({ message }: { message: string }) => message),
      ['This one'],
    );
    assert.notEqual(body.cursor, cursor);
  });

  it('answers with nothing when nothing comes', async () => {
    const { cursor } = (await operator.get('/api/platform/logs')).body;
    assert.equal((await operator.get(`/api/platform/logs?after=${cursor}`)).body.missed, false);
    assert.deepEqual((await operator.get('/api/platform/logs?after=nonsense.1')).body.missed, true);
    assert.equal((await operator.get('/api/platform/logs?wait_seconds=26')).status, 422);
  });
});
