/** Answers that wait for a person: sent as they are or changed, or rejected. Once, whoever else does the same. Table: ai_replies_replies. */
import type { Precondition, Principal, Services, Transaction } from '#core/plugin.ts';
import type { Conversations } from '#plugins/robots/contract.ts';
import { aiErrors } from '../errors.ts';
import { seenReplies } from '../visibility.ts';
import type { Outcomes } from './outcomes.ts';
import { replyStates } from './states.ts';
import type { ReplyRow } from './tables.ts';

export interface Drafts {
  /** Throws `reply_not_found`, also for those of robots that the principal may not see. */
  find(principal: Principal, uuid: string): Promise<ReplyRow>;
  /**
   * Sends it, with this text instead of its own when one is given. Throws `reply_not_found`, `reply_not_open`,
   * `conversation_taken`, `limit_exceeded`, and what `unchanged` does.
   */
  send(principal: Principal, uuid: string, text: string | null, unchanged: Precondition): Promise<ReplyRow>;
  /** Throws `reply_not_found`, `reply_not_open`, and what `unchanged` does. */
  reject(principal: Principal, uuid: string, unchanged: Precondition): Promise<ReplyRow>;
}

export function createDrafts({
  db,
  clock,
  events,
  conversations,
  outcomes,
}: Services & { conversations: Conversations; outcomes: Outcomes }): Drafts {
  return {
    find: (principal, uuid) => found(seenReplies(db.read, principal, conversations).where({ uuid }).first()),
    async send(principal, uuid, text, unchanged) {
      const sent = await db.transaction(async (trx) => {
        const draft = await open(trx, principal, uuid, unchanged);
        const change = { user_id: deciderOf(principal), ...(text !== null && { text }) };
        const [reply] = await outcomes.sendWithin(trx, [draft], change);
        return reply;
      });
      if (!sent) throw aiErrors.conversation_taken();
      return sent;
    },
    reject: (principal, uuid, unchanged) =>
      db.transaction(async (trx) => {
        const draft = await open(trx, principal, uuid, unchanged);
        const change = { user_id: deciderOf(principal), updated_at: clock.now() };
        await replyStates.move(trx('ai_replies_replies').where({ id: draft.id }), 'reject', change);
        await emitRejected(trx, draft);
        return { ...draft, ...change, state: replyStates.to('reject') };
      }),
  };

  function emitRejected(
    trx: Transaction,
    { uuid: reply_id, conversation_id, robot_id, contact_id, tenant_id }: ReplyRow,
  ) {
    const about = { tenantId: tenant_id, subject: conversation_id };
    return events.emit(trx, 'ai.reply.rejected', { reply_id, conversation_id, robot_id, contact_id }, about);
  }

  /** Locked, after its turn, as everywhere. */
  async function open(
    trx: Transaction,
    principal: Principal,
    uuid: string,
    unchanged: Precondition,
  ): Promise<ReplyRow> {
    const known = await found(seenReplies(trx, principal, conversations).where({ uuid }).first());
    await trx('ai_replies_turns').where({ conversation_id: known.conversation_id }).forUpdate().first('version');
    const draft = await found(trx('ai_replies_replies').where({ id: known.id }).forUpdate().first());
    unchanged(draft);
    if (!replyStates.may('reject', draft.state)) throw aiErrors.reply_not_open();
    return draft;
  }

  async function found(row: PromiseLike<ReplyRow | undefined>): Promise<ReplyRow> {
    const reply = await row;
    if (!reply) throw aiErrors.reply_not_found();
    return reply;
  }
}

/** The root token is nobody. */
function deciderOf({ userId }: Principal): number | null {
  return userId === 0 ? null : userId;
}
