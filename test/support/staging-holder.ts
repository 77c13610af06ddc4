/** A process that makes a staging folder for the backup that it is told, says where, and lives until it is killed. */
import { type Staging, stagingFor } from '#core/backup/staging.ts';

/** Kept: a lock that nobody has any more is let go. */
const held: Staging[] = [];

process.on('message', async (target: string) => {
  const staging = await stagingFor(target);
  held.push(staging);
  process.send?.(staging.folder);
});
