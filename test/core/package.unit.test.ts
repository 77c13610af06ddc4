/** The npm package, installed into an empty folder: it serves, and plugins are written, tested, packed and used there. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { createClient } from '#core/testing/client.ts';
import { coreVersion } from '#core/version.ts';
import { hasSection } from '#scripts/release/changelog.ts';
import { ROOT_TOKEN } from '#test/support/accounts.ts';
import { ROOT } from '#test/support/command-line.ts';
import { freePort } from '#test/support/free-port.ts';
import { installCall, installer, NOBODY, startUnit } from '#test/support/install-script.ts';
import { isRehearsed, isToldOfFullDisk, smallDisk, startListener } from '#test/support/newcomer.ts';
import { type Authority, startAuthority } from '#test/support/pebble.ts';
import { seenAt } from '#test/support/tls.ts';

const ADMIN = { email: 'admin@example.org', password: 'a password of the package test' };
/** Not one inside another, which comes with that. */
const OF_ITS_OWN = /^node_modules\/(?:@[^/]+\/)?[^/]+$/;
const NODE = 'node_modules/node';
const NOTES = '/api/platform/hello/notes';

type Listener = Awaited<ReturnType<typeof startListener>>;

describe('the npm package', function () {
  this.timeout(600_000);
  const home = mkdtempSync(join(tmpdir(), 'patchbay-package-'));
  const site = join(home, 'site');
  const release = join(home, 'release');
  const isReleased = hasSection(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), coreVersion());
  const mine = join(site, 'my-plugins', 'hello');
  let server: ChildProcess | null = null;
  let api: ReturnType<typeof createClient>;

  before(async () => {
    mkdirSync(site);
    await takeAlong(site);
    await releaseDry();
    await install(tarball());
  });
  afterEach(stop);

  it('is what a release makes, beside its notes, its parts, its script and checksums of them all', () => {
    if (isReleased) return;
    const name = `patchbay-platform-${coreVersion()}`;
    assert.deepEqual(readdirSync(release).sort(), [
      'CHANGES.md',
      'SHA256SUMS',
      'install.sh',
      `${name}.cdx.json`,
      `${name}.tgz`,
    ]);
    const checked = spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: release, encoding: 'utf8' });
    assert.equal(checked.status, 0, checked.stderr);
    const { components } = JSON.parse(readFileSync(join(release, `${name}.cdx.json`), 'utf8'));
    assert.ok(components.some((one: { name: string }) => one.name === 'acme-client'));
  });

  it('serves, and keeps its data in the folder where it is used', async () => {
    await start();
    assert.equal((await api.get('/docs')).status, 200);
    assert.deepEqual(readdirSync(site).sort(), ['data', 'node_modules', 'package-lock.json', 'package.json']);
    assert.ok(existsSync(join(site, 'data', 'patchbay.sqlite3')));
  });

  it('says its version, whatever the configuration is', async () => {
    writeFileSync(join(site, 'patchbay.yaml'), 'plugins: { nobody: {} }');
    const { out } = await run(site, 'npx', '--no', '--', 'patchbay', '--version');
    rmSync(join(site, 'patchbay.yaml'));
    assert.equal(out, `${coreVersion()}\n`);
  });

  it('writes a plugin that passes its tests and fits the types of the package', async () => {
    const { out } = await run(site, 'npx', '--no', 'patchbay', 'new-plugin', 'hello');
    assert.match(out, /Switch it on in patchbay\.yaml:\n\n {2}plugins:\n {4}\.\/my-plugins\/hello: \{\}\n/);
    assert.match((await run(mine, 'npm', 'test')).out, /pass 7/);
    await run(mine, 'npm', 'run', 'check', '--', '--checkers', '1');
  });

  it('serves that plugin from its folder, as TypeScript', async () => {
    enable('./my-plugins/hello');
    await start();
    await usesHello();
  });

  it('serves it as a package, with JavaScript and types', async () => {
    await run(mine, 'npm', 'pack', '--pack-destination', home);
    renameSync(mine, join(home, 'gone'));
    await install(join(home, 'patchbay-hello-0.1.0.tgz'));
    const installed = join(site, 'node_modules', 'patchbay-hello');
    const names = [
      'config',
      'contract',
      'functions',
      'index',
      'notes',
      'personal-data',
      'reminders',
      'routes',
      'scope',
    ];
    const built = [...names.flatMap((name) => [`${name}.d.ts`, `${name}.js`]), 'migrations'];
    assert.deepEqual(readdirSync(join(installed, 'dist')).sort(), built.sort());
    enable('patchbay-hello');
    await start();
    await usesHello();
  });

  describe('is installed by three answers,', () => {
    let authority: Authority;
    before(async () => {
      authority = await startAuthority();
    });
    after(() => authority.stop());

    it('as root, gets a certificate, looks after itself, and tells of a disk that fills', async () => {
      if (process.getuid?.() !== 0) return console.log('      not tried: root');
      const listener = await startListener();
      const data = join(home, 'as-root', 'data');
      mkdirSync(data, { recursive: true });
      const disk = smallDisk(data);
      if (!disk) console.log('      not tried: a disk that fills, which takes a mount');
      try {
        await isInstalled(true, authority, disk && listener);
      } finally {
        disk?.end();
        listener.stop();
      }
    });

    it('as anybody, gets a certificate, and looks after itself', () => isInstalled(false, authority));
  });

  /** Who is not root here is tried as who this is. The listener is told that the disk fills, which is a small one. */
  async function isInstalled(isRoot: boolean, authority: Authority, listener: Listener | null = null): Promise<void> {
    const folder = join(home, isRoot ? 'as-root' : 'as-anybody');
    const uid = process.getuid?.() === 0 && !isRoot ? NOBODY : (process.getuid?.() ?? 0);
    const prefix = join(folder, 'app');
    const [config, units, data] = [join(folder, 'patchbay.yaml'), join(folder, 'units'), join(folder, 'data')];
    mkdirSync(join(data, 'mail-templates'), { recursive: true });
    mkdirSync(prefix);
    writeFileSync(join(prefix, 'package.json'), '{ "private": true }');
    const script = installer({
      home: folder,
      script: join(release, 'install.sh'),
      tarball: tarball(),
      uid,
      env: environment(),
      installed: join(site, 'node_modules'),
      updates: isRoot,
    });
    chmodSync(home, 0o755);
    if (!isRoot && process.getuid?.() === 0) await run(folder, 'chown', '-R', `${uid}`, folder);
    const command = join(folder, 'bin', 'patchbay');
    const places = [
      '--prefix',
      prefix,
      '--config',
      config,
      '--units',
      units,
      '--bin',
      dirname(command),
      '--user',
      'nobody',
    ];

    const refused = script.run(['no name'], ...places);
    assert.deepEqual([refused.status, existsSync(config)], [1, false]);
    assert.match(refused.err, /'no name' is no name such as/);
    const { status, out, err } = script.run(['desk.example.com', 'ops@example.com', data], ...places);
    assert.equal(status, 0, out + err);
    assert.equal(err.match(/\?/g)?.length, 3, err);
    const manage = isRoot ? '' : '--user ';
    assert.deepEqual(
      script.told(),
      ['daemon-reload', 'enable patchbay.service', 'restart patchbay.service'].map((line) => manage + line),
    );
    const { http, dataDir } = parse(readFileSync(config, 'utf8'));
    assert.equal(dataDir, data);
    assert.deepEqual([http.port, http.tls.plainPort], isRoot ? [443, 80] : [5443, 5080]);
    assert.equal(statSync(config).mode & 0o007, 0);
    const asked = spawnSync(command, ['check'], {
      uid,
      cwd: data,
      encoding: 'utf8',
      env: { PATH: environment().PATH },
    });
    assert.equal(asked.status, 0, asked.stdout + asked.stderr);
    assert.equal(spawnSync(command, ['--version'], { uid, encoding: 'utf8' }).stdout, `${coreVersion()}\n`);
    for (const one of [data, join(data, 'mail-templates')]) assert.equal(statSync(one).uid, isRoot ? NOBODY : uid, one);

    const port = await freePort();
    const answers = {
      PATCHBAY_HTTP__PORT: `${port}`,
      PATCHBAY_HTTP__TLS__PLAINPORT: `${authority.httpPort}`,
      PATCHBAY_HTTP__TLS__ACME__DIRECTORY: authority.directory,
      PATCHBAY_HTTP__TLS__ACME__CAFILE: authority.caFile,
      PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0',
      PATCHBAY_PLUGINS__AUTH__ROOT_TOKEN: ROOT_TOKEN,
      ...(listener && { PATCHBAY_ALERTS__WEBHOOK: listener.url }),
      // The disk is a small one.
      PATCHBAY_BACKUPS__LEAVEFREEMB: '0',
    };
    chmodSync(dirname(authority.caFile), 0o755);
    server = startUnit(join(units, 'patchbay.service'), { PATH: environment().PATH, ...answers });
    let said = '';
    for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (said += chunk));
    while (!(await seenAt(port, 'desk.example.com', authority.root).catch(() => null))?.isTrusted) {
      assert.equal(server.exitCode, null, said);
      await pause(200);
    }
    assert.match(said, /https:\/\/desk\.example\.com\/setup\?token=/);
    const newcomer = { port, name: 'desk.example.com', ca: authority.root, token: ROOT_TOKEN, data };
    await isRehearsed(newcomer);
    if (listener) await isToldOfFullDisk(newcomer, listener.heard);
    const running = server;
    server = null;
    running.kill('SIGTERM');
    await once(running, 'exit');

    const again = script.run([], ...places);
    assert.equal(again.status, 0, again.err);
    assert.match(again.out, /stays as it is/);
    assert.doesNotMatch(again.out, /another program/);
    assert.equal(script.told().length, 6);
    await shows(join(units, 'patchbay.service'), isRoot);
  }

  async function shows(unit: string, isRoot: boolean): Promise<void> {
    assert.doesNotMatch(readFileSync(unit, 'utf8').replace(/^#.*$/gm, ''), /@[A-Z]+@/);
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) return;
    const flags = isRoot ? [] : ['--user'];
    const { status, stderr } = spawnSync('systemd-analyze', [...flags, 'verify', unit], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: home },
    });
    assert.equal(status, 0, stderr);
  }

  /** As a release would be made of this checkout now; right after one there is none to be made. */
  async function releaseDry(): Promise<void> {
    if (!isReleased) {
      await run(ROOT, 'npm', 'run', 'release', '--', '--dry-run', '--no-image', '--out', release);
      return;
    }
    mkdirSync(release);
    await run(ROOT, 'npm', 'pack', '--pack-destination', release);
    copyFileSync(join(ROOT, 'deploy', 'install.sh'), join(release, 'install.sh'));
  }

  function tarball(): string {
    return join(release, only(release, /^patchbay-platform-.*\.tgz$/));
  }

  async function usesHello(): Promise<void> {
    const { body } = await api.post('/api/v2/auth/login', ADMIN);
    const http = api.bearer(body.access_token);
    const made = await http.post(NOTES, { text: 'Hello' });
    assert.equal(made.status, 201, made.text);
    assert.deepEqual((await http.get(NOTES)).body.items[0], made.body);
  }

  function enable(key: string): void {
    writeFileSync(join(site, 'patchbay.yaml'), `plugins: { auth: { admin: ${JSON.stringify(ADMIN)} }, ${key}: {} }`);
  }

  /**
   * The packages that it needs, as they are installed here: npm finds them there and unpacks none of them again, which is
   * most of a minute. What is missing among them, or of another version than the package asks for, it still fetches.
   */
  async function takeAlong(to: string): Promise<void> {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'node_modules', '.package-lock.json'), 'utf8'));
    const needed = Object.entries<{ dev?: true; devOptional?: true }>(packages).filter(
      ([path, { dev, devOptional }]) => OF_ITS_OWN.test(path) && !dev && !devOptional && path !== NODE,
    );
    mkdirSync(to, { recursive: true });
    await run(ROOT, 'cp', '-a', '--parents', ...needed.map(([path]) => path), to);
    // Without its Node, which is large and linked below.
    mkdirSync(join(to, NODE));
    copyFileSync(join(ROOT, NODE, 'package.json'), join(to, NODE, 'package.json'));
    // A package without its commands npm fetches again.
    const commands = join(to, 'node_modules', '.bin');
    mkdirSync(commands);
    for (const name of readdirSync(join(ROOT, 'node_modules', '.bin'))) {
      const target = readlinkSync(join(ROOT, 'node_modules', '.bin', name));
      if (existsSync(join(commands, target)) || target.startsWith('../node/'))
        symlinkSync(target, join(commands, name));
    }
  }

  /** What install scripts compile and fetch is here already: that it works is known by the tests that run. */
  async function install(file: string): Promise<void> {
    if (!existsSync(join(site, 'package.json'))) writeFileSync(join(site, 'package.json'), '{ "private": true }');
    await run(site, 'npm', ...installCall(site, file), '--ignore-scripts', '--prefer-offline');
    const bin = join(site, NODE, 'bin');
    if (!existsSync(bin)) symlinkSync(join(ROOT, NODE, 'bin'), bin);
  }

  async function start(): Promise<void> {
    const port = await freePort();
    const env = { ...environment(), PATCHBAY_HTTP__PORT: String(port), PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0' };
    const child = spawn('npx', ['--no', 'patchbay', 'start'], { cwd: site, env, stdio: 'pipe', detached: true });
    server = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    api = createClient(`http://127.0.0.1:${port}`);
    const isReady = () =>
      api.get('/health/ready').then(
        ({ status }) => status === 200,
        () => false,
      );
    while (!(await isReady())) {
      assert.equal(child.exitCode, null, output);
      await pause(100);
    }
  }

  /** npx, the launcher and the server. */
  async function stop(): Promise<void> {
    const running = server;
    server = null;
    if (!running?.pid || running.exitCode !== null) return;
    const exit = new Promise((resolve) => running.once('exit', resolve));
    process.kill(-running.pid, 'SIGTERM');
    await exit;
  }
});

/** The machine's own Node and npm: not the checkout's, and nothing that the `npm test` around this has set. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(lifecycle|package|command|config_local)|^PATCHBAY_/.test(name),
  );
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(ROOT));
  // Last, for `tsc`, which an author has installed.
  return { ...Object.fromEntries(own), PATH: [...path, join(ROOT, 'node_modules', '.bin')].join(delimiter) };
}

function run(cwd: string, command: string, ...args: string[]): Promise<{ out: string }> {
  return new Promise((resolve, reject) => {
    // npm unpacks a tarball each time that it looks into it, into its cache.
    const env = {
      ...environment(),
      PATCHBAY_SKIP_INSTALL: '1',
      npm_config_cache: join(tmpdir(), 'patchbay-npm-cache'),
    };
    execFile(command, args, { cwd, env, maxBuffer: 32 * 1024 * 1024 }, (error, out, err) => {
      if (error) reject(new Error(`${command} ${args.join(' ')} failed:\n${out}${err}`));
      else resolve({ out });
    });
  });
}

function only(folder: string, pattern: RegExp): string {
  const found = readdirSync(folder).filter((name) => pattern.test(name));
  assert.equal(found.length, 1);
  return found[0]!;
}
