/**
 * The browser that drives the pages in tests: Debian's Chromium, without its windows where that is to be had, which takes a
 * quarter less of the processor. It is installed where that is allowed (root, with apt-get); elsewhere the sentence says how
 * to get it, and the tests that need it fail.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's package and program: Chromium without windows, tabs and all that is drawn around a page. */
const SHELL = 'chromium-headless-shell';
const NAMES = [SHELL, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ADVICE = `The tests of the pages need Chromium: install it (Debian: \`apt-get install ${SHELL}\`), or name one in PATCHBAY_CHROMIUM`;
/** Where no server answers, the browser that is there does. */
const NO_PATIENCE = ['-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=10'];

/** Path of the browser. Throws a sentence when there is none and none can be installed. */
export function chromium(): string {
  const found = present();
  if (found) return found;
  if (!mayInstall()) throw new Error(ADVICE);
  console.log('Installing Chromium for the tests of the pages (apt-get) …');
  if (!install(SHELL)) {
    spawnSync('apt-get', ['update'], { stdio: ['ignore', 'ignore', 'inherit'] });
    if (!install(SHELL)) install('chromium');
  }
  const installed = present();
  if (!installed) throw new Error(ADVICE);
  return installed;
}

/** Adds the quicker browser to one of Debian that is there, in the same version, so that nothing else changes; tried once. */
export function preferShell(): void {
  if (process.env.PATCHBAY_CHROMIUM || onPath(SHELL) || !mayInstall()) return;
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Version}', 'chromium-common'], { encoding: 'utf8' });
  if (!stdout || !isOffered(`${SHELL}=${stdout}`)) return;
  console.log(`Installing ${SHELL} for the tests of the pages (apt-get) …`);
  install(`${SHELL}=${stdout}`, NO_PATIENCE);
}

/** Path of a browser that is there; null without one. */
export function present(): string | null {
  const named = process.env.PATCHBAY_CHROMIUM;
  if (named) return named;
  for (const name of NAMES) {
    const path = onPath(name);
    if (path) return path;
  }
  return null;
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && onPath('apt-get') !== null;
}

/** By the lists that are here. */
function isOffered(what: string): boolean {
  return spawnSync('apt-get', ['install', '--simulate', '--no-upgrade', what], { stdio: 'ignore' }).status === 0;
}

function install(what: string, options: readonly string[] = []): boolean {
  const command = ['install', '-y', '--no-install-recommends', ...options, what];
  return spawnSync('apt-get', command, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

function onPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // In the next folder, then.
    }
  }
  return null;
}
