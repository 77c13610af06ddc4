/** Programs that tests need and npm does not have: Debian's packages, installed where that is allowed (root, with apt-get). */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
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
}

/** Path of the program. Throws the advice when there is none and none can be installed. */
export function systemProgram({ names, packages, purpose, advice }: SystemProgram): string {
  const found = presentProgram(names);
  if (found) return found;
  if (!mayInstall()) throw new Error(advice);
  const [first = ''] = packages;
  console.log(`Installing ${first} for ${purpose} (apt-get) …`);
  if (!installPackage(first)) {
    spawnSync('apt-get', ['update'], { stdio: ['ignore', 'ignore', 'inherit'] });
    packages.some((name) => installPackage(name));
  }
  const installed = presentProgram(names);
  if (!installed) throw new Error(advice);
  return installed;
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
  const command = ['install', '-y', '--no-install-recommends', ...options, name];
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
