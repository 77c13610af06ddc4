/** Prometheus' own checker of rules, for the test of those in `deploy/`: Debian's package, got as Chromium is. */
import { systemProgram } from './system-program.ts';

/** Path of `promtool`. Throws a sentence when it is not there and cannot be installed. */
export function promtool(): string {
  return systemProgram({
    names: ['promtool'],
    packages: ['prometheus'],
    purpose: 'the test of alert rules',
    advice:
      'This test needs promtool of Prometheus: install it (Debian: `apt-get install prometheus`), or put it on the PATH',
  });
}
