/**
 * The browser that drives the pages in tests: Debian's Chromium, without its windows where that is to be had, which takes a
 * quarter less of the processor. It is installed where that is allowed (root, with apt-get); elsewhere the sentence says how
 * to get it, and the tests that need it fail.
 */
import { spawnSync } from 'node:child_process';
import { installPackage, mayInstall, presentProgram, systemProgram } from './system-program.ts';

/** Debian's package and program: Chromium without windows, tabs and all that is drawn around a page. */
const SHELL = 'chromium-headless-shell';
const NAMES = [SHELL, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ADVICE = `The tests of the pages need Chromium: install it (Debian: \`apt-get install ${SHELL}\`), or name one in PATCHBAY_CHROMIUM`;
const PURPOSE = 'the tests of the pages';
/** Where no server answers, the browser that is there does. */
const NO_PATIENCE = ['-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=10'];

/** Path of the browser. Throws a sentence when there is none and none can be installed. */
export function chromium(): string {
  const program = { names: NAMES, packages: [SHELL, 'chromium'], purpose: PURPOSE, advice: ADVICE };
  return process.env.PATCHBAY_CHROMIUM || systemProgram(program);
}

/** Path of a browser that is there; null without one. */
export function present(): string | null {
  return process.env.PATCHBAY_CHROMIUM || presentProgram(NAMES);
}

/** Adds the quicker browser to one of Debian that is there, in the same version, so that nothing else changes; tried once. */
export function preferShell(): void {
  if (process.env.PATCHBAY_CHROMIUM || presentProgram([SHELL]) || !mayInstall()) return;
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Version}', 'chromium-common'], { encoding: 'utf8' });
  if (!stdout || !isOffered(`${SHELL}=${stdout}`)) return;
  console.log(`Installing ${SHELL} for ${PURPOSE} (apt-get) …`);
  installPackage(`${SHELL}=${stdout}`, NO_PATIENCE);
}

/** By the lists that are here. */
function isOffered(what: string): boolean {
  return spawnSync('apt-get', ['install', '--simulate', '--no-upgrade', what], { stdio: 'ignore' }).status === 0;
}
