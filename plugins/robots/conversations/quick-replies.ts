/** Texts that a tenant keeps for answers, with variables. Table: robots_quick_replies. */
import { isUniqueViolation } from '#core/kit.ts';
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import { robotErrors } from '../errors.ts';
import type { QuickReplyRow } from './tables.ts';
import { checkVariables } from './variables.ts';

export interface QuickReplyWish {
  /** What it is called: `greeting`. */
  shortcut?: string;
  text?: string;
}

export interface QuickReplies {
  /** Throws `QUICK_REPLY_EXISTS`, `UNKNOWN_VARIABLE`. */
  create(tenantId: string, wish: Required<QuickReplyWish>): Promise<QuickReplyRow>;
  /** Throws `QUICK_REPLY_NOT_FOUND` and the same. */
  change(tenantId: string, uuid: string, wish: QuickReplyWish, unchanged: Precondition): Promise<QuickReplyRow>;
  remove(tenantId: string, uuid: string): Promise<void>;
  find(tenantId: string, uuid: string): Promise<QuickReplyRow>;
}

export function createQuickReplies({ db, clock }: Services): QuickReplies {
  return {
    async create(tenantId, { shortcut, text }) {
      checkVariables(text);
      const now = clock.now();
      const row = { uuid: crypto.randomUUID(), tenant_id: tenantId, shortcut, text, created_at: now, updated_at: now };
      const [reply] = await named(db.transaction((trx) => trx('robots_quick_replies').insert(row).returning('*')));
      if (!reply) throw new Error('A quick reply was not stored');
      return reply;
    },
    change: (tenantId, uuid, { shortcut, text }, unchanged) =>
      named(
        db.transaction(async (trx) => {
          const before = await locked(trx, tenantId, uuid);
          unchanged(before);
          if (text !== undefined) checkVariables(text);
          const patch = {
            ...(shortcut !== undefined && { shortcut }),
            ...(text !== undefined && { text }),
            updated_at: clock.now(),
          };
          await trx('robots_quick_replies').where({ id: before.id }).update(patch);
          return { ...before, ...patch };
        }),
      ),
    async remove(tenantId, uuid) {
      const gone = await db.write('robots_quick_replies').where({ uuid, tenant_id: tenantId }).delete();
      if (gone === 0) throw robotErrors.QUICK_REPLY_NOT_FOUND();
    },
    async find(tenantId, uuid) {
      const row = await db.read('robots_quick_replies').where({ uuid, tenant_id: tenantId }).first();
      if (!row) throw robotErrors.QUICK_REPLY_NOT_FOUND();
      return row;
    },
  };
}

async function locked(trx: Transaction, tenantId: string, uuid: string): Promise<QuickReplyRow> {
  const row = await trx('robots_quick_replies').where({ uuid, tenant_id: tenantId }).forUpdate().first();
  if (!row) throw robotErrors.QUICK_REPLY_NOT_FOUND();
  return row;
}

async function named<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isUniqueViolation(error) ? robotErrors.QUICK_REPLY_EXISTS() : error;
  }
}
