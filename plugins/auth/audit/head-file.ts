/**
 * The heads of the audit log's chains outside of the database: `audit-heads.json` in the data folder. Who cuts the
 * newest entries off in the database, and puts an older head back, is found out by it.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '#core/kit.ts';
import type { AuditHashes } from './hashes.ts';
import type { AuditChain } from './tables.ts';

export type KnownHeads = Partial<Record<AuditChain, { seq: number; hash: string }>>;

export interface AuditHeadFile {
  /** Null when there is none. Throws when it is damaged or was changed. */
  read(): Promise<KnownHeads | null>;
  write(heads: KnownHeads): Promise<void>;
}

export function createAuditHeadFile(dataDir: string, hashes: AuditHashes): AuditHeadFile {
  const file = join(dataDir, 'audit-heads.json');

  return {
    async read() {
      let text: string;
      try {
        text = await readFile(file, 'utf8');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }
      const { heads, mac }: { heads: KnownHeads; mac: string } = JSON.parse(text);
      if (mac !== hashes.file(heads)) throw new Error(`${file} was changed by someone else`);
      return heads;
    },
    async write(heads) {
      const temporary = `${file}.${randomUUID()}`;
      // Synced before it has its name: after a loss of power there would be a file of that name without its bytes.
      await writeFile(temporary, JSON.stringify({ heads, mac: hashes.file(heads) }), { mode: 0o600, flush: true });
      await rename(temporary, file);
    },
  };
}
