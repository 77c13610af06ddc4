/**
 * A peer: Postfix as Debian packages it, in an instance of its own in a temporary folder. It makes the promise that Patchbay
 * makes, that a mail is on the disk when it is accepted (cleanup(8) syncs the queue file), and delivers to nobody, so that
 * what is measured is receiving. As root, because its master starts the other processes as their own users.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

const START_LIMIT_MS = 20_000;

const port = await freePort();
const folder = mkdtempSync(join(tmpdir(), 'patchbay-postfix-'));
chmodSync(folder, 0o755);
for (const name of ['queue', 'data']) mkdirSync(join(folder, name));
execFileSync('chown', ['postfix', join(folder, 'data')]);
writeFileSync(join(folder, 'main.cf'), settings());
writeFileSync(join(folder, 'master.cf'), services());
const control = (verb: string) => ['-c', folder, verb];
const master = spawn('postfix', control('start-fg'), { stdio: 'ignore' });
process.once('SIGTERM', () => {
  execFileSync('postfix', control('stop'), { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
master.once('exit', () => {
  throw new Error('postfix ended before it was asked to');
});
const until = performance.now() + START_LIMIT_MS;
while (!(await answers())) {
  if (performance.now() > until) throw new Error('postfix does not answer');
  await new Promise((resolve) => setTimeout(resolve, 50));
}
console.log(JSON.stringify({ smtp: port }));

/** Nothing that slows senders down on purpose, and everything it takes is dropped by discard(8). */
function settings(): string {
  return `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
myhostname = bench.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
local_transport = discard
relay_transport = discard
default_transport = discard
alias_maps =
alias_database =
`;
}

function services(): string {
  return `127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => resolve(false)).setTimeout(1_000, () => socket.destroy());
    socket.once('data', () => socket.end('QUIT\r\n'));
  });
}
