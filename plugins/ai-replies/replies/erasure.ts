/**
 * What goes when somebody is gone and no row alone can say: turns that are given up, sessions at assistants, jobs. And what is
 * old. The rows of replies go as `tables` declares.
 */
import { deleteInSteps, epochDay, inSteps } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AssistantSessions } from './assistant-sessions.ts';
import type { RunningAnswers } from './running.ts';
import type { TurnRow } from './tables.ts';

export interface ReplyErasure {
  /** What is being made for a robot. */
  ofRobot(robotId: string): Promise<void>;
  /** What is being made for a contact, and what it has cost of its budget. */
  ofContact(contactId: string): Promise<void>;
  ofTenant(tenantId: string): Promise<void>;
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
      await eraseTurns(where);
      await assistantSessions.deleteAll((rows) => rows.where(where));
    },
    async ofContact(contactId) {
      const where = { contact_id: contactId };
      await eraseTurns(where);
      await assistantSessions.deleteAll((rows) => rows.where(where));
      // Of calls stays what they have cost; one that ends from now on adds nothing to what a contact has.
      await db.write('ai_replies_calls').where(where).update({ contact_id: null, conversation_id: null });
      await db.write('ai_replies_spend').where({ kind: 'contact', subject: contactId }).delete();
    },
    async ofTenant(tenantId) {
      const where = { tenant_id: tenantId };
      await eraseTurns(where);
      await assistantSessions.deleteAll((rows) => rows.where(where));
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
      await assistantSessions.deleteAll((rows) => rows.where({ tenant_id }).where('updated_at', '<', before));
    },
    async prune(olderThan) {
      await db.write('ai_replies_told').where('day', '<', epochDay(olderThan)).delete();
      await deleteInSteps(db, 'ai_replies_turns', 'conversation_id', (rows) =>
        rows.where('updated_at', '<', clock.now() - TURN_MS).where({ state: 'idle' }),
      );
      await deleteInSteps(db, 'ai_replies_tool_calls', 'id', (rows) => rows.where('created_at', '<', olderThan));
      await assistantSessions.deleteAll((rows) => rows.where('updated_at', '<', olderThan));
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
