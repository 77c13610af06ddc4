/** Knowledge bases: which documents belong together, and how they are cut and judged. Table: ai_replies_bases. */
import type { Services, Transaction } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import type { PartsInUse } from '../parts-in-use.ts';
import { ERASE_KNOWLEDGE } from './job-names.ts';
import type { BaseRow } from './tables.ts';

export interface Bases {
  /** It is gone at once, and soon all that was in it. */
  remove(tenantId: string, uuid: string): Promise<void>;
  /** Throws `base_not_found`. */
  find(tenantId: string, uuid: string): Promise<BaseRow>;
  /** All of a tenant, or those of these ids that are its. */
  of(tenantId: string, uuids: readonly string[] | null): Promise<BaseRow[]>;
}

export const DEFAULTS = { floor: 0.25, chunk_tokens: 400, overlap_tokens: 40 };
export const MOST_BASES = 200;

export function createBases({ db, jobs, partsInUse }: Services & { partsInUse: PartsInUse }): Bases {
  return {
    remove: (tenantId, uuid) =>
      db.transaction(async (trx) => {
        const { id } = await locked(trx, tenantId, uuid);
        // Its name may be given again.
        await trx('ai_replies_bases').where({ id }).update({ is_gone: 1, name: uuid });
        await jobs.enqueue(trx, ERASE_KNOWLEDGE, { base: id }, { lane: tenantId });
      }),
    async find(tenantId, uuid) {
      const row = await db.read('ai_replies_bases').where({ uuid, tenant_id: tenantId, is_gone: 0 }).first();
      if (!row) throw aiErrors.base_not_found();
      return row;
    },
    async of(tenantId, uuids) {
      if (!(await partsInUse.of(tenantId)).bases) return [];
      const rows = db.read('ai_replies_bases').where({ tenant_id: tenantId, is_gone: 0 }).limit(MOST_BASES);
      return uuids === null ? rows : rows.whereIn('uuid', [...uuids]);
    },
  };
}

async function locked(trx: Transaction, tenantId: string, uuid: string): Promise<BaseRow> {
  const row = await trx('ai_replies_bases').where({ uuid, tenant_id: tenantId, is_gone: 0 }).forUpdate().first();
  if (!row) throw aiErrors.base_not_found();
  return row;
}
