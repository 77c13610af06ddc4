/** `patchbay backup:key`: makes a key for encrypted backups and prints it once; the server keeps a sealed copy. */
import { createBackupKeys } from '../backup/keys.ts';
import { isoSeconds } from '../iso-time.ts';
import { withPlatform } from './with-platform.ts';

export async function backupKey(): Promise<void> {
  await withPlatform('change', async ({ services }) => {
    const { identity, recipient } = await createBackupKeys(services).make();
    // As `age-keygen` writes it, so that all of it may go into a file.
    process.stdout.write(
      `# created: ${isoSeconds(services.clock.now())}\n# public key: ${recipient}\n${identity}\n` +
        `# Keep this where the server is not: without it nobody reads the backups again.\n` +
        `# To use it: backups.encryption.recipient: ${recipient}\n`,
    );
  });
}
