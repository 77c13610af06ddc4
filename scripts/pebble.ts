/** Let's Encrypt's own test server, with its name server: Debian's package `pebble`, got as Chromium is. */
import { systemProgram } from './system-program.ts';

const ADVICE =
  'The tests of certificates need Pebble, the test server of Let’s Encrypt: install it (Debian: `apt-get install pebble`), ' +
  'or put `pebble` and `pebble-challtestsrv` of its releases (github.com/letsencrypt/pebble) on the PATH';

function programOf(name: string): string {
  return systemProgram({ names: [name], packages: ['pebble'], purpose: 'the tests of certificates', advice: ADVICE });
}

/** Paths of both. Throws a sentence when they are not there and cannot be installed. */
export function pebble(): { authority: string; names: string } {
  return { authority: programOf('pebble'), names: programOf('pebble-challtestsrv') };
}
