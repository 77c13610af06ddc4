/**
 * The browser that drives the pages in tests: Debian's Chromium. It is installed where that is allowed (root, with apt-get);
 * elsewhere the sentence says how to get it, and the tests that need it fail.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ADVICE =
  'The tests of the pages need Chromium: install it (Debian: `apt-get install chromium`), or name one in PATCHBAY_CHROMIUM';

/** Path of the browser. Throws a sentence when there is none and none can be installed. */
export function chromium(): string {
  const found = present();
  if (found) return found;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) throw new Error(ADVICE);
  console.log('Installing Chromium for the tests of the pages (apt-get) …');
  const install = () =>
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  if (install().status !== 0) {
    spawnSync('apt-get', ['update'], { stdio: ['ignore', 'ignore', 'inherit'] });
    install();
  }
  const installed = present();
  if (!installed) throw new Error(ADVICE);
  return installed;
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
