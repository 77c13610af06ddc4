/**
 * The power goes: what the system had not yet put on the disk is gone with it. The data lies on a file system in a file. While mail
 * and accounts come in the process is halted, and the file is copied as it is at that moment, while the file system is mounted: what
 * nobody has synced is in the memory of the system and not in the copy. The next round goes on with the copy. Needs root, to
 * mount it.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Running, temporaryFolder } from '../bench/processes.ts';
import { drillReceivingOn } from './receiving.ts';

const SIZE = '512M';

/** Gives how much of what was acknowledged is missing, or there twice. */
export async function drillPowerLoss(rounds: number): Promise<number> {
  if (process.getuid?.() !== 0) {
    console.log('this drill mounts a file system, so it needs root');
    return 1;
  }
  const images = temporaryFolder();
  const mounted = temporaryFolder();
  let image = join(images.path, '0');
  execFileSync('truncate', ['-s', SIZE, image]);
  // Nothing of the file system itself is left to be made while it is used.
  execFileSync('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
  execFileSync('mount', ['-o', 'loop', image, mounted.path]);
  let losses = 0;
  try {
    return await drillReceivingOn(mounted.path, rounds, async (platform: Running) => {
      platform.process.kill('SIGSTOP');
      const copy = join(images.path, String(++losses));
      execFileSync('cp', ['--sparse=always', image, copy]);
      const gone = once(platform.process, 'exit');
      platform.process.kill('SIGKILL');
      await gone;
      execFileSync('umount', [mounted.path]);
      execFileSync('rm', [image]);
      image = copy;
      execFileSync('mount', ['-o', 'loop', image, mounted.path]);
    });
  } finally {
    execFileSync('umount', ['-l', mounted.path]);
    for (const folder of [images, mounted]) folder.remove();
  }
}
