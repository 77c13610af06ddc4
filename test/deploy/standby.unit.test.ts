/** The scripts of compose.replicas.yaml: two servers of PostgreSQL, one of which follows, is promoted, and is followed in its turn. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresPrograms } from '#scripts/postgres-programs.ts';
import { ROOT } from '#test/support/command-line.ts';
import { freePort } from '#test/support/free-port.ts';

const SCRIPTS = join(ROOT, 'deploy', 'compose', 'replicas');
/** PostgreSQL refuses to be root. */
const NOBODY = 65534;
const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const LONGEST_MS = 30_000;

interface Server {
  data: string;
  /** Its name is the address under which the other one finds it. */
  env: Record<string, string>;
  process: ChildProcess | null;
  said: string;
}

describe('deploy/compose/replicas', function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-standby-'));
  const servers: Server[] = [];
  let bin = '';

  before(async () => {
    bin = postgresPrograms();
    chmodSync(folder, 0o755);
    // What the image's own entry point comes down to, once there is a database.
    const entry = join(folder, 'docker-entrypoint.sh');
    writeFileSync(
      entry,
      '#!/bin/bash\nexec "$@" -D "$PGDATA" -h 127.0.0.1,localhost -c unix_socket_directories= -c fsync=off\n',
    );
    chmodSync(entry, 0o755);
    const ports = [await freePort(), await freePort()];
    for (const [index, name] of ['127.0.0.1', 'localhost'].entries()) {
      const data = join(folder, name);
      mkdirSync(data, { mode: 0o700 });
      if (identity.uid) chownSync(data, NOBODY, NOBODY);
      const env = {
        PATH: `${folder}:${bin}:${process.env.PATH}`,
        PGDATA: data,
        PGHOST: '127.0.0.1',
        PGPORT: String(ports[index]),
        OTHER_PORT: String(ports[1 - index]),
        PGPASSWORD: 'secret',
        POSTGRES_NAME: name,
        POSTGRES_OTHER: index === 0 ? 'localhost' : '127.0.0.1',
        POSTGRES_USER: 'patchbay',
        POSTGRES_PASSWORD: 'secret',
        POSTGRES_DB: 'postgres',
      };
      servers.push({ data, env, process: null, said: '' });
    }
  });
  after(async () => {
    for (const server of servers) await end(server);
    rmSync(folder, { recursive: true, force: true });
  });

  function run(server: Server, program: string, args: string[], more: Record<string, string> = {}): string {
    const env = { ...server.env, ...more };
    const { status, stdout, stderr } = spawnSync(program, args, { ...identity, env, cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, `${program} ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout.trim();
  }
  const sql = (server: Server, statement: string): string =>
    run(server, join(bin, 'psql'), ['-U', 'patchbay', '-d', 'postgres', '-qtAc', statement]);
  const script = (server: Server, ...args: string[]): string =>
    run(server, 'bash', [join(SCRIPTS, 'postgres.sh'), ...args], {
      POSTGRES_PRIMARY: String(server.env.POSTGRES_NAME),
    });

  async function begin(server: Server, primary: Server): Promise<void> {
    server.said = '';
    const env = { ...server.env, POSTGRES_PRIMARY: String(primary.env.POSTGRES_NAME) };
    const child = spawn('bash', [join(SCRIPTS, 'postgres.sh')], { ...identity, env, cwd: folder });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (server.said += chunk));
    server.process = child;
    for (const until = Date.now() + LONGEST_MS; Date.now() < until; await sleep(50)) {
      if (child.exitCode !== null) return;
      if (spawnSync(join(bin, 'pg_isready'), [], { env: server.env }).status === 0) return;
    }
    assert.fail(server.said);
  }
  async function end(server: Server): Promise<void> {
    const child = server.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGQUIT');
    await once(child, 'exit');
  }

  it('add a standby, and lose the primary without losing what it acknowledged', async () => {
    const [one, two] = servers as [Server, Server];
    writeFileSync(join(folder, 'password'), 'secret');
    const options = ['-D', one.data, '-U', 'patchbay', '--auth', 'scram-sha-256', '--pwfile', join(folder, 'password')];
    run(one, join(bin, 'initdb'), [...options, '--no-sync', '-E', 'UTF8', '--locale', 'C']);
    await begin(one, one);
    run(one, 'bash', [join(SCRIPTS, 'first-start.sh')]);
    sql(one, 'select pg_reload_conf()');
    sql(one, 'create table kept (number int primary key)');

    await begin(two, one);
    script(one, 'synchronous');
    sql(one, 'insert into kept values (1)');
    assert.equal(sql(one, 'select sync_state from pg_stat_replication'), 'sync');
    assert.equal(sql(two, 'select number from kept'), '1');

    await end(one);
    await end(two);
    await begin(two, two);
    assert.equal(sql(two, 'select pg_is_in_recovery()'), 't', 'nobody is promoted by a restart');
    script(two, 'promote');
    sql(two, 'insert into kept values (2)');

    await begin(one, two);
    assert.equal(one.process?.exitCode, 1, one.said);
    assert.match(one.said, /Delete this volume/);
    rmSync(one.data, { recursive: true });
    mkdirSync(one.data, { mode: 0o700 });
    if (identity.uid) chownSync(one.data, NOBODY, NOBODY);
    await begin(one, one);
    assert.equal(one.process?.exitCode, 1, one.said);
    assert.match(one.said, /set POSTGRES_PRIMARY=localhost/);
    await begin(one, two);
    script(two, 'synchronous');
    sql(two, 'insert into kept values (3)');
    assert.equal(sql(one, "select string_agg(number::text, ' ' order by number) from kept"), '1 2 3');

    await end(one);
    script(two, 'promote');
    sql(two, 'insert into kept values (4)');
    await begin(one, two);
    assert.equal(sql(one, 'select pg_is_in_recovery()'), 't', 'a standby that was restarted follows as before');
  });
});
