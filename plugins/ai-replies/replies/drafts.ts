/** Answers that wait for a person: sent as they are or changed, or rejected. Once, whoever else does the same. Table: ai_replies_replies. */
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import type { Outcomes } from './outcomes.ts';
import type { ReplyRow } from './tables.ts';

/** Who decides. */
export interface Decider {
  tenantId: string;
  /** Integer key; null for who is no account. */
  userId: number | null;
}

export interface Drafts {
  /** Throws `reply_not_found`, also for those of other tenants. */
  find(tenantId: string, uuid: string): Promise<ReplyRow>;
  /**
   * Sends it, with this text instead of its own when one is given. Throws `reply_not_found`, `reply_not_open`,
   * `conversation_taken`, `limit_exceeded`, and what `unchanged` does.
   */
  send(decider: Decider, uuid: string, text: string | null, unchanged: Precondition): Promise<ReplyRow>;
  /** Throws `reply_not_found`, `reply_not_open`, and what `unchanged` does. */
  reject(decider: Decider, uuid: string, unchanged: Precondition): Promise<ReplyRow>;
}

export function createDrafts({ db, clock, outcomes }: Services & { outcomes: Outcomes }): Drafts {
  return {
    find: (tenantId, uuid) => found(db.read('ai_replies_replies').where({ tenant_id: tenantId, uuid }).first()),
    async send(decider, uuid, text, unchanged) {
      const sent = await db.transaction(async (trx) => {
        const draft = await open(trx, decider, uuid, unchanged);
        const change = { user_id: decider.userId, ...(text !== null && { text }) };
        const [reply] = await outcomes.sendWithin(trx, [draft], change);
        return reply;
      });
      if (!sent) throw aiErrors.conversation_taken();
      return sent;
    },
    reject: (decider, uuid, unchanged) =>
      db.transaction(async (trx) => {
        const draft = await open(trx, decider, uuid, unchanged);
        const change = { state: 'rejected' as const, user_id: decider.userId, updated_at: clock.now() };
        await trx('ai_replies_replies').where({ id: draft.id }).update(change);
        return { ...draft, ...change };
      }),
  };

  /** Locked, after its turn, as everywhere. */
  async function open(
    trx: Transaction,
    { tenantId }: Decider,
    uuid: string,
    unchanged: Precondition,
  ): Promise<ReplyRow> {
    const known = await found(trx('ai_replies_replies').where({ tenant_id: tenantId, uuid }).first());
    await trx('ai_replies_turns').where({ conversation_id: known.conversation_id }).forUpdate().first('version');
    const draft = await found(trx('ai_replies_replies').where({ id: known.id }).forUpdate().first());
    unchanged(draft);
    if (draft.state !== 'draft') throw aiErrors.reply_not_open();
    return draft;
  }

  async function found(row: PromiseLike<ReplyRow | undefined>): Promise<ReplyRow> {
    const reply = await row;
    if (!reply) throw aiErrors.reply_not_found();
    return reply;
  }
}
