/** OpenSSH's own server of SFTP, which copies of backups go to, on a port of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openSshServer } from '#scripts/openssh.ts';
import { freePort } from './free-port.ts';

export interface SftpServer {
  host: string;
  port: number;
  user: string;
  /** Of who may come in. */
  privateKey: string;
  /** Of the server, with its kind. */
  fingerprint: string;
  /** Where its files lie. */
  folder: string;
  /** What `backups.target` is. */
  config: { kind: 'sftp'; sftp: Record<string, unknown> };
  /** Begins anew with another key, at the same port. */
  changeKey(): Promise<void>;
  stop(): Promise<void>;
}

export async function sftpServer(): Promise<SftpServer> {
  const home = mkdtempSync(join(tmpdir(), 'patchbay-sftp-'));
  const folder = join(home, 'files');
  mkdirSync(folder);
  const program = openSshServer();
  const port = await freePort();
  const user = userInfo().username;
  makeKey(join(home, 'user'));
  writeFileSync(join(home, 'authorized'), readFileSync(join(home, 'user.pub')), { mode: 0o600 });
  // The folder of its privileges, which the service of Debian makes.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  let running = await begin();
  const one: SftpServer = {
    host: '127.0.0.1',
    port,
    user,
    privateKey: readFileSync(join(home, 'user'), 'utf8'),
    fingerprint: fingerprint(join(home, 'host.pub')),
    folder,
    config: { kind: 'sftp', sftp: {} },
    async changeKey() {
      await end(running);
      running = await begin();
      one.fingerprint = fingerprint(join(home, 'host.pub'));
    },
    async stop() {
      await end(running);
      rmSync(home, { recursive: true, force: true });
    },
  };
  const { host, privateKey } = one;
  one.config.sftp = {
    host,
    port,
    user,
    password: '',
    privateKey,
    folder: join(folder, 'patchbay'),
    fingerprint: one.fingerprint,
  };
  return one;

  async function begin(): Promise<ChildProcess> {
    for (const name of ['host', 'host.pub']) rmSync(join(home, name), { force: true });
    makeKey(join(home, 'host'));
    const file = join(home, 'sshd_config');
    writeFileSync(
      file,
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${join(home, 'host')}`,
        `AuthorizedKeysFile ${join(home, 'authorized')}`,
        `PidFile ${join(home, 'pid')}`,
        'PermitRootLogin prohibit-password',
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'StrictModes no',
        'UsePAM no',
        'MaxStartups 100',
        'Subsystem sftp internal-sftp',
        '',
      ].join('\n'),
    );
    const server = spawn(program, ['-D', '-e', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    server.stderr?.on('data', (chunk) => (said += chunk));
    for (let tries = 0; tries < 200; tries++) {
      if (server.exitCode !== null) throw new Error(`sshd has ended: ${said}`);
      if (await answers(port)) return server;
      await pause(25);
    }
    throw new Error(`sshd does not listen: ${said}`);
  }
}

/** `name` and `name.pub`. */
export function makeKey(file: string, passphrase = ''): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'of a test', '-f', file]);
}

/** As people get it: `ssh-keygen -lf`. */
function fingerprint(file: string): string {
  const printed = execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' });
  return `ssh-ed25519 ${printed.split(' ')[1]}`;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const over = once(server, 'exit');
  server.kill('SIGTERM');
  await over;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
