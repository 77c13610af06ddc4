/**
 * Sets up a bare checkout: installs when the lock file has changed since the last install, and says which Node to use.
 * In the npm package there is nothing to install. Plain JavaScript, because it runs on whatever Node (20 or newer) is
 * there before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** A checkout runs its TypeScript; the npm package holds JavaScript. */
const isCheckout = existsSync(join(root, 'core', 'main.ts'));
/** The command line. */
export const mainFile = isCheckout ? join(root, 'core', 'main.ts') : join(root, 'dist', 'core', 'main.js');
/** Where the packages are that this one needs: below it in a checkout, beside it once it is installed. */
const modules = basename(dirname(root)) === 'node_modules' && !isCheckout ? dirname(root) : join(root, 'node_modules');
const marker = join(modules, '.patchbay-lock-hash');
const pinnedNode = join(packageFolder('node'), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const major = Number(process.versions.node.split('.')[0]);
/** Whether the Node at hand could run the server itself. */
export const hasNode24 = major >= 24;

/**
 * Installs when needed. Quick when there is nothing to do: one hash of one file.
 * `development: false` is content with packages installed by `npm ci --omit=dev`.
 */
export function setUp({ development = true } = {}) {
  if (major < 20) fail(`Patchbay needs Node 20 or newer to set itself up; this is ${process.version}.`);
  if (!isCheckout) return;
  const hash = lockHash();
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return;
  if (process.env.PATCHBAY_SKIP_INSTALL) return;
  if (installedByHand({ development })) {
    if (installedByHand({ development: true })) writeFileSync(marker, hash);
    return;
  }
  console.log('Setting up: installing packages (this takes a minute or two the first time) …');
  // sqlite3 is compiled where no prebuilt binary can be had; engine warnings are about the Node that runs npm.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // The pinned Node is an optional package, and tests need the development packages: also where NODE_ENV=production.
  const needed = ['--include=optional', ...(development ? ['--include=dev'] : [])];
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...needed], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) fail('npm ci failed; see above. Compiling sqlite3 needs python3, make and a C++ compiler.');
  writeFileSync(marker, hash);
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** Whether files can be made of modules: in a checkout with development packages. */
export function canBundle() {
  return isCheckout && existsSync(join(modules, 'rolldown'));
}

/** Whether bundle-packages.ts has not run for these packages (core/loading/quick-imports.ts says where its files are), and can. */
export function lacksBundles() {
  if (!canBundle()) return false;
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'scripts/bundle-packages.ts', 'scripts/bundling.ts'])
    hash.update(readFileSync(join(root, file)));
  return !existsSync(join(modules, '.patchbay-packages', hash.digest('hex')));
}

/** Whether someone has run `npm ci` or `npm install` for this very lock file: npm notes in node_modules what it installed. */
function installedByHand({ development }) {
  const noted = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(noted)) return false;
  const installed = JSON.parse(readFileSync(noted, 'utf8')).packages;
  const locked = Object.entries(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages);
  return locked.every(([path, { version, optional, dev, devOptional }]) => {
    if (path === '' || installed[path]?.version === version) return true;
    const mayLack = optional || ((dev || devOptional) && !development);
    return mayLack && !installed[path];
  });
}

/** The Node that runs TypeScript as it is: the pinned one, or the one at hand when it is new enough. */
export function nodeBinary() {
  if (existsSync(pinnedNode)) return pinnedNode;
  if (hasNode24) return process.execPath;
  return fail(
    `Patchbay runs on Node 24 or newer; this is ${process.version}, and the package 'node', which brings it along, is not ` +
      `installed: run ${isCheckout ? '`npm ci`' : '`npm install --include=optional`'} (its install script must be allowed), or install Node 24.`,
  );
}

/** Where a package is installed that this one needs; where it would be, when it is not. */
function packageFolder(name) {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return join(modules, name);
  }
}

/**
 * Flags of the server process: by default V8 lets the young generation of a busy server grow to 128 MB, which is no
 * faster than a quarter of it.
 */
export const serverFlags = ['--max-semi-space-size=16'];

/**
 * The environment for child processes: the pinned Node first on the PATH, enough threads for file and database work,
 * and a place where Node keeps what it compiled. From the second start on that saves a third of the boot and 20 MB,
 * because the compiler that strips the types is not even loaded.
 */
export function environment(extra = {}) {
  const bin = join(modules, '.bin');
  const separator = process.platform === 'win32' ? ';' : ':';
  return {
    UV_THREADPOOL_SIZE: '8',
    MALLOC_ARENA_MAX: '2',
    NODE_COMPILE_CACHE: join(modules, '.cache', 'patchbay'),
    ...process.env,
    PATH: `${dirname(pinnedNode)}${separator}${bin}${separator}${process.env.PATH ?? ''}`,
    ...extra,
  };
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();
