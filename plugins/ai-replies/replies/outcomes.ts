/**
 * What becomes of an answer that was made: sent, kept until its time, shown to a person, or held. One transaction, which looks
 * whether anything newer has happened, so that it is sent once whoever dies in between. Tables: ai_replies_turns, ai_replies_replies.
 */
import { AppError } from '#core/errors.ts';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { Conversations } from '#plugins/robots/contract.ts';
import { AI_REPLIES } from '../meters.ts';
import type { ReplyRow, ReplyState, TurnRow } from './tables.ts';
import { isFirstOfDay } from './told.ts';
import { type AnswerWish, type Made, saidIn } from './types.ts';

export interface Outcome {
  turn: TurnRow;
  made: Made;
  /** What was answered. */
  question: string;
  /** The newest message that it is about. */
  messageId: string;
  needsApproval: boolean;
  /** Not before this time. */
  sendAt: number;
}

export interface Outcomes {
  /** Nothing at all when the turn has moved on. */
  settle(outcome: Outcome): Promise<void>;
  /** Sends an answer whose time has come. */
  sendReady(uuid: string): Promise<void>;
  /**
   * Sends the reply in the transaction; null when automatic answers may not be given any more. Throws `limit_exceeded`.
   */
  sendWithin(trx: Transaction, reply: ReplyRow, change: Partial<ReplyRow>): Promise<ReplyRow | null>;
}

export const SEND_JOB = 'ai-replies.send';
/** What is told once a day of a conversation, because it stays as it is. */
const TOLD_ONCE = new Set(['consent', 'no_provider', 'budget', 'limit']);
/** Why a person takes over, where that is more than that a model or a policy wants it. */
const OWN_REASONS = new Set(['sensitive_words', 'provider_failed']);
const LONGEST_QUESTION = 2_000;

type Written = Omit<ReplyRow, 'id'>;

export function createOutcomes({
  db,
  clock,
  events,
  jobs,
  usage,
  conversations,
}: Services & { conversations: Conversations }): Outcomes {
  const settling = defineBatch<Outcome, void>({ name: 'ai-replies.outcomes', write: settleAll });
  const sending = defineBatch<string, void>({ name: 'ai-replies.ready', write: sendAll });

  return {
    async settle(outcome) {
      try {
        await db.batch(settling, outcome);
      } catch (error) {
        if (!isOverLimit(error)) throw error;
        await db.batch(settling, { ...outcome, made: { ...outcome.made, action: 'held', reason: 'limit' } });
      }
    },
    async sendReady(uuid) {
      try {
        await db.batch(sending, uuid);
      } catch (error) {
        if (!isOverLimit(error)) throw error;
        await db.transaction((trx) => holdReady(trx, uuid));
      }
    },
    sendWithin,
  };

  async function settleAll(trx: Transaction, outcomes: Outcome[]): Promise<undefined[]> {
    const inOrder = outcomes.toSorted((one, other) => (one.turn.conversation_id < other.turn.conversation_id ? -1 : 1));
    for (const outcome of inOrder) await settleOne(trx, outcome);
    return outcomes.map(() => undefined);
  }

  async function settleOne(trx: Transaction, outcome: Outcome): Promise<void> {
    const { turn, made } = outcome;
    const { conversation_id, version, robot_id, tenant_id } = turn;
    const now = clock.now();
    const isReply = made.action === 'reply';
    const isDraft = isReply && outcome.needsApproval && !made.isFixed && made.approved === null;
    const waits = isReply && !isDraft && outcome.sendAt > now;
    const isStill = await trx('ai_replies_turns')
      .where({ conversation_id, version, state: 'waiting' })
      .update({
        ...{ state: waits ? 'ready' : 'idle', failures: 0, updated_at: now },
        ...(!waits && { decided_message: outcome.messageId }),
      });
    if (isStill === 0) return;
    if (made.asked) await conversations.countAnswering(trx, robot_id, { calls: 1, micros: made.asked.micros });
    if (made.action === 'handover') return handOver(trx, outcome);
    if (made.action === 'held') return hold(trx, outcome);
    // While a person has it, nothing is decided about each thing that is said.
    if (made.action === 'silent') return void (made.reason !== 'taken' && (await insert(trx, outcome, 'silent')));
    if (isDraft) return generated(trx, await insert(trx, outcome, 'draft'));
    if (!waits) return sendAtOnce(trx, outcome);
    const { uuid } = await insert(trx, outcome, 'ready');
    await jobs.enqueue(trx, SEND_JOB, { reply: uuid }, { lane: tenant_id, runAt: outcome.sendAt });
  }

  async function sendAtOnce(trx: Transaction, outcome: Outcome): Promise<void> {
    const { turn, made } = outcome;
    const commands = await conversations.say(trx, turn.conversation_id, made.text);
    if (commands.length === 0) {
      const taken = { ...outcome, made: { ...made, reason: 'taken' } };
      return void (await insert(trx, taken, 'withdrawn'));
    }
    const reply = await insert(trx, outcome, 'sent');
    await usage.consume(trx, { tenantId: turn.tenant_id, meter: AI_REPLIES, idempotencyKey: reply.uuid });
    await generated(trx, reply);
  }

  async function sendAll(trx: Transaction, uuids: string[]): Promise<undefined[]> {
    // In the order in which answers are settled, so that two replicas do not wait for each other in a ring.
    const replies = await trx('ai_replies_replies').whereIn('uuid', uuids).orderBy('conversation_id');
    for (const reply of replies) await sendOne(trx, reply);
    return uuids.map(() => undefined);
  }

  /** The turn first, as everywhere, so that two do not wait for each other in a ring. */
  async function sendOne(
    trx: Transaction,
    { uuid, conversation_id, turn_version, message_id }: ReplyRow,
  ): Promise<void> {
    const now = clock.now();
    const isStill = await trx('ai_replies_turns')
      .where({ conversation_id, version: turn_version, state: 'ready' })
      .update({ state: 'idle', decided_message: message_id, updated_at: now });
    const reply = await trx('ai_replies_replies').where({ uuid, state: 'ready' }).forUpdate().first();
    if (isStill > 0 && reply) await sendWithin(trx, reply, {});
  }

  async function sendWithin(trx: Transaction, reply: ReplyRow, change: Partial<ReplyRow>): Promise<ReplyRow | null> {
    const now = clock.now();
    const { id, uuid, tenant_id, conversation_id } = reply;
    const text = change.text ?? reply.text;
    const commands = await conversations.say(trx, conversation_id, text);
    if (commands.length === 0) {
      await trx('ai_replies_replies').where({ id }).update({ state: 'withdrawn', reason: 'taken', updated_at: now });
      return null;
    }
    await usage.consume(trx, { tenantId: tenant_id, meter: AI_REPLIES, idempotencyKey: uuid });
    const sent = { ...change, state: 'sent' as const, sent_at: now, updated_at: now };
    await trx('ai_replies_replies').where({ id }).update(sent);
    await generated(trx, { ...reply, ...sent });
    return { ...reply, ...sent };
  }

  async function handOver(trx: Transaction, outcome: Outcome): Promise<void> {
    const { turn, made } = outcome;
    const { conversation_id, tenant_id } = turn;
    if (made.text !== '') await conversations.say(trx, conversation_id, made.text);
    await conversations.handOver(trx, tenant_id, conversation_id, made.reason);
    await insert(trx, outcome, 'held');
    await tellHeld(trx, turn, OWN_REASONS.has(made.reason) ? made.reason : 'handover');
  }

  async function hold(trx: Transaction, outcome: Outcome): Promise<void> {
    const { turn, made } = outcome;
    const isNews =
      !TOLD_ONCE.has(made.reason) || (await isFirstOfDay(trx, turn.conversation_id, made.reason, clock.now()));
    if (!isNews) return;
    await insert(trx, outcome, 'held');
    await tellHeld(trx, turn, made.reason);
  }

  async function holdReady(trx: Transaction, uuid: string): Promise<void> {
    const now = clock.now();
    const reply = await trx('ai_replies_replies').where({ uuid, state: 'ready' }).first();
    if (!reply) return;
    const { conversation_id, turn_version, message_id } = reply;
    await trx('ai_replies_turns')
      .where({ conversation_id, version: turn_version, state: 'ready' })
      .update({ state: 'idle', decided_message: message_id, updated_at: now });
    await trx('ai_replies_replies')
      .where({ uuid, state: 'ready' })
      .update({ state: 'held', reason: 'limit', updated_at: now });
    if (await isFirstOfDay(trx, conversation_id, 'limit', now)) await tellHeld(trx, reply, 'limit');
  }

  async function insert(trx: Transaction, outcome: Outcome, state: ReplyState): Promise<ReplyRow> {
    const [row] = await trx('ai_replies_replies')
      .insert(rowOf(outcome, state, clock.now()))
      .returning('*');
    if (!row) throw new Error('A reply was not stored');
    return row;
  }

  async function tellHeld(
    trx: Transaction,
    { conversation_id, robot_id, tenant_id }: Pick<TurnRow, 'conversation_id' | 'robot_id' | 'tenant_id'>,
    reason: string,
  ): Promise<void> {
    const about = { tenantId: tenant_id, subject: conversation_id };
    await events.emit(trx, 'ai.reply.held', { conversation_id, robot_id, reason }, about);
  }

  async function generated(trx: Transaction, reply: ReplyRow): Promise<void> {
    const { uuid, conversation_id, robot_id, contact_id, provider, model, tenant_id } = reply;
    const state = reply.state === 'draft' ? 'draft' : 'sent';
    const data = { reply_id: uuid, conversation_id, robot_id, contact_id, state, provider, model } as const;
    await events.emit(trx, 'ai.reply.generated', data, { tenantId: tenant_id, subject: conversation_id });
  }
}

/** What was said, as it is kept beside the answer. */
export function questionOf({ pending }: Pick<AnswerWish, 'pending'>): string {
  return saidIn(pending).slice(0, LONGEST_QUESTION);
}

function rowOf({ turn, made, question, messageId, sendAt }: Outcome, state: ReplyState, now: number): Written {
  const { tenant_id, robot_id, conversation_id, contact_id, room, version } = turn;
  const { asked } = made;
  return {
    ...{ uuid: crypto.randomUUID(), tenant_id, robot_id, conversation_id, contact_id, room, state },
    ...{ reason: made.reason, question, text: made.text, sources: JSON.stringify(made.sources) },
    ...{ provider: asked?.provider ?? null, model: asked?.model ?? null, micros: asked?.micros ?? 0 },
    ...{ input_tokens: asked?.inputTokens ?? 0, output_tokens: asked?.outputTokens ?? 0 },
    ...{ prompt_hash: made.promptHash, approved: made.approved, message_id: messageId, turn_version: version },
    ...{ send_at: sendAt, sent_at: state === 'sent' ? now : null, user_id: null, created_at: now, updated_at: now },
  };
}

function isOverLimit(error: unknown): boolean {
  return error instanceof AppError && error.code === 'limit_exceeded';
}
