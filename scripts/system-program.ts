/** Programs that tests need and npm does not have: Debian's packages, installed where that is allowed (root, with apt-get). */
import { type StdioOptions, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface SystemProgram {
  /** Any of these will do. */
  names: readonly string[];
  /** Of Debian: the first that can be had. */
  packages: readonly string[];
  /** What needs it, for the line that says that it is being installed. */
  purpose: string;
  /** How to get it, where it can be neither found nor installed. */
  advice: string;
  /** Where to look, if not on the path. */
  find?: (names: readonly string[]) => string | null;
}

/** Whether services may be started when packages are installed; 101 is no (deb-systemd-invoke, invoke-rc.d). */
const POLICY = '/usr/sbin/policy-rc.d';
/** Held by whoever installs. */
const LOCK = join(tmpdir(), 'patchbay-apt');
/** Four packages, one after another, on a slow line. */
const LOCK_SECONDS = 300;

/** Path of the program. Throws the advice when there is none and none can be installed. */
export function systemProgram({ names, packages, purpose, advice, find = presentProgram }: SystemProgram): string {
  const found = find(names);
  if (found) return found;
  if (!mayInstall()) throw new Error(advice);
  const [first = ''] = packages;
  console.log(`Installing ${first} for ${purpose} (apt-get) …`);
  if (!installPackage(first)) {
    aptGet(['update']);
    packages.some((name) => installPackage(name));
  }
  const installed = find(names);
  if (!installed) throw new Error(advice);
  return installed;
}

/** As `systemProgram`, of a server, which is not on the path of everybody; the service of its package is not started. */
export function serverProgram(program: SystemProgram): string {
  const { find = presentServer } = program;
  const found = find(program.names);
  if (found) return found;
  const isMine = mayInstall() && !existsSync(POLICY);
  if (isMine) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return systemProgram({ ...program, find });
  } finally {
    if (isMine) rmSync(POLICY, { force: true });
  }
}

function presentServer(names: readonly string[]): string | null {
  const places = names.map((name) => join('/usr/sbin', name));
  return presentProgram(names) ?? places.find((path) => existsSync(path)) ?? null;
}

/** Path of a program that is there; null without one. */
export function presentProgram(names: readonly string[]): string | null {
  for (const name of names) {
    const path = onPath(name);
    if (path) return path;
  }
  return null;
}

export function mayInstall(): boolean {
  return process.getuid?.() === 0 && onPath('apt-get') !== null;
}

/** `options`: of apt-get. False when it could not be had. */
export function installPackage(name: string, options: readonly string[] = []): boolean {
  return aptGet(['install', '-y', '--no-install-recommends', ...options, name]);
}

/** Of several test files that want something at once, each waits for its turn: apt-get itself would refuse all but one. */
function aptGet(command: readonly string[]): boolean {
  const options = { stdio: ['ignore', 'ignore', 'inherit'] as StdioOptions };
  const apt = ['apt-get', '-o', `DPkg::Lock::Timeout=${LOCK_SECONDS}`, ...command];
  const inTurn = onPath('flock') === null ? apt : ['flock', '--timeout', `${LOCK_SECONDS}`, LOCK, ...apt];
  const [program = '', ...args] = inTurn;
  return spawnSync(program, args, options).status === 0;
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
