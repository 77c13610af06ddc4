/** What a start may touch, and what several starts at one moment do to each other. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlatform } from '#core/platform.ts';
import { authConfig } from '#test/support/accounts.ts';
import { dropDatabase, freshDatabase, startPlatform, testDatabase } from '#test/support/harness.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'patchbay-start-'));
const failure = async (work: Promise<unknown>): Promise<Error> => {
  const outcome = await work.then(
    () => null,
    (error: Error) => error,
  );
  assert.ok(outcome instanceof Error, 'must fail');
  return outcome;
};

describe('a second process on the same folder', () => {
  if (testDatabase === 'pg') return;
  it('is refused with SQLite before it touches anything, and welcome once the first one has gone', async () => {
    const first = await startPlatform();
    const before = readFileSync(join(first.dataDir, 'secrets.json'), 'utf8');
    const error = await failure(startPlatform({ dataDir: first.dataDir }));
    assert.match(error.message, /Another Patchbay works on .*Stop it first/);
    assert.equal(readFileSync(join(first.dataDir, 'secrets.json'), 'utf8'), before);
    const again = await first.restart();
    await again.stop();
  });
});

describe('a start without its ports', () => {
  it('runs no migration, and says who has the port', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const database = await freshDatabase();
    const dataDir = folder();
    const refused = await failure(startPlatform({ database, dataDir, config: { http: { port } } }));
    assert.equal(refused.name, 'ConfigError');
    assert.match(refused.message, /another program listens there already \(EADDRINUSE\)/);
    const unstarted = await createPlatform({
      env: {},
      overrides: { database, dataDir, http: { port: 0 } },
    });
    assert.equal(await unstarted.services.db.read.schema.hasTable('core_jobs'), false);
    await unstarted.stop();

    const smtp = { auth: authConfig, mail: { smtp: { port } } };
    const withMail = await failure(startPlatform({ plugins: smtp, database, dataDir }));
    assert.equal(withMail.name, 'ConfigError');
    assert.match(withMail.message, /'mail' could not start: .*EADDRINUSE/);
    await new Promise((resolve) => taken.close(resolve));
    await dropDatabase(database);
    rmSync(dataDir, { recursive: true });
  });
});

describe('a configuration that only the database can judge', () => {
  it('is refused with a sentence', async () => {
    const plugins = { auth: authConfig, billing: { defaultPlan: 'nonsense' } };
    const error = await failure(startPlatform({ plugins }));
    assert.equal(error.name, 'ConfigError');
    assert.match(error.message, /defaultPlan names the plan 'nonsense', which does not exist/);
  });
});

describe('the master secret', () => {
  it('must be the one of the database, and no new one is made beside a filled database', async () => {
    const first = await startPlatform();
    const { dataDir } = first;
    const database = first.platform.services.coreConfig.database;
    await first.platform.stop();
    const file = join(dataDir, 'secrets.json');
    renameSync(file, `${file}.away`);
    const missing = await failure(startPlatform({ dataDir, database }));
    assert.match(missing.message, /The master secret of this database is missing: there is no .*secrets\.json/);
    assert.throws(() => readFileSync(file), 'nothing may be written');
    writeFileSync(file, JSON.stringify({ master: Buffer.alloc(32, 7).toString('base64') }), { mode: 0o600 });
    const other = await failure(startPlatform({ dataDir, database }));
    assert.match(other.message, /The master secret is not the one of this database/);
    renameSync(`${file}.away`, file);
    const again = await startPlatform({ dataDir, database });
    await again.stop();
  });
});

describe('replicas that start together on an empty database', () => {
  if (testDatabase !== 'pg') return;
  it('all start, with one secret, one certificate and one administrator', async () => {
    const database = await freshDatabase();
    const dataDir = folder();
    const admin = { email: 'root@example.org', username: 'root', password: 'a long enough password' };
    const plugins = { auth: { ...authConfig, admin }, mail: { smtp: { port: 0 } } };
    const replicas = await Promise.all([1, 2, 3].map(() => startPlatform({ plugins, database, dataDir })));
    const fingerprints = new Set(replicas.map(({ services }) => services.secrets.fingerprint));
    assert.equal(fingerprints.size, 1);
    const admins = await replicas[0]!.services.db.read('auth_users').where({ username: 'root' });
    assert.equal(admins.length, 1);
    await Promise.all(replicas.map(({ platform }) => platform.stop()));
    await dropDatabase(database);
    rmSync(dataDir, { recursive: true });
  });
});
