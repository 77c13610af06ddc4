/** Another commit of this repository, installed in a folder of its own, and the platform of a checkout as a process. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment, serverFlags } from '../../setup.mjs';
import { freePort } from '../free-port.ts';
import { ADMIN, ROOT_TOKEN, temporaryFolder } from '../processes.ts';

export const HERE = fileURLToPath(new URL('../../../', import.meta.url));
const START_LIMIT_MS = 120_000;
const POLL_MS = 10;

export interface Checkout {
  /** The commit, or where it lies. */
  name: string;
  folder: string;
  remove(): void;
}

/** The commit in a working tree of git's, set up. */
export function checkOut(ref: string): Checkout {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-commit-'));
  const name = git('rev-parse', '--short', ref).trim();
  git('worktree', 'add', '--detach', '--force', folder, ref);
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (lock === readFileSync(join(HERE, 'package-lock.json'), 'utf8')) {
    // Names of the same files: installing would take minutes.
    execFileSync('cp', ['-al', join(HERE, 'node_modules'), join(folder, 'node_modules')]);
  }
  execFileSync(process.execPath, ['scripts/setup.mjs'], { cwd: folder, stdio: 'inherit' });
  execFileSync('npm', ['run', 'build:web', '--if-present'], { cwd: folder, stdio: 'ignore' });
  return {
    name,
    folder,
    remove() {
      git('worktree', 'remove', '--force', folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: HERE, encoding: 'utf8' });
}

/** Made once: it is no part of a start. */
const mains = new Map<string, string>();

export interface Serving {
  pid: number;
  url: string;
  smtp: number;
  stop(): Promise<void>;
}

/** The platform of that checkout with all its plugins, on an empty database, or the one in a folder that stays. */
export function serve({ folder, name }: Pick<Checkout, 'folder' | 'name'>, kept?: string): Promise<Serving> {
  const main = mainOf(folder);
  return start(name, folder, () => [main, 'start'], kept);
}

/** What the launcher of that checkout starts: files that were made of its modules, or at earlier commits the modules. */
function mainOf(folder: string): string {
  const main = mains.get(folder) ?? makeMain(folder);
  mains.set(folder, main);
  return main;
}

function makeMain(folder: string): string {
  if (!existsSync(join(folder, 'scripts', 'bundle-server.ts'))) return 'core/main.ts';
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  run('scripts/bundle-packages.ts');
  return run('scripts/bundle-server.ts').trim();
}

/** The bare program that makes the same promises (`bare.ts`). */
export function serveBare(): Promise<Serving> {
  return start('bare', HERE, (...args) => ['scripts/bench/cpu/bare.ts', ...args]);
}

async function start(
  name: string,
  folder: string,
  program: (data: string, http: string, smtp: string) => string[],
  kept?: string,
): Promise<Serving> {
  const data = kept === undefined ? temporaryFolder() : { path: kept, remove() {} };
  const [http, smtp] = [await freePort(), await freePort()];
  const node = join(folder, 'node_modules', 'node', 'bin', 'node');
  const args = [...serverFlags, ...program(data.path, String(http), String(smtp))];
  const child = spawn(existsSync(node) ? node : process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment({
      PATCHBAY_DATADIR: data.path,
      PATCHBAY_HTTP__PORT: String(http),
      PATCHBAY_HTTP__RATELIMIT__ENABLED: 'false',
      PATCHBAY_LOGGING__LEVEL: 'warn',
      PATCHBAY_PLUGINS__AUTH__ROOTTOKEN: ROOT_TOKEN,
      PATCHBAY_PLUGINS__AUTH__ADMIN: JSON.stringify(ADMIN),
      PATCHBAY_PLUGINS__MAIL__SMTP__PORT: String(smtp),
      PATCHBAY_PLUGINS__MAIL__MAILBOXTTL: '0',
    }),
  });
  const url = `http://127.0.0.1:${http}`;
  const until = performance.now() + START_LIMIT_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > until) throw new Error(`${name} does not start`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return {
    pid: child.pid ?? 0,
    url,
    smtp,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      data.remove();
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/no-such-path`)).status !== 503;
  } catch {
    return false;
  }
}
