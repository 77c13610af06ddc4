/** A backup that is restored from the page into an installation in which nobody is yet, on both databases: all of it, or nothing. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { create } from 'tar';
import { newKeyPair } from '#core/backup/encryption.ts';
import type { RestoreOutcome } from '#core/backup/fresh-restore.ts';
import { settleReplacement } from '#core/backup/over-empty.ts';
import { takeWarnings } from '#core/testing/warnings.ts';
import { ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { changed, onInstallation, temporaryFolder } from '#test/support/backups.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { s3Server, webdavServer } from '#test/support/offsite-servers.ts';
import { sftpServer } from '#test/support/sftp-server.ts';

const PATH = '/api/platform/setup/restore';
const plugins = { auth: { rootToken: ROOT_TOKEN } };
const PIECE = 40_000;

interface Registration {
  setupLink(): Promise<string>;
}

describe('a backup that is restored into a fresh installation', function () {
  this.timeout(120_000);
  let archives: string;
  let archive: string;
  let sealed: string;
  let identity: string;
  let app: TestPlatform;
  let token: string;
  let outcome: RestoreOutcome | null;

  before(async () => {
    archives = temporaryFolder();
    const key = await newKeyPair();
    identity = key.identity;
    const full = await startPlatform({ plugins });
    await register(full, 'ada');
    const { blobs, db } = full.services;
    const writer = blobs.writer();
    await writer.write(Buffer.alloc(100_000, 'of ada '));
    const stored = await writer.finish();
    await db.transaction((trx) => blobs.insert(trx, [stored]));
    archive = await backupOf(full);
    await full.platform.stop();
    const config = { backups: { encryption: { recipient: key.recipient } } };
    const again = await startPlatform({
      plugins,
      config,
      dataDir: full.dataDir,
      database: { ...full.services.coreConfig.database },
    });
    sealed = await backupOf(again);
    await again.stop();
  });
  beforeEach(async () => {
    outcome = null;
    app = await startPlatform({ plugins });
    token = await tokenOf(app);
    restartable();
  });
  afterEach(() => app.stop());

  /** What `patchbay start` does. */
  function restartable(): void {
    app.platform.onRestart(async (between) => {
      await app.platform.stop();
      outcome = (await between?.()) ?? null;
      app = await app.restart();
    });
  }
  const tokenOf = (of: TestPlatform) =>
    (of.services as unknown as { registration: Registration }).registration.setupLink();

  async function backupOf(of: TestPlatform): Promise<string> {
    const root = of.http.bearer(ROOT_TOKEN);
    const { id } = (await root.post('/api/platform/backups')).body;
    let view = { state: '', result: { name: '' } };
    while (view.state !== 'done') view = (await root.get(`/api/platform/operations/${id}`)).body;
    const { name } = view.result;
    cpSync(join(of.services.coreConfig.backups.folder, name), join(archives, name));
    return join(archives, name);
  }

  async function opened(): Promise<string> {
    const { status, body, text } = await app.http.post(PATH, { token });
    assert.equal(status, 201, text);
    return body.id;
  }

  async function send(id: string, file: string): Promise<void> {
    const bytes = readFileSync(file);
    for (let at = 0; at < bytes.length; at += PIECE) {
      const answer = await piece(id, at, bytes.length, bytes.subarray(at, at + PIECE));
      assert.equal(answer.status, 200, await answer.text());
    }
  }
  const piece = (id: string, at: number, total: number, body: Uint8Array) =>
    fetch(`${app.url}${PATH}/${id}/pieces?at=${at}&total=${total}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body,
    });

  /** Until it has come to something; the server may have started again meanwhile. */
  async function end(id: string): Promise<{ phase: string; problem: string | null }> {
    for (;;) {
      if (outcome) return { phase: outcome.problem === null ? 'done' : 'failed', problem: outcome.problem };
      const answer = await app.http.get(`${PATH}/${id}`).catch(() => null);
      if (answer?.body?.phase === 'failed') return answer.body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const changedSoon = () => new Promise((resolve) => setTimeout(resolve, 20));
  async function restarted(former: TestPlatform): Promise<void> {
    while (app === former) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  const people = async (): Promise<number> => (await app.services.db.read('auth_users')).length;
  /** The installation is what it was, and its set-up link is good. */
  async function isFresh(): Promise<void> {
    assert.equal(await people(), 0);
    const left = readdirSync(app.dataDir).filter((name) => name.startsWith('.before') || name === '.restoring');
    assert.deepEqual(left, []);
    await opened();
  }

  it('brings back who was there, from a file that is sent in pieces', async () => {
    const former = app;
    const id = await opened();
    await send(id, archive);
    assert.equal((await app.http.post(`${PATH}/${id}/begin`, {})).status, 202);
    assert.deepEqual(await end(id), { phase: 'done', problem: null });
    await restarted(former);
    assert.equal(await people(), 1);
    assert.equal((await app.services.db.read('auth_users').first())?.email, 'ada@example.org');
    assert.deepEqual(
      readdirSync(app.dataDir).filter((name) => name.startsWith('.')),
      [],
    );
    // Nobody restores over it.
    assert.equal((await app.http.post(PATH, { token })).status, 400);
  });

  it('brings bytes to the bucket that the installation has, which stays its own', async () => {
    const server = await s3Server();
    await app.platform.stop();
    const { database } = app.services.coreConfig;
    const storage = { kind: 's3', s3: { ...(server.config.s3 as object), prefix: 'bytes/' } };
    app = await startPlatform({ plugins, config: { storage }, dataDir: app.dataDir, database: { ...database } });
    token = await tokenOf(app);
    restartable();
    const former = app;
    const id = await opened();
    await send(id, archive);
    await app.http.post(`${PATH}/${id}/begin`, {});
    assert.deepEqual(await end(id), { phase: 'done', problem: null });
    await restarted(former);
    const files = () => readdirSync(server.folder, { recursive: true }).map(String);
    while (!files().some((name) => /bytes\/blobs\/.*_object$/.test(name))) await changedSoon();
    const row = await app.services.db.read('core_blobs').first();
    while ((await app.services.db.read('core_blobs').first())?.segment) await changedSoon();
    assert.ok((await app.services.blobs.read(row?.id ?? 0)).equals(Buffer.alloc(100_000, 'of ada ')));
    assert.equal((await app.http.get('/health/ready')).status, 200);
    await app.platform.stop();
    await server.stop();
  });

  it('keeps what the operator laid there: in its place, or beside what the backup brings', async () => {
    const texts = join(app.dataDir, 'mail-templates');
    mkdirSync(texts);
    writeFileSync(join(texts, 'reset.en.txt'), 'here');
    writeFileSync(join(app.dataDir, 'own.pem'), 'here');
    writeFileSync(join(app.dataDir, 'both.pem'), 'here');
    writeFileSync(join(app.dataDir, 'same.pem'), 'there');
    const brings = await changed(archive, (manifest, inside) => {
      mkdirSync(join(inside, 'mail-templates'));
      writeFileSync(join(inside, 'mail-templates', 'reset.en.txt'), 'there');
      for (const name of ['both.pem', 'same.pem']) writeFileSync(join(inside, name), 'there');
      return manifest;
    });
    const former = app;
    const id = await opened();
    await send(id, brings);
    await app.http.post(`${PATH}/${id}/begin`, {});
    assert.deepEqual(await end(id), { phase: 'done', problem: null });
    await restarted(former);
    const read = (...path: string[]) => readFileSync(join(app.dataDir, ...path), 'utf8');
    assert.deepEqual(
      ['own.pem', 'both.pem', 'same.pem'].map((name) => read(name)),
      ['here', 'there', 'there'],
    );
    assert.equal(read('both.pem.before-restore'), 'here');
    assert.equal(read('mail-templates', 'reset.en.txt'), 'there');
    assert.equal(read('mail-templates.before-restore', 'reset.en.txt'), 'here');
    assert.equal(existsSync(join(app.dataDir, 'same.pem.before-restore')), false);
    takeWarnings();
  });

  it('opens one that is encrypted with its key, and says when it is another one', async () => {
    const former = app;
    const id = await opened();
    await send(id, sealed);
    await app.http.post(`${PATH}/${id}/begin`, {});
    assert.match((await end(id)).problem ?? '', /encrypted: the key that opens it is needed/);
    const other = await newKeyPair();
    await app.http.post(`${PATH}/${id}/begin`, { identity: other.identity });
    assert.match((await end(id)).problem ?? '', /The file cannot be unpacked: no identity matched/);
    assert.equal((await app.http.post(`${PATH}/${id}/begin`, { identity: 'no key' })).status, 422);
    await isFreshButOpen();
    await app.http.post(`${PATH}/${id}/begin`, { identity: `# created\n${identity}\n` });
    assert.deepEqual(await end(id), { phase: 'done', problem: null });
    await restarted(former);
    assert.equal(await people(), 1);
  });
  const isFreshButOpen = async () => assert.equal(await people(), 0);

  it('is chosen from a folder, WebDAV, S3 or SFTP, whose key is confirmed', async () => {
    const webdav = await webdavServer();
    const s3 = await s3Server();
    const sftp = await sftpServer();
    try {
      mkdirSync(join(webdav.folder, 'patchbay'));
      mkdirSync(join(sftp.folder, 'patchbay'));
      const name = archive.split('/').at(-1) ?? '';
      for (const folder of [webdav.folder, sftp.folder]) cpSync(archive, join(folder, 'patchbay', name));
      await app.services.outbound.request(`${s3.url}/backups/patchbay/${name}`, {
        method: 'PUT',
        body: readFileSync(archive),
        headers: { 'content-type': 'application/gzip' },
        trusted: s3.url,
      });
      const id = await opened();
      const list = (store: unknown) => app.http.post(`${PATH}/${id}/backups`, store as object);
      for (const store of [webdav.config, s3.config, { kind: 'folder', folder: archives }]) {
        const { status, body, text } = await list(store);
        assert.equal(status, 200, text);
        assert.ok(
          body.items.some((one: { name: string }) => one.name === name),
          text,
        );
      }
      const unknown = { ...sftp.config, sftp: { ...sftp.config.sftp, fingerprint: '' } };
      assert.deepEqual((await list(unknown)).body, { items: [], host_key: sftp.fingerprint });
      assert.equal((await list(sftp.config)).body.items[0].name, name);
      const refused = await list({
        kind: 'webdav',
        webdav: { url: `${webdav.url}/patchbay`, user: 'x', password: 'y' },
      });
      assert.equal(refused.status, 422);
      assert.match(refused.text, /status 40[13]/);
      const former = app;
      const begun = await app.http.post(`${PATH}/${id}/begin`, { from: { store: sftp.config, name } });
      assert.equal(begun.status, 202, begun.text);
      assert.deepEqual(await end(id), { phase: 'done', problem: null });
      await restarted(former);
      assert.equal(await people(), 1);
    } finally {
      await Promise.all([webdav.stop(), s3.stop(), sftp.stop()]);
    }
  });

  it('is nobody’s but who has the set-up link, while nobody is there', async () => {
    const { status } = await app.http.post(PATH, { token: 'another' });
    assert.equal(status, 400);
    const id = await opened();
    assert.equal((await app.http.get(`${PATH}/another`)).status, 404);
    assert.equal((await app.http.post(`${PATH}/another/begin`, {})).status, 404);
    await register(app, 'first');
    const answer = await piece(id, 0, 3, Buffer.from('abc'));
    assert.equal(answer.status, 409);
    assert.equal((await app.http.post(`${PATH}/${id}/begin`, {})).status, 409);
    assert.equal((await app.http.post(PATH, { token })).status, 409);
  });

  it('leaves nothing of what was brought where an administrator was made in another way, or nobody goes on', async () => {
    const brought = () => readdirSync(app.dataDir).filter((name) => name.startsWith('.incoming-'));
    const gone = async () => {
      for (; brought().length > 0; await new Promise((resolve) => setTimeout(resolve, 20)))
        await app.clock.advance(6 * 60_000);
    };
    await opened();
    const forgotten = await opened();
    assert.equal((await piece(forgotten, 0, 6, Buffer.from('abc'))).status, 200);
    assert.equal(brought().length, 1);
    await app.clock.advance(3_600_000);
    assert.equal((await piece(forgotten, 3, 6, Buffer.from('def'))).status, 200);
    await app.clock.advance(23 * 3_600_000);
    assert.equal(brought().length, 1);
    await app.clock.advance(2 * 3_600_000);
    await gone();
    assert.equal((await app.http.get(`${PATH}/${forgotten}`)).status, 404);
    token = await tokenOf(app);
    const id = await opened();
    assert.equal((await piece(id, 0, 6, Buffer.from('abc'))).status, 200);
    await register(app, 'first');
    await app.clock.advance(10 * 60_000);
    await gone();
    assert.equal((await app.http.post(`${PATH}/${id}/begin`, {})).status, 404);
    mkdirSync(join(app.dataDir, '.incoming-left'));
    writeFileSync(join(app.dataDir, '.incoming-left', 'lock'), '');
    await app.platform.stop();
    app = await app.restart();
    assert.deepEqual(brought(), [], 'of a process that was killed');
  });

  it('takes pieces in their order, and no more than there is room for', async () => {
    const id = await opened();
    assert.equal((await piece(id, 0, 6, Buffer.from('abc'))).status, 200);
    const again = await piece(id, 0, 6, Buffer.from('xyz'));
    assert.equal(again.status, 200, 'it may begin anew');
    const wrong = await piece(id, 5, 6, Buffer.from('c'));
    assert.equal(wrong.status, 409);
    assert.equal(((await wrong.json()) as { at: number }).at, 3);
    assert.equal((await piece(id, 3, 6, Buffer.from('defgh'))).status, 422);
    assert.equal((await piece(id, 0, 2 ** 50, Buffer.from('abc'))).status, 507);
    takeWarnings();
  });

  it('takes a piece again that was cut off', async () => {
    const id = await opened();
    const path = `${PATH}/${id}/pieces?at=0&total=6`;
    const headers = { 'content-type': 'application/octet-stream', 'content-length': '6' };
    const cut = request(`${app.url}${path}`, { method: 'POST', headers });
    cut.on('error', () => {});
    cut.write('abc');
    let state = { done_bytes: 0 };
    while (state.done_bytes === 0) state = (await app.http.get(`${PATH}/${id}`)).body;
    cut.destroy();
    while (state.done_bytes > 0) state = (await app.http.get(`${PATH}/${id}`)).body;
    assert.equal((await piece(id, 0, 6, Buffer.from('abcdef'))).status, 200);
    takeWarnings();
  });

  it('leaves the installation as it was where the file is none, is damaged, hostile, or of another version', async () => {
    const folder = temporaryFolder();
    const text = join(folder, 'text');
    writeFileSync(text, 'no archive');
    const cut = join(folder, 'cut');
    const whole = readFileSync(archive);
    writeFileSync(cut, whole.subarray(0, whole.length / 2));
    const newer = await changed(archive, (manifest) => ({
      ...manifest,
      migrations: [...(manifest.migrations ?? []), 'core/9999-later'],
    }));
    const linked = await changed(archive, (manifest, inside) => {
      symlinkSync('/etc/passwd', join(inside, 'secret.pem'));
      return manifest;
    });
    const outside = join(folder, 'outside.tar.gz');
    writeFileSync(join(folder, 'escaped'), 'x');
    mkdirSync(join(folder, 'in'));
    await create({ gzip: true, cwd: join(folder, 'in'), file: outside, preservePaths: true }, ['../escaped']);
    const otherSecret = await changed(archive, (manifest) => ({ ...manifest, secret_fingerprint: 'another' }));
    const isPostgres = app.services.db.client === 'pg';
    const files: [string, RegExp][] = [
      [text, /cannot be unpacked/],
      [cut, /cannot be unpacked/],
      [linked, /secret\.pem is a SymbolicLink/],
      [outside, /cannot be unpacked|not a backup/],
      [otherSecret, /master secret is not the one/],
      ...(isPostgres ? ([[newer, /of a newer version/]] as [string, RegExp][]) : []),
    ];
    const id = await opened();
    for (const [file, problem] of files) {
      await send(id, file);
      await app.http.post(`${PATH}/${id}/begin`, {});
      const { phase, problem: said } = await end(id);
      assert.equal(phase, 'failed', file);
      assert.match(said ?? '', problem);
    }
    assert.ok(!existsSync(join(app.dataDir, 'escaped')) && !existsSync(join(app.dataDir, '..', 'escaped')));
    await isFresh();
  });

  it('leaves it as it was where somebody has begun to use it, or the backup fails, at the last moment', async () => {
    const former = app;
    const id = await opened();
    await send(id, archive);
    const stopping = former.platform.stop;
    // Between the look before and the one right before it is replaced.
    former.platform.stop = async () => {
      former.platform.stop = stopping;
      await register(former, 'first');
      await stopping();
    };
    await app.http.post(`${PATH}/${id}/begin`, {});
    const { phase, problem } = await end(id);
    assert.deepEqual([phase, /begun to use this installation/.test(problem ?? '')], ['failed', true], problem ?? '');
    await restarted(former);
    assert.equal((await app.services.db.read('auth_users').first())?.email, 'first@example.org');
    assert.deepEqual(
      readdirSync(app.dataDir).filter((name) => name.startsWith('.')),
      [],
    );
  });

  it('is whole, or not there, after a process that was killed in the midst', async () => {
    const { coreConfig } = app.services;
    const { dataDir } = app;
    await app.platform.stop();
    const kept = () =>
      readdirSync(dataDir)
        .filter((name) => name !== 'patchbay.lock')
        .toSorted();
    const before = kept();
    // All of the old stands aside, and half of the new is in place.
    const aside = join(dataDir, '.before-restore');
    mkdirSync(aside);
    mkdirSync(join(dataDir, '.restoring', 'content'), { recursive: true });
    for (const name of ['secrets.json', 'files', 'audit-heads.json'])
      if (existsSync(join(dataDir, name))) cpSync(join(dataDir, name), join(aside, name), { recursive: true });
    if (app.services.db.client !== 'pg') {
      const file = join(dataDir, 'patchbay.sqlite3');
      cpSync(file, `${file}.before-restore`);
      writeFileSync(file, 'half of another');
    }
    writeFileSync(join(aside, 'complete'), '');
    writeFileSync(join(dataDir, 'secrets.json'), '{"of": "the backup"}');
    const { database } = app.services.coreConfig;
    for (const command of [['restore', archive], ['migrate']]) {
      const answer = await onInstallation(command, dataDir, { ...database });
      assert.match(answer.err, /from the page into \S+ was cut off\. Start the server/, command[0]);
    }
    await settleReplacement(coreConfig, app.services.log);
    assert.deepEqual(kept(), before);
    app = await app.restart();
    restartable();
    await isFresh();
  });

  if (testDatabase === 'pg')
    it('waits for nobody: where another server works on the database it is refused', async () => {
      const other = await app.services.db.rawConnection();
      await other.query("set application_name to 'patchbay-listener'");
      const { status, text } = await app.http.post(PATH, { token });
      await other.end();
      assert.equal(status, 409);
      assert.match(text, /Other servers work on this database/);
    });
});
