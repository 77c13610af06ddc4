/** Knowledge bases: which documents belong together, and how they are cut and judged. Table: ai_replies_bases. */
import { isUniqueViolation } from '#core/kit.ts';
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import type { PartsInUse } from '../parts-in-use.ts';
import { ERASE_KNOWLEDGE } from './job-names.ts';
import type { BaseRow } from './tables.ts';

export interface BaseWish {
  name?: string;
  /** From 0 to 1. */
  floor?: number;
  chunk_tokens?: number;
  overlap_tokens?: number;
}

export interface Bases {
  /** Throws `base_exists`, `too_many_bases`. */
  create(tenantId: string, wish: BaseWish & { name: string }): Promise<BaseRow>;
  /** What is in it is cut anew when it is read the next time. Throws `base_not_found`, `base_exists`. */
  change(tenantId: string, uuid: string, wish: BaseWish, unchanged: Precondition): Promise<BaseRow>;
  /** It is gone at once, and soon all that was in it. */
  remove(tenantId: string, uuid: string): Promise<void>;
  /** Throws `base_not_found`. */
  find(tenantId: string, uuid: string): Promise<BaseRow>;
  /** All of a tenant, or those of these ids that are its. */
  of(tenantId: string, uuids: readonly string[] | null): Promise<BaseRow[]>;
}

export const DEFAULTS = { floor: 0.25, chunk_tokens: 400, overlap_tokens: 40 };
const MOST_BASES = 200;

export function createBases({ db, clock, jobs, partsInUse }: Services & { partsInUse: PartsInUse }): Bases {
  return {
    async create(tenantId, wish) {
      const now = clock.now();
      const row = {
        ...DEFAULTS,
        ...wish,
        uuid: crypto.randomUUID(),
        tenant_id: tenantId,
        created_at: now,
        updated_at: now,
      };
      const base = await named(
        db.transaction(async (trx) => {
          const kept = await trx('ai_replies_bases').where({ tenant_id: tenantId }).count({ value: '*' }).first();
          if (Number(kept?.value) >= MOST_BASES) throw aiErrors.too_many_bases();
          const [made] = await trx('ai_replies_bases').insert(row).returning('*');
          await partsInUse.made(trx, tenantId);
          return made;
        }),
      );
      if (!base) throw new Error('A knowledge base was not stored');
      return base;
    },
    change: (tenantId, uuid, wish, unchanged) =>
      named(
        db.transaction(async (trx) => {
          const before = await locked(trx, tenantId, uuid);
          unchanged(before);
          const patch = { ...wish, updated_at: clock.now() };
          await trx('ai_replies_bases').where({ id: before.id }).update(patch);
          return { ...before, ...patch };
        }),
      ),
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

async function named<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isUniqueViolation(error) ? aiErrors.base_exists() : error;
  }
}
