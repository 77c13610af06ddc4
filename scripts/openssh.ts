/** OpenSSH's own server, for the tests of SFTP: Debian's package, got as Chromium is, without its service being started. */
import { serverProgram } from './system-program.ts';

const ADVICE =
  'The tests of SFTP need the server of OpenSSH: install it (Debian: `apt-get install openssh-server`), which need not run';

/** Path of `sshd`. Throws a sentence when it is not there and cannot be installed. */
export function openSshServer(): string {
  return serverProgram({ names: ['sshd'], packages: ['openssh-server'], purpose: 'the tests of SFTP', advice: ADVICE });
}
