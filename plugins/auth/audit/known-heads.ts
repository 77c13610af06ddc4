/**
 * The heads of the audit log's chains outside of the database: `audit-heads.json` in the bucket, or in the data folder. Who cuts
 * the newest entries off in the database, and puts an older head back, is found out by it.
 */
import type { Services } from '#core/plugin.ts';
import type { AuditHashes } from './hashes.ts';
import type { AuditChain } from './tables.ts';

export type KnownHeads = Partial<Record<AuditChain, { seq: number; hash: string }>>;

export interface AuditHeads {
  /** Null when there are none. Throws when they are damaged or were changed, and `unavailable` while the bucket does not answer. */
  read(): Promise<KnownHeads | null>;
  write(heads: KnownHeads): Promise<void>;
}

const NAME = 'audit-heads.json';

export function createAuditHeads(kept: Services['keptOutside'], hashes: AuditHashes): AuditHeads {
  return {
    async read() {
      const text = await kept.read(NAME);
      if (text === null) return null;
      const { heads, mac }: { heads: KnownHeads; mac: string } = JSON.parse(text);
      if (mac !== hashes.file(heads)) throw new Error(`${NAME} in ${kept.place} was changed by someone else`);
      return heads;
    },
    write: (heads) => kept.write(NAME, JSON.stringify({ heads, mac: hashes.file(heads) })),
  };
}
