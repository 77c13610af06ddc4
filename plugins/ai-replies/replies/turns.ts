/**
 * Whose turn it is: messages that come one after the other are answered together, when the person pauses. A row and a job for
 * each conversation that waits, nothing in memory. Table: ai_replies_turns.
 */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { placeholders, rowsOf, valuesTable } from '#core/kit.ts';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { Conversations } from '#plugins/robots/contract.ts';
import type { AnswerAgain } from '../answer-again.ts';
import { handoverSentence } from './handover-sentence.ts';
import type { Policies } from './policies.ts';
import type { RunningAnswers } from './running.ts';
import { replyStates, TURN_MOVES, turnStates } from './states.ts';
import type { TurnRow } from './tables.ts';

export interface ReceivedForTurn {
  conversationId: string;
  tenantId: string;
  robotId: string;
  contactId: string;
  group: string;
  messageId: string;
  pauseMs: number;
  mostMs: number;
}

export interface Turns {
  /** Begins a turn, or joins what waits already. A message that is told of again changes nothing. */
  receive(message: ReceivedForTurn): Promise<void>;
  /** The same for several, with what has told of them. */
  receiveWithin(trx: Transaction, messages: ReceivedForTurn[]): Promise<void>;
  find(conversationId: string): Promise<TurnRow | null>;
  /** Whether there is one, as there is then until the transaction ends: it goes before anything else of who is erased. */
  isThere(trx: Transaction, conversationId: string): Promise<boolean>;
  /** Those that may still be moved so and have this version are decided; gives them, in one order. */
  move(trx: Transaction, move: 'settle' | 'release', moves: readonly TurnMove[]): Promise<TurnMove[]>;
  /** It is looked at again at this time, after so many tries in a row that have failed. */
  postpone(trx: Transaction, turn: TurnRow, at: number, failures?: number): Promise<void>;
  /**
   * Nothing is answered by itself any more of what was said: what was made is withdrawn. `until` (ms since the epoch): not where the
   * contact has said something since.
   */
  end(trx: Transaction, conversationId: string, reason: string, until?: number | null): Promise<void>;
}

/** What becomes of a turn about which something was decided. */
export interface TurnMove extends Pick<TurnRow, 'conversation_id' | 'version'> {
  /** `ready`: it is decided, but its time has not come (`keep`). */
  to: 'ready' | 'idle';
  /** The newest message about which it was; null leaves what is there. */
  decided: string | null;
}

export const ANSWER_JOB = 'ai-replies.answer';

/** Of the one job that a conversation has. */
function answerKey(conversationId: string): string {
  return `${ANSWER_JOB}/${conversationId}`;
}

const COLUMNS = [
  'conversation_id',
  'tenant_id',
  'robot_id',
  'contact_id',
  'room',
  'state',
  'version',
  'due_at',
  'latest_at',
  'first_message',
  'last_message',
  'updated_at',
] as const;

const latestOf = (column: string) =>
  `case when ai_replies_turns.state = 'idle' then excluded.${column} else ai_replies_turns.${column} end`;

/**
 * A message that is known already is left out; of one that joins, the end of the wait stays what it is. They may be told of in
 * another order than they were said in, which their ids begin with.
 */
const JOIN = `
  on conflict (conversation_id) do update set
    version = ai_replies_turns.version + 1,
    contact_id = excluded.contact_id,
    due_at = case when excluded.due_at < ${latestOf('latest_at')} then excluded.due_at else ${latestOf('latest_at')} end,
    latest_at = ${latestOf('latest_at')},
    first_message = case when excluded.first_message < ai_replies_turns.first_message then excluded.first_message
      else ${latestOf('first_message')} end,
    last_message = case when ai_replies_turns.last_message > excluded.last_message then ai_replies_turns.last_message
      else excluded.last_message end,
    failures = 0,
    state = excluded.state,
    updated_at = excluded.updated_at
  where ai_replies_turns.last_message <> excluded.last_message
  returning conversation_id, tenant_id, version, due_at`;

type Joined = Pick<TurnRow, 'conversation_id' | 'tenant_id' | 'version' | 'due_at'>;

export function createTurns({
  db,
  clock,
  jobs,
  conversations,
  policies,
  runningAnswers,
  answerAgain,
}: Services & {
  conversations: Conversations;
  policies: Policies;
  runningAnswers: RunningAnswers;
  answerAgain: AnswerAgain;
}): Turns {
  const hearing = defineBatch<ReceivedForTurn, void>({ name: 'ai-replies.turns', write: store });

  answerAgain.provide({
    ask: again,
    async farewell(conversationId, robotId) {
      if (robotId === '' || !(await conversations.isAutomatic(conversationId))) return null;
      return handoverSentence({ conversations, policies }, conversationId, robotId);
    },
  });

  return {
    receive: (message) => db.batch(hearing, message),
    async receiveWithin(trx, messages) {
      if (messages.length > 0) await store(trx, messages);
    },
    find: async (conversationId) =>
      (await db.read('ai_replies_turns').where({ conversation_id: conversationId }).first()) ?? null,
    async isThere(trx, conversation_id) {
      return (await trx('ai_replies_turns').where({ conversation_id }).forUpdate().first('version')) !== undefined;
    },
    move,
    async postpone(trx, { conversation_id, version, tenant_id, failures: known }, at, failures = known) {
      const row = trx('ai_replies_turns').where({ conversation_id, version });
      const moved = await turnStates.move(row, 'postpone', { due_at: at, failures, updated_at: clock.now() });
      // Whoever has moved it meanwhile has made a timer of their own.
      if (moved > 0) await enqueue(trx, [{ conversation_id, tenant_id, version, due_at: at }]);
    },
    async end(trx, conversationId, reason, until = null) {
      const change = { version: trx.raw('version + 1'), decided_message: trx.raw('last_message') };
      const rows = trx('ai_replies_turns').where({ conversation_id: conversationId });
      if (until !== null) rows.where((own) => notHeardSince(own, until, clock.now()));
      const ended: Pick<TurnRow, 'version'>[] = await turnStates
        .from(rows, 'end')
        .update(turnStates.change('end', { ...change, updated_at: clock.now() }))
        .returning('version');
      const [turn] = ended;
      if (!turn) return;
      await withdraw(trx, [conversationId], reason, clock.now());
      await runningAnswers.changed(trx, [{ conversation: conversationId, version: turn.version }]);
    },
  };

  async function again(trx: Transaction, conversationId: string): Promise<boolean> {
    const now = clock.now();
    // Of one that waits already, the time stays: somebody may be writing still.
    const begins = (column: string) =>
      trx.raw(`case when state = 'waiting' then ${column} else cast(? as bigint) end`, [now]);
    const rows = trx('ai_replies_turns').where({ conversation_id: conversationId });
    const begun: Joined[] = await turnStates
      .from(rows, 'again')
      .update(
        turnStates.change('again', {
          version: trx.raw('version + 1'),
          due_at: begins('due_at'),
          latest_at: begins('latest_at'),
          first_message: trx.raw(`case when state = 'idle' then last_message else first_message end`),
          decided_message: trx.raw(`case when state = 'idle' then '' else decided_message end`),
          failures: 0,
          updated_at: now,
        }),
      )
      .returning(['conversation_id', 'tenant_id', 'version', 'due_at']);
    await withdraw(trx, [conversationId], 'outcome', now);
    await enqueue(trx, begun);
    await runningAnswers.changed(
      trx,
      begun.map(({ version }) => ({ conversation: conversationId, version: Number(version) })),
    );
    return begun.length > 0;
  }

  async function move(trx: Transaction, move: 'settle' | 'release', moves: readonly TurnMove[]): Promise<TurnMove[]> {
    if (moves.length === 0) return [];
    // In one order, so that two replicas do not wait for each other in a ring.
    const inOrder = moves.toSorted((one, other) => (one.conversation_id < other.conversation_id ? -1 : 1));
    if (db.client === 'pg') {
      const ids = inOrder.map(({ conversation_id }) => conversation_id);
      await trx('ai_replies_turns')
        .whereIn('conversation_id', ids)
        .orderBy('conversation_id')
        .forUpdate()
        .select('version');
    }
    const given = valuesTable(
      trx,
      4,
      inOrder.map(({ conversation_id, version, to, decided }) => [
        conversation_id,
        version,
        turnStates.to(to === 'ready' ? 'keep' : move),
        decided,
      ]),
    );
    const moved = rowsOf<Pick<TurnRow, 'conversation_id' | 'version'>>(
      await trx.raw(
        `update ai_replies_turns set state = given.column3, failures = 0, updated_at = ?,
                decided_message = coalesce(given.column4, ai_replies_turns.decided_message)
           from ${given.sql} as given
          where ai_replies_turns.conversation_id = given.column1
            and ai_replies_turns.version = cast(given.column2 as bigint) and ai_replies_turns.state = ?
         returning conversation_id, version`,
        [clock.now(), ...given.bindings, TURN_MOVES[move].from[0]],
      ),
    );
    const versions = new Map(moved.map(({ conversation_id, version }) => [conversation_id, Number(version)]));
    return inOrder.filter(({ conversation_id, version }) => versions.get(conversation_id) === version);
  }

  async function store(trx: Transaction, items: ReceivedForTurn[]): Promise<undefined[]> {
    const now = clock.now();
    const together = Map.groupBy(items, ({ conversationId }) => conversationId);
    // In one order, so that two replicas do not wait for each other in a ring.
    const rows = [...together].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, receive]) => receive);
    const cells = rows.flatMap((receive) => {
      const item = receive.at(-1);
      if (!item) return [];
      const said = receive.map(({ messageId }) => messageId).sort();
      return [
        [
          item.conversationId,
          item.tenantId,
          item.robotId,
          item.contactId,
          roomOf(item),
          turnStates.to('hear'),
          1,
          now + Math.min(item.pauseMs, item.mostMs),
          now + item.mostMs,
          said[0] ?? item.messageId,
          said.at(-1) ?? item.messageId,
          now,
        ],
      ];
    });
    const joined = rowsOf<Joined>(
      await trx.raw(
        `insert into ai_replies_turns (${COLUMNS.join(', ')}) values ${placeholders(rows.length, COLUMNS.length)} ${JOIN}`,
        cells.flat() as Knex.RawBinding[],
      ),
    );
    if (joined.length === 0) return items.map(() => undefined);
    // Before its first turn nothing was made for a conversation.
    const known = joined.filter(({ version }) => Number(version) > 1).map(({ conversation_id }) => conversation_id);
    await withdraw(trx, known, 'newer_message', now);
    await enqueue(trx, joined);
    await runningAnswers.changed(
      trx,
      joined.map(({ conversation_id, version }) => ({ conversation: conversation_id, version })),
    );
    return items.map(() => undefined);
  }

  async function enqueue(trx: Transaction, turns: readonly Joined[]): Promise<void> {
    await jobs.enqueueAll(
      trx,
      turns.map(({ conversation_id: conversation, tenant_id, due_at }) => ({
        name: ANSWER_JOB,
        payload: { conversation },
        key: answerKey(conversation),
        lane: tenant_id,
        runAt: Number(due_at),
      })),
    );
  }
}

/** Not what was heard since then; what is yet to come a clock has noted that was ahead. Ids of messages begin with their time. */
function notHeardSince(rows: Knex.QueryBuilder, until: number, now: number): void {
  rows.where('last_message', '<', `msg_${until + 1}`).orWhere('last_message', '>=', `msg_${now + 1}`);
}

/** Answers that have not been sent are sent no more. */
async function withdraw(
  trx: Transaction,
  conversationIds: readonly string[],
  reason: string,
  now: number,
): Promise<void> {
  if (conversationIds.length === 0) return;
  const open = trx('ai_replies_replies').whereIn('conversation_id', [...conversationIds]);
  await replyStates.move(open, 'withdraw', { reason, updated_at: now });
}

/** The group, whoever speaks in it; else the conversation. */
function roomOf({ robotId, group, conversationId }: ReceivedForTurn): string {
  return group === '' ? conversationId : createHash('sha256').update(`${robotId}\n${group}`).digest('base64url');
}
