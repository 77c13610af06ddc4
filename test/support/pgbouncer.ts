/** PgBouncer itself before the server of a test's database, on a port of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pgBouncer } from '#scripts/pgbouncer.ts';
import { freePort } from './free-port.ts';

export interface PgBouncer {
  /** The URL of the database through it. */
  connection: string;
  /** Ends it, as a machine that loses power does, and begins anew at the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** It refuses to be root. */
const NOBODY = 65534;

export async function startPgBouncer(connection: string, mode: 'session' | 'transaction'): Promise<PgBouncer> {
  const server = new URL(connection);
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-pgbouncer-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    [
      '[databases]',
      `* = host=${server.hostname} port=${server.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = trust',
      `auth_file = ${join(folder, 'users.txt')}`,
      `pool_mode = ${mode}`,
      'default_pool_size = 40',
      'max_client_conn = 200',
    ].join('\n'),
  );
  writeFileSync(join(folder, 'users.txt'), `"${decodeURIComponent(server.username)}" ""\n`);
  let running = await begin(file, port);
  return {
    connection: Object.assign(new URL(connection), { hostname: '127.0.0.1', port: String(port) }).href,
    async restart() {
      await end(running);
      running = await begin(file, port);
    },
    async stop() {
      await end(running);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function begin(file: string, port: number): Promise<ChildProcess> {
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn(pgBouncer(), ['-q', file], { stdio: ['ignore', 'pipe', 'pipe'], ...identity });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended: ${said}`);
    await pause(20);
  }
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
