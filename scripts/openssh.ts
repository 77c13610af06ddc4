/** OpenSSH's own server, for the tests of SFTP: Debian's package, got as Chromium is, without its service being started. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { mayInstall, presentProgram, systemProgram } from './system-program.ts';

const ADVICE =
  'The tests of SFTP need the server of OpenSSH: install it (Debian: `apt-get install openssh-server`), which need not run';
const NAMES = ['sshd'];
/** Not on the path of everybody. */
const PLACE = '/usr/sbin/sshd';
/** Whether services may be started when packages are installed; 101 is no (deb-systemd-invoke, invoke-rc.d). */
const POLICY = '/usr/sbin/policy-rc.d';

/** Path of `sshd`. Throws a sentence when it is not there and cannot be installed. */
export function openSshServer(): string {
  const found = presentProgram(NAMES) ?? (existsSync(PLACE) ? PLACE : null);
  if (found) return found;
  const isMine = mayInstall() && !existsSync(POLICY);
  if (isMine) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return systemProgram({ names: NAMES, packages: ['openssh-server'], purpose: 'the tests of SFTP', advice: ADVICE });
  } finally {
    if (isMine) rmSync(POLICY, { force: true });
  }
}
