/** Backups in tests: the command line on a platform's folder and database, and archives that are changed. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, extract } from 'tar';
import type { Manifest } from '#core/backup/manifest.ts';
import type { Result } from './command-line.ts';
import { warmPatchbay } from './warm-commands.ts';

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'patchbay-backup-test-'));

/** The command line on a data folder and a database. */
export function onInstallation(
  args: string[],
  dataDir: string,
  database: Record<string, unknown>,
  env: NodeJS.ProcessEnv = {},
): Promise<Result> {
  return warmPatchbay(args, { PATCHBAY_DATADIR: dataDir, PATCHBAY_DATABASE: JSON.stringify(database), ...env });
}

/** A copy of the archive in which the manifest, or anything else, is another one. */
export async function changed(
  archive: string,
  change: (manifest: Manifest, folder: string) => Manifest | Promise<Manifest>,
): Promise<string> {
  const folder = temporaryFolder();
  await extract({ file: archive, cwd: folder });
  const file = join(folder, 'manifest.json');
  const manifest = await change(JSON.parse(await readFile(file, 'utf8')), folder);
  await writeFile(file, JSON.stringify(manifest));
  const copy = join(temporaryFolder(), 'changed.tar.gz');
  await create({ gzip: true, cwd: folder, file: copy }, ['.']);
  await rm(folder, { recursive: true });
  return copy;
}

/** The staging folder of a process that lives: `kill` ends it at once. */
export async function heldStaging(target: string): Promise<{ folder: string; kill(): Promise<void> }> {
  const child = fork(new URL('./staging-holder.ts', import.meta.url), { execArgv: process.execArgv });
  child.send(target);
  const [folder] = await once(child, 'message');
  return {
    folder,
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** The staging folder of a process that was killed. */
export async function abandonedStaging(target: string): Promise<string> {
  const { folder, kill } = await heldStaging(target);
  await kill();
  return folder;
}
