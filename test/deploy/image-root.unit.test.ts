/**
 * The last stage of the Dockerfile, made and started here in seconds: on a root of this machine's own files (the Node of npm, a shell,
 * the tools that the command of the image calls, their libraries) with nothing else in it, so that what the image needs and its
 * last stage does not bring is missing here too. All of it, with Debian's root and npm: PATCHBAY_TEST_IMAGE=1 (image.unit.test.ts).
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundlesFolder, MADE_BY } from '#core/loading/quick-imports.ts';
import { bundlePackages } from '#scripts/bundle-packages.ts';
import { bundleServer } from '#scripts/bundle-server.ts';
import { serverFolder } from '#scripts/server-sources.mjs';
import { ROOT } from '#test/support/command-line.ts';
import { freePort } from '#test/support/free-port.ts';

/** What the command of the image and the last stage call. */
const TOOLS = ['sh', 'id', 'stat', 'find', 'chown', 'test', 'setpriv', 'ln', 'mkdir', 'rm', 'echo'];
/** What the image must do without. */
const FOREIGN = ['gcc', 'make', 'python3', 'npm', 'curl'];
/** Packages with native parts, whose libraries every root of Debian has. */
const NATIVE = [
  `@node-rs/argon2-linux-${process.arch}-gnu/argon2.linux-${process.arch}-gnu.node`,
  'sqlite3/build/Release/node_sqlite3.node',
];
const DATA_UID = 1000;
/** Nothing of what is set here. */
const PLAIN = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

const canIsolate =
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0;
const whereItCan = canIsolate
  ? describe
  : () =>
      console.log(
        'not tried: the image on a root of its own, which takes root and `unshare --mount --pid` (CAP_SYS_ADMIN)',
      );

whereItCan('the last stage of the Dockerfile', function () {
  this.timeout(180_000);
  const work = mkdtempSync('/var/tmp/patchbay-root-');
  const root = join(work, 'root');
  const stage = lastStage();
  let server: ChildProcess | null = null;

  before(async () => {
    const folders = ['proc', 'tmp', 'dev', 'app', 'usr/local/bin', 'usr/bin', 'usr/lib', 'usr/lib64', 'etc'];
    for (const name of folders) mkdirSync(join(root, name), { recursive: true });
    for (const name of ['bin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
    writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n');
    writeFileSync(join(root, 'etc', 'group'), 'root:x:0:\nnode:x:1000:\n');
    for (const tool of TOOLS) bring(which(tool), `/usr/bin/${tool}`);
    bring(join(ROOT, 'node_modules', 'node', 'bin', 'node'), '/usr/local/bin/node');
    for (const file of NATIVE) librariesOf(join(ROOT, 'node_modules', file));
    await bundlePackages();
    await bundleServer();
    for (const { from, to, mode } of stage.copies) lay(from, to, mode);
    // As the first stage does: of the present state alone, and for everybody to read.
    const made = join(work, 'made');
    mkdirSync(join(made, 'server'), { recursive: true });
    cpSync(serverFolder(), join(made, 'server', basename(serverFolder())), { recursive: true });
    cpSync(fileURLToPath(bundlesFolder()), join(made, 'packages', basename(fileURLToPath(bundlesFolder()))), {
      recursive: true,
    });
    execFileSync('chmod', ['-R', 'a+rX', made]);
    for (const name of ['server', 'packages'])
      stage.binds.push([join(made, name), `/app/node_modules/.patchbay-${name}`]);
    for (const command of stage.runs) {
      const { status, stderr } = inRoot(['--root-writable'], ['sh', '-c', command]);
      assert.equal(status, 0, `${command}\n${stderr}`);
    }
  });
  afterEach(async () => {
    if (server?.exitCode === null) server.kill('SIGKILL');
    server = null;
    rmSync(join(work, 'data'), { recursive: true, force: true });
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  it('has no build tools, and is what the Dockerfile says', () => {
    for (const tool of FOREIGN) assert.ok(!existsSync(join(root, 'usr/bin', tool)), tool);
    assert.deepEqual(stage.command, ['patchbay', 'start']);
    // Without them nothing made of packages would be found.
    for (const file of MADE_BY) assert.ok(existsSync(join(root, 'app', file)), file);
    assert.equal(stage.environment.PATCHBAY_DATADIR, '/data');
  });

  for (const isRoot of [true, false]) {
    const who = isRoot ? 'as root, adopts its data, drops its rights' : 'as somebody else from the beginning';
    it(`starts ${who}, on a read-only root, is healthy, and ends when it is told to`, async () => {
      const data = join(work, 'data');
      mkdirSync(join(data, 'former'), { recursive: true });
      if (!isRoot) for (const one of [data, join(data, 'former')]) chownSync(one, DATA_UID, DATA_UID);
      const port = await freePort();
      server = start(isRoot, port);
      let said = '';
      for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (said += chunk));
      const pid = await healthy(server, port, () => said);
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      assert.match(status, /^Uid:\t1000\t1000\t1000\t1000$/m);
      assert.match(status, /^CapEff:\t0+$/m);
      if (isRoot) assert.match(status, /^NoNewPrivs:\t1$/m);
      assert.equal(/giving \/data to user 1000/.test(said), isRoot, said);
      for (const name of ['', 'former', 'patchbay.sqlite3'])
        assert.equal(statSync(join(data, name)).uid, DATA_UID, name);
      assert.equal(healthCheck(pid, port), 0);
      const [refused] = spawnIn(pid, ['sh', '-c', 'echo x >/app/written']);
      assert.notEqual(refused, 0, 'the root is read-only');
      // One process: it is the server itself that is told.
      assert.notEqual(readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), 'sh');
      const running = server;
      server = null;
      const over = once(running, 'exit');
      process.kill(Number(pid), 'SIGTERM');
      assert.deepEqual(await over, [0, null], said);
    });
  }

  function start(isRoot: boolean, port: number): ChildProcess {
    const given = {
      PATCHBAY_HTTP__HOST: '127.0.0.1',
      PATCHBAY_HTTP__PORT: String(port),
      PATCHBAY_PLUGINS__MAIL__SMTP__HOST: '127.0.0.1',
      PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0',
    };
    const user = isRoot ? [] : ['setpriv', '--reuid', '1000', '--regid', '1000', '--clear-groups', '--inh-caps=-all'];
    const { file, args } = command([], [...user, ...stage.command], given);
    return spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: PLAIN });
  }

  /** Path of the process within that is the server, once it answers. */
  async function healthy(launched: ChildProcess, port: number, said: () => string): Promise<string> {
    for (;;) {
      assert.equal(launched.exitCode, null, said());
      const ok = await fetch(`http://127.0.0.1:${port}/health/ready`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ok) break;
      await pause(100);
    }
    const children = readFileSync(`/proc/${launched.pid}/task/${launched.pid}/children`, 'utf8').trim().split(' ');
    assert.equal(children.length, 1);
    return children[0] ?? '';
  }

  /** As the container's own health check runs. */
  function healthCheck(pid: string, port: number): number | null {
    const [status] = spawnIn(pid, ['env', `PATCHBAY_HTTP__PORT=${port}`, ...stage.health]);
    return status;
  }

  function spawnIn(pid: string, [file = '', ...args]: readonly string[]): [status: number | null, err: string] {
    // `env` is this machine's: it is not in the root.
    const [program, ...more] = file === 'env' ? args.slice(1) : [file, ...args];
    const set = file === 'env' ? Object.fromEntries([(args[0] ?? '').split('=')]) : {};
    const { status, stderr } = spawnSync(
      'nsenter',
      ['--target', pid, '--mount', '--root', '--wd', program ?? '', ...more],
      { encoding: 'utf8', env: { ...stage.environment, PATH: '/usr/local/bin:/usr/bin:/bin', ...set } },
    );
    return [status, stderr];
  }

  function inRoot(flags: readonly string[], what: readonly string[]) {
    const { file, args } = command(flags, what, {});
    return spawnSync(file, args, { encoding: 'utf8', env: PLAIN });
  }

  /** Mounts, in a namespace that goes with the process; then nothing but the process. */
  function command(flags: readonly string[], what: readonly string[], given: Record<string, string>) {
    const data = join(work, 'data');
    mkdirSync(data, { recursive: true });
    const binds = stage.binds.flatMap(([from, to]) => [
      `mount --bind '${from}' '${root}${to}'`,
      `mount -o remount,ro,bind '${root}${to}'`,
    ]);
    const isReadOnly = !flags.includes('--root-writable');
    const script = [
      'set -e',
      `mount --bind '${root}' '${root}'`,
      ...(isReadOnly ? [`mount -o remount,ro,bind '${root}'`] : []),
      ...binds,
      ...(isReadOnly ? [`mount --bind '${data}' '${root}/data'`] : []),
      `mount -t proc proc '${root}/proc'`,
      `mount -t tmpfs tmpfs '${root}/tmp'`,
      `mount --rbind /dev '${root}/dev'`,
      `exec chroot '${root}' "$@"`,
    ].join('\n');
    const all = { PATH: '/usr/local/bin:/usr/bin:/bin', ...stage.environment, ...given };
    const set = Object.entries(all).map(([name, value]) => `${name}=${value}`);
    const isolated = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, 'sh'];
    // The machine's `env` sets what the container has, and chroot finds programs within by that path.
    return {
      file: 'unshare',
      args: [
        ...isolated,
        ...(what.length > 0 ? ['/bin/sh', '-c', `cd /app; exec "$@"`, 'sh', ...withEnvironment(set, what)] : []),
      ],
    };
  }

  /** `env` is not in the root; a shell of it sets what the container has. */
  function withEnvironment(set: readonly string[], what: readonly string[]): string[] {
    const exported = set.map((one) => `export '${one.replaceAll("'", `'\\''`)}'`).join('; ');
    return ['/bin/sh', '-c', `${exported}; exec "$@"`, 'sh', ...what];
  }

  /** A file with the libraries that it needs, at the places where it looks for them. */
  function bring(file: string, to: string): void {
    copyFileSync(realpathSync(file), join(root, to));
    chmodSync(join(root, to), 0o755);
    librariesOf(file);
  }

  function librariesOf(file: string): void {
    const { stdout } = spawnSync('ldd', [file], { encoding: 'utf8' });
    for (const [, library = ''] of stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)) {
      // `/lib` leads to `/usr/lib` there too.
      const place = join(root, library.replace(/^\/(lib|lib64)\//, '/usr/$1/'));
      if (existsSync(place)) continue;
      mkdirSync(dirname(place), { recursive: true });
      copyFileSync(realpathSync(library), place);
    }
  }

  /** Folders are not copied: what a stage before has made lies in the checkout. */
  function lay(from: string, to: string, mode: number | null): void {
    const place = join(root, to);
    if (statSync(from).isDirectory()) {
      mkdirSync(place, { recursive: true });
      stage.binds.push([from, to]);
      return;
    }
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(from, place);
    if (mode !== null) chmodSync(place, mode);
  }
});

interface Stage {
  environment: Record<string, string>;
  copies: { from: string; to: string; mode: number | null }[];
  binds: [from: string, to: string][];
  runs: string[];
  command: string[];
  health: string[];
}

/** What the last stage says, by the few words that it uses; another one fails here, and is to be learnt. */
function lastStage(): Stage {
  const text =
    readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
      .split(/^FROM /m)
      .at(-1) ?? '';
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .slice(1)
    .filter(Boolean);
  const stage: Stage = { environment: {}, copies: [], binds: [], runs: [], command: [], health: [] };
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
    if (word === 'ENV')
      for (const [, name = '', value = ''] of rest.matchAll(/(\w+)=(\S+)/g)) stage.environment[name] = value;
    else if (word === 'COPY') stage.copies.push(...copiesOf(rest));
    else if (word === 'RUN') stage.runs.push(rest);
    else if (word === 'CMD') stage.command = JSON.parse(rest);
    else if (word === 'HEALTHCHECK') stage.health = JSON.parse(rest.slice(rest.indexOf('[')));
    else assert.ok(['LABEL', 'WORKDIR', 'VOLUME', 'EXPOSE'].includes(word), line);
  }
  return stage;
}

function copiesOf(rest: string): Stage['copies'] {
  const words = rest.split(/\s+/);
  const mode = words.find((word) => word.startsWith('--chmod='))?.slice('--chmod='.length);
  const named = words.filter((word) => !word.startsWith('--'));
  const target = named.pop() ?? '';
  return named
    .filter((name) => name !== '/app/made')
    .map((name) => {
      // Of another stage: it has made it from what lies in the checkout under the same name.
      const from = join(ROOT, name.replace(/^\/app\//, ''));
      const isFolder = target.endsWith('/');
      const to = target.startsWith('/') ? target : join('/app', target);
      return { from, to: isFolder ? join(to, basename(name)) : to, mode: mode ? Number.parseInt(mode, 8) : null };
    });
}

function which(tool: string): string {
  return execFileSync('which', [tool], { encoding: 'utf8' }).trim();
}
