/** Long work: seen by those it concerns, cancelled, and never running for ever; backups beside the running server. */
import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Progress } from '#core/operations/operation.ts';
import { LEASE_MS } from '#core/operations/operation-row.ts';
import type { Principal } from '#core/plugin.ts';
import {
  addMember,
  authConfig,
  keyOf,
  type Person,
  ROOT_TOKEN,
  register,
  signInAdmin,
} from '#test/support/accounts.ts';
import { onInstallation, temporaryFolder } from '#test/support/backups.ts';
import type { Client } from '#test/support/client.ts';
import { dropDatabase, freshDatabase, startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { openStream } from '#test/support/streams.ts';

const PLUGINS = { auth: authConfig, licensing: {}, workflows: {} };
const config = { http: { rateLimit: { enabled: false } } };

describe('long work', () => {
  let app: TestPlatform;
  let other: TestPlatform;
  let admin: Person;
  let owner: Person;
  let member: Person;
  let colleague: Person;
  let stranger: Person;
  let database: TestPlatform['services']['coreConfig']['database'];

  before(async () => {
    app = await startPlatform({ plugins: PLUGINS, config });
    ({ database } = app.services.coreConfig);
    const { dataDir, clock } = app;
    // On SQLite there is one process on a database.
    other = testDatabase === 'pg' ? await startPlatform({ plugins: PLUGINS, config, database, dataDir, clock }) : app;
    admin = await signInAdmin(app);
    owner = await register(app);
    member = await addMember(app, owner, 'member');
    colleague = await addMember(app, owner, 'member');
    stranger = await register(app);
  });
  after(async () => {
    if (other !== app) await other.platform.stop();
    await app.stop();
  });

  async function principalOf(person: Person): Promise<Principal> {
    const user = await app.services.people.userByUuid(person.id);
    return (await app.services.accounts.principalOf(user?.id ?? 0))!;
  }
  /** Work that goes on until it is told how to end. */
  function held() {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const begun = Promise.withResolvers<Progress>();
    const work = (progress: Progress) => {
      begun.resolve(progress);
      progress.signal.addEventListener('abort', () => reject(new Error('aborted')));
      return promise;
    };
    return { work, end: resolve, fail: reject, progress: begun.promise };
  }
  const stateOf = async (http: Client, id: string) => (await http.get(`/api/platform/operations/${id}`)).body.state;
  const at = (person: Person) => other.http.bearer(person.accessToken);
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 1_000; tries++) {
      if (await isSo()) return;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    throw new Error('Waited in vain');
  }

  it('is seen by who began it, the owners of the tenant and super-admins, at every replica, and by no one else', async () => {
    const { work, end } = held();
    const what = { kind: 'test.work', title: 'Some work', scope: 'licenses:read' };
    const { id } = await app.services.operations.start({ ...what, principal: await principalOf(member) }, work);
    const hidden = held();
    const secret = { ...what, principal: await principalOf(member), isPrivate: true };
    const { id: own } = await app.services.operations.start(secret, hidden.work);
    const licenceKey = other.http.with(await keyOf(owner, ['licenses:manage']));
    const mailKey = other.http.with(await keyOf(owner, ['settings:manage']));
    const seen = async (http: Client) => {
      const { items } = (await http.get('/api/platform/operations')).body;
      const ids = items.map((item: { id: string }) => item.id);
      for (const one of [id, own]) {
        const { status } = await http.get(`/api/platform/operations/${one}`);
        assert.equal(status, ids.includes(one) ? 200 : 404);
        assert.equal((await http.post(`/api/platform/operations/${one}/cancel`)).status, status === 200 ? 409 : 404);
      }
      return [ids.includes(id), ids.includes(own)];
    };
    assert.deepEqual(await seen(at(member)), [true, true]);
    assert.deepEqual(await seen(at(owner)), [true, false]);
    assert.deepEqual(await seen(at(admin)), [true, true]);
    assert.deepEqual(await seen(at(colleague)), [false, false]);
    assert.deepEqual(await seen(at(stranger)), [false, false]);
    assert.deepEqual(await seen(licenceKey), [true, false]);
    assert.deepEqual(await seen(mailKey), [false, false]);
    assert.equal((await other.http.get('/api/platform/operations')).status, 401);
    end({ made: 3 });
    hidden.end(null);
    await until(async () => (await stateOf(at(member), id)) === 'done');
    const { body } = await at(owner).get(`/api/platform/operations/${id}`);
    assert.deepEqual([body.result, body.can_cancel, body.title], [{ made: 3 }, false, 'Some work']);
  });

  it('tells of its progress on the live channel, to the same people', async () => {
    const follow = (person: Person, topic: string) =>
      openStream(`${other.url}/api/platform/live?topics=${topic}`, { authorization: `Bearer ${person.accessToken}` });
    const all = await follow(owner, 'operation.changed');
    const theirs = await follow(stranger, 'operation.*');
    const { work, end, progress } = held();
    const principal = await principalOf(owner);
    const { id } = await app.services.operations.start({ kind: 'test.work', title: 'Told', principal, total: 9 }, work);
    const one = await follow(owner, `operation.changed/${id}`);
    assert.equal((await follow(stranger, `operation.changed/${id}`)).status, 403);
    assert.equal((await follow(owner, 'operation.changed/0')).status, 403);
    const { report } = await progress;
    for (const done of [1, 2, 3]) report({ done, message: `${done} of 9` });
    await app.clock.advance(1_000);
    // What the owner may see of other work, and another replica hears a moment later, is none of this.
    const news = () =>
      all.data
        .filter(({ subject }) => subject === id)
        .map(({ data }) => [data.state, data.done, data.total, data.message]);
    await until(async () => news().length >= 2);
    end(null);
    await until(async () => news().length >= 3);
    await one.until(2);
    assert.deepEqual(news(), [
      ['running', 0, 9, ''],
      ['running', 3, 9, '3 of 9'],
      ['done', 3, 9, '3 of 9'],
    ]);
    assert.deepEqual(theirs.types, []);
    for (const stream of [all, theirs, one]) stream.close();
  });

  it('is cancelled at whichever replica does it', async () => {
    const { work } = held();
    const principal = await principalOf(owner);
    const { id } = await app.services.operations.start(
      { kind: 'test.work', title: 'x', principal, canCancel: true },
      work,
    );
    const asked = await at(owner).post(`/api/platform/operations/${id}/cancel`);
    assert.deepEqual([asked.status, asked.body.cancel_requested], [202, true]);
    await until(async () => (await stateOf(at(owner), id)) === 'cancelled');
    assert.equal((await at(owner).post(`/api/platform/operations/${id}/cancel`)).status, 409);
  });

  it('says why it failed, but not what only the log may know', async () => {
    const principal = await principalOf(owner);
    const { operations } = app.services;
    const { id } = await operations.start({ kind: 'test.work', title: 'x', principal }, async () => {
      throw new Error('the password is hunter2');
    });
    await until(async () => (await stateOf(at(owner), id)) === 'failed');
    const { body } = await at(owner).get(`/api/platform/operations/${id}`);
    assert.doesNotMatch(JSON.stringify(body), /hunter2/);
    assert.match(body.message, /went wrong/);
  });

  it('is shown as interrupted when its process is gone, at once where that is known, and after its lease elsewhere', async () => {
    const { operations, db } = app.services;
    const { id } = await operations.begin({ kind: 'test.work', title: 'x', principal: await principalOf(owner) });
    // As a process leaves it that was killed.
    await db.write('core_operations').where({ uuid: id }).update({ process: 'killed' });
    assert.equal(await stateOf(at(owner), id), 'running');
    await db
      .write('core_operations')
      .where({ uuid: id })
      .update({ leased_until: app.clock.now() - 1 });
    await other.services.operations.recover();
    assert.equal(await stateOf(at(owner), id), 'running', 'the clock of its process may be behind');
    await app.clock.advance(5 * 60_000);
    assert.equal(await stateOf(at(owner), id), 'interrupted', 'before anybody has written it');
    await other.services.operations.recover();
    const row = await db.read('core_operations').where({ uuid: id }).first();
    assert.equal(row?.state, 'interrupted');
  });

  it('is held by nobody when its lease was noted by a clock that was ahead', async () => {
    const { operations, db } = app.services;
    const what = { kind: 'test.ahead', title: 'x', principal: await principalOf(owner), isAlone: true };
    const { id } = await operations.begin(what);
    await db
      .write('core_operations')
      .where({ uuid: id })
      .update({ process: 'killed', leased_until: app.clock.now() + 375 * 86_400_000 });
    assert.equal(await stateOf(at(owner), id), 'interrupted', 'before anybody has written it');
    await (await operations.begin(what)).end(null);
    await other.services.operations.recover();
    const row = await db.read('core_operations').where({ uuid: id }).first();
    assert.equal(row?.state, 'interrupted');
  });

  it('keeps its lease while it goes on, and ends when another process has taken it for lost', async () => {
    const { work, progress } = held();
    const { operations, db } = app.services;
    const principal = await principalOf(owner);
    const { id } = await operations.start({ kind: 'test.work', title: 'x', principal }, work);
    for (let minutes = 0; minutes < 3; minutes++) {
      await app.clock.advance(LEASE_MS / 2);
      await operations.recover();
    }
    await other.services.operations.recover();
    assert.equal(await stateOf(at(owner), id), 'running');
    await db.write('core_operations').where({ uuid: id }).update({ state: 'interrupted', ended_at: app.clock.now() });
    await operations.recover();
    assert.equal((await progress).signal.reason, 'lost');
    assert.equal(await stateOf(at(owner), id), 'interrupted');
  });

  it('that is brief leaves nothing behind, and is forgotten after two weeks', async () => {
    const { operations, db } = app.services;
    const principal = await principalOf(owner);
    const before = await db.read('core_operations').count({ count: '*' }).first();
    const brief = { kind: 'test.brief', title: 'x', principal, onlyWhenLong: true };
    assert.equal(await operations.run(brief, async () => 7), 7);
    assert.deepEqual(await db.read('core_operations').count({ count: '*' }).first(), before);
    const { work, end, progress } = held();
    const long = operations.run(brief, work);
    (await progress).report({ done: 1 });
    await app.clock.advance(1_000);
    await until(async () => (await db.read('core_operations').where({ kind: 'test.brief' })).length === 1);
    end(null);
    await long;
    await db
      .write('core_operations')
      .where({ kind: 'test.brief' })
      .update({ ended_at: app.clock.now() - 15 * 86_400_000 });
    assert.equal(await operations.prune(), 1);
  });

  it('is the import of licences, whose outcome is there after a reload', async () => {
    const lines = Array.from({ length: 450 }, (_, n) => `CODE-${String(n).padStart(6, '0')},a${n}@example.net,yearly`);
    const csv = ['activation_code,email,plan', ...lines].join('\n');
    const http = app.http.bearer(owner.accessToken);
    const answer = await http.send('POST', '/api/platform/licensing/import', csv, { 'content-type': 'text/csv' });
    assert.deepEqual(answer.body, { imported: 450, skipped: 0 }, answer.text);
    const { items } = (await at(owner).get('/api/platform/operations?kind=licensing.import')).body;
    const [{ state, done, total, result }] = items;
    assert.deepEqual([state, done, total, result], ['done', 450, 450, { imported: 450, skipped: 0 }]);
    const wrong = await http.send('POST', '/api/platform/licensing/import', 'nonsense\nx', {
      'content-type': 'text/csv',
    });
    assert.equal(wrong.status, 422);
    const [failed] = (await at(owner).get('/api/platform/operations?kind=licensing.import&state=failed')).body.items;
    assert.match(failed.message, /Nothing was imported/);
    assert.equal((await http.get('/api/platform/licensing/export.csv')).text.trim().split('\n').length, 451);
  });

  it('that writes licences is not for keys that only read them', async () => {
    const csv = 'activation_code,email,plan\nCODE-900001,a@example.net,yearly';
    const http = app.http.bearer(owner.accessToken);
    assert.equal(
      (await http.send('POST', '/api/platform/licensing/import', csv, { 'content-type': 'text/csv' })).status,
      200,
    );
    const { items } = (await at(owner).get('/api/platform/operations?kind=licensing.import')).body;
    const cancelled = async (scope: string) =>
      app.http.with(await keyOf(owner, [scope])).post(`/api/platform/operations/${items[0].id}/cancel`);
    assert.equal((await cancelled('licenses:read')).status, 404);
    assert.equal((await cancelled('licenses:manage')).status, 409, 'it has ended, and is theirs to cancel');
  });

  it('goes with its tenant', async () => {
    const leaving = await register(app);
    await app.services.operations.run(
      { kind: 'test.work', title: 'x', principal: await principalOf(leaving) },
      async () => 1,
    );
    const rows = () => app.services.db.read('core_operations').where({ tenant_id: leaving.tenantId });
    assert.equal((await rows()).length, 1);
    assert.ok((await at(admin).delete(`/api/v2/admin/users/${leaving.id}`)).status < 300);
    await until(async () => (await rows()).length === 0);
  });

  describe('backups', () => {
    const root = () => app.http.bearer(ROOT_TOKEN);
    const made = async (): Promise<string> => {
      const { status, body } = await root().post('/api/platform/backups');
      assert.equal(status, 202);
      await until(async () => (await stateOf(root(), body.id)) !== 'running');
      const { body: ended } = await root().get(`/api/platform/operations/${body.id}`);
      assert.equal(ended.state, 'done', ended.message);
      return ended.result.name;
    };

    it('are made beside the server, downloaded, restored, and deleted', async function () {
      this.timeout(120_000);
      const name = await made();
      const { items } = (await root().get('/api/platform/backups')).body;
      assert.deepEqual(
        items.map((item: { name: string }) => item.name),
        [name],
      );
      const folder = temporaryFolder();
      const response = await fetch(`${app.url}/api/platform/backups/${name}`, {
        headers: { authorization: `Bearer ${ROOT_TOKEN}` },
      });
      assert.equal(Number(response.headers.get('content-length')), items[0].size_bytes);
      const file = join(folder, 'downloaded.tar.gz');
      await pipeline(Readable.fromWeb(response.body as never), createWriteStream(file));
      const elsewhere = await freshDatabase();
      const dataDir = join(folder, 'data');
      const { code, err } = await onInstallation(['restore', file], dataDir, elsewhere);
      assert.equal(code, 0, err);
      const restored = await startPlatform({ plugins: PLUGINS, config, database: elsewhere, dataDir });
      assert.equal((await restored.http.bearer(ROOT_TOKEN).get('/api/platform/licensing/export.csv')).status, 200);
      const [open] = await restored.services.db.read('core_operations').where({ kind: 'core.backup' });
      if (testDatabase === 'sqlite3') assert.equal(open?.state, 'interrupted', 'it was under way when it was copied');
      await restored.platform.stop();
      await dropDatabase(elsewhere);
      assert.equal((await root().delete(`/api/platform/backups/${name}`)).status, 204);
      assert.equal((await root().delete(`/api/platform/backups/${name}`)).status, 404);
      assert.deepEqual((await root().get('/api/platform/backups')).body.items, []);
    });

    it('are one at a time, and cancelled without a trace', async () => {
      // At the same moment, at two replicas: one begins.
      const clients = [root(), other.http.bearer(ROOT_TOKEN), root(), root(), other.http.bearer(ROOT_TOKEN)];
      const answers = await Promise.all(clients.map((client) => client.post('/api/platform/backups')));
      assert.deepEqual(answers.map((answer) => answer.status).sort(), [202, 409, 409, 409, 409]);
      const body = answers.find((answer) => answer.status === 202)?.body;
      assert.equal((await root().post('/api/platform/backups')).status, 409);
      assert.equal((await other.http.bearer(ROOT_TOKEN).post('/api/platform/backups')).status, 409);
      const asked = await other.http.bearer(ROOT_TOKEN).post(`/api/platform/operations/${body.id}/cancel`);
      assert.equal(asked.status, 202);
      await until(async () => (await stateOf(root(), body.id)) === 'cancelled');
      await until(async () => (await readdir(join(app.dataDir, 'backups'))).length === 0);
    });

    it('are for super-admins, and no other file has a name', async () => {
      for (const http of [app.http.bearer(owner.accessToken), app.http.with(await keyOf(admin, ['settings:manage']))]) {
        for (const [method, path] of [
          ['GET', ''],
          ['POST', ''],
          ['GET', '/patchbay-20260101T000000Z-00000000.tar.gz'],
          ['DELETE', '/patchbay-20260101T000000Z-00000000.tar.gz'],
        ] as const) {
          assert.equal((await http.send(method, `/api/platform/backups${path}`)).status, 403, `${method} ${path}`);
        }
      }
      await mkdir(join(app.dataDir, 'backups'), { recursive: true });
      await writeFile(join(app.dataDir, 'backups', 'other.tar.gz'), 'x');
      const names = [
        'other.tar.gz',
        '..%2fsecrets.json',
        '%2e%2e',
        'secrets.json',
        '.patchbay-backup-x',
        'x%00.tar.gz',
      ];
      for (const name of names) {
        for (const method of ['GET', 'DELETE']) {
          assert.equal((await root().send(method, `/api/platform/backups/${name}`)).status, 404, `${method} ${name}`);
        }
      }
      assert.deepEqual((await root().get('/api/platform/backups')).body.items, []);
    });
  });
});
