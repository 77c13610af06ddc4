/** A backup that was restored beside the server: what plugins look into during a rehearsal, in a process of its own. */
import type { Database } from '../database/database.ts';
import type { Logger } from '../observability/log.ts';
import type { Secrets } from '../security/secrets.ts';

export interface RestoredBackup {
  /** A copy: whatever is written to it goes with it. */
  db: Database;
  /** Its files and secrets, in a folder that goes as well. */
  dataDir: string;
  secrets: Secrets;
  log: Logger;
}

/** What is wrong with it, in a sentence; null when nothing is. */
export type RehearsalCheck = (restored: RestoredBackup) => Promise<string | null>;
