/**
 * What becomes of answers that were made: sent, kept until their time, shown to a person, or held. One transaction for all that
 * wait, which looks whether anything newer has happened, so that each is sent once whoever dies in between. Tables:
 * ai_replies_turns, ai_replies_replies.
 */
import { insertRows, type PlainCell, together } from '#core/kit.ts';
import { AppError, defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { Conversations } from '#plugins/robots/contract.ts';
import { AI_REPLIES } from '../meters.ts';
import { isFirstOfDay } from './once-per-day.ts';
import { replyStates } from './states.ts';
import type { ReplyRow, ReplyState, TurnRow } from './tables.ts';
import type { Turns } from './turns.ts';
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
  /** An answer that is ready is not sent: a person takes over, with this sentence. */
  giveUpReady(uuid: string, sentence: string): Promise<void>;
  /**
   * Sends replies in the transaction, changed so; gives those that were sent: automatic answers may not be given any more where
   * one is missing. Throws `limit_exceeded`.
   */
  sendWithin(trx: Transaction, replies: readonly ReplyRow[], change: Change): Promise<ReplyRow[]>;
}

/** By whom, and with which words instead of its own. */
export type Change = Partial<Pick<ReplyRow, 'user_id' | 'text'>>;

export const SEND_JOB = 'ai-replies.send';

/** Of the one job that an answer has whose time has not come. */
function sendKey(uuid: string): string {
  return `${SEND_JOB}/${uuid}`;
}

/** Why a person takes over, where that is more than that a model or a policy wants it. */
const OWN_REASONS = new Set([
  'consent',
  'no_provider',
  'budget',
  'limit',
  'sensitive_words',
  'provider_failed',
  'error',
]);
const LONGEST_QUESTION = 2_000;

type Written = Omit<ReplyRow, 'id'>;

/** An outcome with the row that it leaves. */
interface Decided extends Outcome {
  row: Written;
}

const COLUMNS = [
  ...(['uuid', 'tenant_id', 'robot_id', 'conversation_id', 'contact_id', 'room', 'state', 'reason'] as const),
  ...(['question', 'text', 'sources', 'provider', 'model', 'micros', 'input_tokens', 'output_tokens'] as const),
  ...(['prompt_hash', 'approved', 'message_id', 'turn_version', 'send_at', 'sent_at', 'user_id'] as const),
  ...(['created_at', 'updated_at'] as const),
];

export function createOutcomes({
  db,
  clock,
  events,
  jobs,
  usage,
  conversations,
  turns,
}: Services & { conversations: Conversations; turns: Turns }): Outcomes {
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
    giveUpReady: (uuid, sentence) => db.transaction((trx) => giveUpWithin(trx, uuid, sentence)),
    sendWithin,
  };

  async function settleAll(trx: Transaction, outcomes: Outcome[]): Promise<undefined[]> {
    const wanted = await stillWanted(trx, outcomes);
    const asked = wanted.flatMap(({ turn, made }) =>
      made.asked ? [{ robotId: turn.robot_id, calls: 1, micros: made.asked.micros }] : [],
    );
    const deciding = decide(trx, wanted);
    await together([deciding, conversations.countAnswering(trx, asked)]);
    const rows = await deciding;
    const ready = rows.filter(({ state }) => state === 'ready');
    await together([
      insertRows(trx, 'ai_replies_replies', COLUMNS, rows.map(cellsOf)),
      count(
        trx,
        rows.filter(({ state }) => state === 'sent'),
      ),
    ]);
    // Not beside them: a count that reaches a limit makes jobs as well.
    await jobs.enqueueAll(
      trx,
      ready.map(({ uuid, tenant_id: lane, send_at }) => ({
        name: SEND_JOB,
        payload: { reply: uuid },
        key: sendKey(uuid),
        lane,
        ...(send_at !== null && { runAt: send_at }),
      })),
    );
    for (const row of rows) await emitOutcome(trx, row);
    return outcomes.map(() => undefined);
  }

  /** Says what is to be said at once; gives the rows that are left of the outcomes. */
  async function decide(trx: Transaction, wanted: readonly Decided[]): Promise<Written[]> {
    const kept: Written[] = [];
    for (const one of wanted) if (await isKept(trx, one)) kept.push(one.row);
    const said = await say(
      trx,
      kept.filter(({ state }) => state === 'sent'),
    );
    return kept.map((row) => (row.state === 'sent' && !said.has(row) ? { ...row, ...TAKEN } : row));
  }

  /** Those whose turns have not moved on; these have then. Of an outcome that comes twice, one. */
  async function stillWanted(trx: Transaction, outcomes: readonly Outcome[]): Promise<Decided[]> {
    const now = clock.now();
    const decided = new Map(outcomes.map((one) => [turnKey(one.turn), { ...one, row: rowOf(one, now) }]));
    const moves = [...decided.values()].map(({ turn, row, messageId }) => ({
      conversation_id: turn.conversation_id,
      version: turn.version,
      ...(row.state === 'ready'
        ? { to: 'ready' as const, decided: null }
        : { to: 'idle' as const, decided: messageId }),
    }));
    const moved = await turns.move(trx, 'settle', moves);
    return moved.flatMap((turn) => decided.get(turnKey(turn)) ?? []);
  }

  /** What an outcome does beside its row; whether it leaves one. */
  async function isKept(trx: Transaction, { turn, made }: Decided): Promise<boolean> {
    const { conversation_id: conversationId, tenant_id } = turn;
    switch (made.action) {
      case 'handover':
        if (made.text !== '') await conversations.say(trx, [{ conversationId, markdown: made.text }]);
        await conversations.handOver(trx, tenant_id, conversationId, made.reason);
        return true;
      case 'held':
        // It stays as it is: once a day is enough.
        return isFirstOfDay(trx, conversationId, made.reason, clock.now());
      case 'silent':
        // While a person has it, nothing is decided about each thing that is said.
        return made.reason !== 'taken';
      case 'reply':
        return true;
    }
  }

  /** The turn first, as everywhere, so that two do not wait for each other in a ring. */
  async function sendAll(trx: Transaction, uuids: string[]): Promise<undefined[]> {
    const known = await trx('ai_replies_replies').whereIn('uuid', uuids).where({ state: 'ready' });
    const moves = known.map(({ conversation_id, turn_version, message_id }) => ({
      conversation_id,
      version: turn_version,
      to: 'idle' as const,
      decided: message_id,
    }));
    const moved = new Set((await turns.move(trx, 'release', moves)).map(turnKey));
    const wanted = known.filter(({ conversation_id, turn_version: version }) =>
      moved.has(turnKey({ conversation_id, version })),
    );
    const ids = wanted.map(({ id }) => id);
    const ready = await trx('ai_replies_replies')
      .whereIn('id', ids)
      .where({ state: 'ready' })
      .orderBy('id')
      .forUpdate();
    await sendWithin(trx, ready, {});
    return uuids.map(() => undefined);
  }

  async function sendWithin(trx: Transaction, replies: readonly ReplyRow[], change: Change): Promise<ReplyRow[]> {
    const now = clock.now();
    const changed = replies.map((reply) => ({ ...reply, ...change, updated_at: now }));
    const said = await say(trx, changed);
    const sent = changed.filter((reply) => said.has(reply)).map((reply) => ({ ...reply, ...sentAt(now) }));
    const taken = changed.filter((reply) => !said.has(reply));
    await count(trx, sent);
    await update(trx, sent, 'send', { ...change, ...sentAt(now), updated_at: now });
    await update(trx, taken, 'take', { ...TAKEN, updated_at: now });
    for (const reply of sent) await emitOutcome(trx, reply);
    return sent;
  }

  /** Gives those that could be said. */
  async function say<R extends Written>(trx: Transaction, replies: readonly R[]): Promise<ReadonlySet<R>> {
    const commands = await conversations.say(
      trx,
      replies.map(({ conversation_id: conversationId, text: markdown }) => ({ conversationId, markdown })),
    );
    return new Set(replies.filter((_, place) => commands[place]?.length));
  }

  /** Against the plans of their tenants, in one order. */
  async function count(trx: Transaction, sent: readonly Written[]): Promise<void> {
    const byTenant = Map.groupBy(sent, ({ tenant_id }) => tenant_id);
    for (const tenantId of [...byTenant.keys()].sort())
      await usage.consume(trx, { tenantId, meter: AI_REPLIES, amount: byTenant.get(tenantId)?.length ?? 0 });
  }

  /** These rows are locked: none of them is anywhere else by now. */
  async function update(
    trx: Transaction,
    rows: readonly ReplyRow[],
    move: 'send' | 'take',
    change: Partial<ReplyRow>,
  ): Promise<void> {
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await replyStates.move(trx('ai_replies_replies').whereIn('id', ids), move, change);
  }

  async function holdReady(trx: Transaction, uuid: string): Promise<void> {
    const now = clock.now();
    const reply = await trx('ai_replies_replies').where({ uuid, state: 'ready' }).first();
    if (!reply) return;
    const { id, conversation_id, turn_version: version, message_id: decided } = reply;
    await turns.move(trx, 'release', [{ conversation_id, version, to: 'idle', decided }]);
    const held = { state: replyStates.to('hold'), reason: 'limit', updated_at: now };
    if ((await replyStates.move(trx('ai_replies_replies').where({ id }), 'hold', held)) === 0) return;
    if (await isFirstOfDay(trx, conversation_id, 'limit', now)) await emitOutcome(trx, { ...reply, ...held });
  }

  async function giveUpWithin(trx: Transaction, uuid: string, markdown: string): Promise<void> {
    const reply = await trx('ai_replies_replies').where({ uuid, state: 'ready' }).first();
    if (!reply) return;
    const { id, conversation_id: conversationId, turn_version: version, message_id: decided, tenant_id } = reply;
    await turns.move(trx, 'release', [{ conversation_id: conversationId, version, to: 'idle', decided }]);
    const held = { state: replyStates.to('giveUp'), reason: 'error', updated_at: clock.now() };
    if ((await replyStates.move(trx('ai_replies_replies').where({ id }), 'giveUp', held)) === 0) return;
    await conversations.say(trx, [{ conversationId, markdown }]);
    await conversations.handOver(trx, tenant_id, conversationId, 'error');
    await emitOutcome(trx, { ...reply, ...held });
  }

  async function emitOutcome(trx: Transaction, reply: Written): Promise<void> {
    const { uuid, state, reason, conversation_id, robot_id, contact_id, provider, model, tenant_id } = reply;
    const about = { tenantId: tenant_id, subject: conversation_id };
    if (state === 'held') {
      const told = OWN_REASONS.has(reason) ? reason : 'handover';
      await events.emit(trx, 'ai.reply.held', { conversation_id, robot_id, reason: told }, about);
    }
    if (state === 'draft' || state === 'sent') {
      const data = { reply_id: uuid, conversation_id, robot_id, contact_id, state, provider, model };
      await events.emit(trx, 'ai.reply.generated', data, about);
    }
  }
}

/** What was said, as it is kept beside the answer. */
export function questionOf({ pending }: Pick<AnswerWish, 'pending'>): string {
  return saidIn(pending).slice(0, LONGEST_QUESTION);
}

function stateOf({ made, needsApproval, sendAt }: Outcome, now: number): ReplyState {
  if (made.action === 'silent') return 'silent';
  if (made.action !== 'reply') return 'held';
  // What people have approved before, and their own sentences, need nobody's approval again.
  if (needsApproval && !made.isFixed && made.approved === null) return 'draft';
  return sendAt > now ? 'ready' : 'sent';
}

function rowOf(outcome: Outcome, now: number): Written {
  const { turn, made, question, messageId, sendAt } = outcome;
  const { tenant_id, robot_id, conversation_id, contact_id, room, version } = turn;
  const { asked } = made;
  const state = stateOf(outcome, now);
  return {
    uuid: crypto.randomUUID(),
    tenant_id,
    robot_id,
    conversation_id,
    contact_id,
    room,
    state,
    reason: made.reason,
    question,
    text: made.text,
    sources: JSON.stringify(made.sources),
    provider: asked?.provider ?? null,
    model: asked?.model ?? null,
    micros: asked?.micros ?? 0,
    input_tokens: asked?.inputTokens ?? 0,
    output_tokens: asked?.outputTokens ?? 0,
    prompt_hash: made.promptHash,
    approved: made.approved,
    message_id: messageId,
    turn_version: version,
    send_at: sendAt,
    sent_at: state === 'sent' ? now : null,
    user_id: null,
    created_at: now,
    updated_at: now,
  };
}

/** Somebody has taken the conversation over meanwhile. */
const TAKEN = { state: replyStates.to('take'), reason: 'taken', sent_at: null };

function sentAt(now: number) {
  return { state: replyStates.to('send'), sent_at: now };
}

function cellsOf(row: Written): PlainCell[] {
  return COLUMNS.map((column) => row[column]);
}

function turnKey({ conversation_id, version }: Pick<TurnRow, 'conversation_id' | 'version'>): string {
  return `${conversation_id} ${version}`;
}

function isOverLimit(error: unknown): boolean {
  return error instanceof AppError && error.code === 'limit_exceeded';
}
