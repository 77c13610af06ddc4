/** What goes when somebody is gone, and what is old. Tables: those of replies, ai_replies_tool_calls, and who has asked in ai_replies_calls. */
import { deleteInSteps, inSteps } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { dayOf } from '../models/days.ts';
import type { AssistantSessions } from './assistant-sessions.ts';
import type { RunningAnswers } from './running.ts';
import type { TurnRow } from './tables.ts';

export interface ReplyErasure {
  /** Everything of a robot. */
  ofRobot(robotId: string): Promise<void>;
  /** What was said with a contact; of calls stays what they have cost. */
  ofContact(contactId: string): Promise<void>;
  ofTenant(tenantId: string): Promise<void>;
  /** A person who has sent or rejected answers becomes nobody. */
  ofUser(userId: number): Promise<void>;
  /** What a tenant's contacts had said before this time, and was answered. */
  ofTenantBefore(tenantId: string, before: number): Promise<void>;
  /** What is older; gives how many answers were erased. */
  prune(olderThan: number): Promise<number>;
}

/** Whose turn it is matters no more, and nobody tells of such an old message again. */
const TURN_MS = 7 * 24 * 3600_000;

export function createReplyErasure({
  db,
  clock,
  runningAnswers,
  assistantSessions,
}: Services & { runningAnswers: RunningAnswers; assistantSessions: AssistantSessions }): ReplyErasure {
  return {
    async ofRobot(robotId) {
      const where = { robot_id: robotId };
      await deleteInSteps(db, 'ai_replies_replies', 'id', (rows) => rows.where(where));
      await eraseTurns(where);
      await assistantSessions.forget((rows) => rows.where(where));
      await db.write('ai_replies_policies').where(where).delete();
    },
    async ofContact(contactId) {
      const where = { contact_id: contactId };
      await deleteInSteps(db, 'ai_replies_replies', 'id', (rows) => rows.where(where));
      await eraseTurns(where);
      await assistantSessions.forget((rows) => rows.where(where));
      await db.write('ai_replies_calls').where(where).update({ contact_id: null, conversation_id: null });
      await db.write('ai_replies_spend').where({ kind: 'contact', subject: contactId }).delete();
    },
    async ofTenant(tenantId) {
      const where = { tenant_id: tenantId };
      await deleteInSteps(db, 'ai_replies_replies', 'id', (rows) => rows.where(where));
      await eraseTurns(where);
      await assistantSessions.forget((rows) => rows.where(where));
      await db.write('ai_replies_policies').where(where).delete();
      // One that runs at this moment finds nothing any more.
      await db
        .write('core_jobs')
        .where({ lane: tenantId })
        .whereIn('name', ['ai-replies.answer', 'ai-replies.send'])
        .whereNot({ state: 'running' })
        .delete();
    },
    async ofTenantBefore(tenant_id, before) {
      for (const table of ['ai_replies_replies', 'ai_replies_tool_calls'] as const)
        await deleteInSteps(db, table, 'id', (rows) => rows.where({ tenant_id }).where('created_at', '<', before));
      await assistantSessions.forget((rows) => rows.where({ tenant_id }).where('updated_at', '<', before));
    },
    async ofUser(userId) {
      await db.write('ai_replies_replies').where({ user_id: userId }).update({ user_id: null });
    },
    async prune(olderThan) {
      await db.write('ai_replies_told').where('day', '<', dayOf(olderThan)).delete();
      await deleteInSteps(db, 'ai_replies_turns', 'conversation_id', (rows) =>
        rows.where('updated_at', '<', clock.now() - TURN_MS).where({ state: 'idle' }),
      );
      await deleteInSteps(db, 'ai_replies_tool_calls', 'id', (rows) => rows.where('created_at', '<', olderThan));
      await assistantSessions.forget((rows) => rows.where('updated_at', '<', olderThan));
      return deleteInSteps(db, 'ai_replies_replies', 'id', (rows) => rows.where('created_at', '<', olderThan));
    },
  };

  /** What is being made at this moment is given up: no model is asked any more with what was said. */
  async function eraseTurns(where: Partial<Pick<TurnRow, 'robot_id' | 'contact_id' | 'tenant_id'>>): Promise<void> {
    await inSteps((limit) =>
      db.transaction(async (trx) => {
        // In one order, so that two replicas do not wait for each other in a ring.
        const rows = await trx('ai_replies_turns')
          .where(where)
          .orderBy('conversation_id')
          .limit(limit)
          .forUpdate()
          .select('conversation_id', 'version');
        if (rows.length === 0) return 0;
        const ids = rows.map(({ conversation_id }) => conversation_id);
        await trx('ai_replies_turns').whereIn('conversation_id', ids).delete();
        await runningAnswers.changed(
          trx,
          rows.map((row) => ({ conversation: row.conversation_id, version: Number(row.version) + 1 })),
        );
        return rows.length;
      }),
    );
  }
}
