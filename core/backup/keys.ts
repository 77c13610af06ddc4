/**
 * Keys of encrypted backups. Each is shown once, when it is made; the server keeps a sealed copy, with which it rehearses its own
 * backups. Table: core_backup_keys.
 */
import { messageOf } from '../errors.ts';
import type { Services } from '../services.ts';
import { type KeyPair, newKeyPair } from './encryption.ts';

/** Table `core_backup_keys`. */
export interface BackupKeyRow {
  recipient: string;
  /** Its identity, sealed. */
  identity: string;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_backup_keys: BackupKeyRow;
    }
  }
}

export interface BackupKeys {
  /** The only time that somebody sees the identity. */
  make(): Promise<KeyPair>;
  /** All that there are: older backups are of older ones. */
  identities(): Promise<string[]>;
}

const PURPOSE = 'backup.key';

export function createBackupKeys({ db, secrets, clock }: Pick<Services, 'db' | 'secrets' | 'clock'>): BackupKeys {
  return {
    async make() {
      const pair = await newKeyPair();
      const identity = secrets.seal(PURPOSE, pair.identity, pair.recipient);
      await db.write('core_backup_keys').insert({ recipient: pair.recipient, identity, created_at: clock.now() });
      return pair;
    },
    async identities() {
      const rows = await db.read('core_backup_keys').orderBy('created_at', 'desc');
      return rows.map(({ recipient, identity }) => {
        try {
          return secrets.open(PURPOSE, identity, recipient).toString();
        } catch (error) {
          throw new Error(`The key of ${recipient} cannot be opened: ${messageOf(error)}`, { cause: error });
        }
      });
    },
  };
}
