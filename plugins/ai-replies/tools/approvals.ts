/**
 * Calls that a person decides on. A decision is made once, by whoever comes first; an approved call is carried out by a job, as
 * the person who has approved it. Table: ai_replies_tool_calls.
 */
import { sanitizeText } from '#core/kit.ts';
import type { Principal, Services, Transaction } from '#core/plugin.ts';
import type { Conversations } from '#plugins/robots/contract.ts';
import type { AnswerAgain } from '../answer-again.ts';
import { aiErrors } from '../errors.ts';
import { storableValue } from '../sanitize-json.ts';
import { seenToolCalls } from '../visibility.ts';
import { FUNCTION } from './grants.ts';
import { callStates } from './states.ts';
import type { ToolCallRow } from './tables.ts';

export interface ToolApprovals {
  /**
   * With another input, where somebody has edited it. Throws `tool_call_not_found`, also for those that the principal may not see,
   * `tool_call_decided`, and what says that this person may not do it.
   */
  decide(principal: Principal, uuid: string, decision: { isApproved: boolean; input?: unknown }): Promise<ToolCallRow>;
  /** What came of an approved call is kept, once; false when that was so before. */
  finish(trx: Transaction, call: ToolCallRow, state: 'done' | 'failed', output: unknown): Promise<boolean>;
  /**
   * The contact was told that it is being looked into, and hears now how it ended: with the next answer, or from a person where
   * it is so long ago that nobody knows any more what was said, after the `farewell`.
   */
  reportOutcome(trx: Transaction, call: ToolCallRow, farewell: string | null): Promise<void>;
  /** What is said where a person takes over, found before the transaction; null where nobody is to. */
  farewell(call: Pick<ToolCallRow, 'conversation_id' | 'robot_id'>): Promise<string | null>;
  /** Nobody has decided on it in time; false when somebody has meanwhile. */
  expire(trx: Transaction, call: ToolCallRow): Promise<boolean>;
}

/** The job that carries out what was approved. */
export const PERFORM = 'ai-replies.tool';

/** Of the one job that an approved call has. */
function performKey(uuid: string): string {
  return `${PERFORM}/${uuid}`;
}

const MOST_OUTPUT = 20_000;

export function createToolApprovals({
  db,
  clock,
  jobs,
  functions,
  conversations,
  answerAgain,
}: Services & { conversations: Conversations; answerAgain: AnswerAgain }): ToolApprovals {
  return {
    async decide(principal, uuid, { isApproved, input }) {
      const known = await seenToolCalls(db.read, principal, conversations)
        .where({ uuid })
        .first('conversation_id', 'robot_id');
      const farewell = known ? await answerAgain.farewell(known.conversation_id, known.robot_id) : null;
      return db.transaction(async (trx) => {
        const call = await seenToolCalls(trx, principal, conversations).where({ uuid }).forUpdate().first();
        if (!call) throw aiErrors.tool_call_not_found();
        const move = isApproved ? 'approve' : 'reject';
        if (!callStates.may(move, call.state)) throw aiErrors.tool_call_decided();
        if (isApproved && call.tool.startsWith(FUNCTION))
          functions.checkCall(call.tool.slice(FUNCTION.length), principal);
        const { userId } = principal;
        const patch = {
          user_id: userId ?? call.user_id,
          decided_at: clock.now(),
          ...(input !== undefined && { input: JSON.stringify(storableValue(input)) }),
        };
        await callStates.move(trx('ai_replies_tool_calls').where({ id: call.id }), move, patch);
        if (isApproved)
          await jobs.enqueue(trx, PERFORM, { call: uuid }, { key: performKey(uuid), lane: call.tenant_id });
        else await reportOutcome(trx, call, farewell);
        return { ...call, ...patch, state: callStates.to(move) };
      });
    },
    reportOutcome,
    farewell: ({ conversation_id, robot_id }) => answerAgain.farewell(conversation_id, robot_id),
    async finish(trx, { id }, state, output) {
      const text = sanitizeText(JSON.stringify(storableValue(output)), MOST_OUTPUT);
      return (await callStates.move(trx('ai_replies_tool_calls').where({ id }), 'finish', { output: text }, state)) > 0;
    },
    async expire(trx, { id }) {
      const row = trx('ai_replies_tool_calls').where({ id });
      return (await callStates.move(row, 'expire', { decided_at: clock.now() })) > 0;
    },
  };

  async function reportOutcome(trx: Transaction, call: ToolCallRow, farewell: string | null): Promise<void> {
    const { tenant_id, conversation_id: conversationId } = call;
    if (await answerAgain.ask(trx, conversationId)) return;
    if (farewell === null) return;
    await conversations.say(trx, [{ conversationId, markdown: farewell }]);
    await conversations.handOver(trx, tenant_id, conversationId, 'outcome');
  }
}
