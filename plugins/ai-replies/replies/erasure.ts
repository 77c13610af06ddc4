/** What goes when somebody is gone, and what is old. Tables: those of replies, ai_replies_tool_calls, and who has asked in ai_replies_calls. */
import type { Knex } from 'knex';
import type { Services } from '#core/plugin.ts';
import { dayOf } from '../models/days.ts';
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
  /** What is older; gives how many answers were erased. Bounded: to be called again while it gives some. */
  prune(olderThan: number): Promise<number>;
}

const STEP = 1_000;
/** Whose turn it is matters no more, and nobody tells of such an old message again. */
const TURN_MS = 7 * 24 * 3600_000;

type Grown = 'ai_replies_replies' | 'ai_replies_turns' | 'ai_replies_tool_calls';

export function createReplyErasure({
  db,
  clock,
  runningAnswers,
}: Services & { runningAnswers: RunningAnswers }): ReplyErasure {
  return {
    async ofRobot(robotId) {
      const where = { robot_id: robotId };
      await inSteps('ai_replies_replies', 'id', (rows) => rows.where(where));
      await eraseTurns(where);
      await db.write('ai_replies_policies').where(where).delete();
    },
    async ofContact(contactId) {
      const where = { contact_id: contactId };
      await inSteps('ai_replies_replies', 'id', (rows) => rows.where(where));
      await eraseTurns(where);
      await db.write('ai_replies_calls').where(where).update({ contact_id: null, conversation_id: null });
      await db.write('ai_replies_spend').where({ kind: 'contact', subject: contactId }).delete();
    },
    async ofTenant(tenantId) {
      const where = { tenant_id: tenantId };
      await inSteps('ai_replies_replies', 'id', (rows) => rows.where(where));
      await eraseTurns(where);
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
        await inSteps(table, 'id', (rows) => rows.where({ tenant_id }).where('created_at', '<', before));
    },
    async ofUser(userId) {
      await db.write('ai_replies_replies').where({ user_id: userId }).update({ user_id: null });
    },
    async prune(olderThan) {
      await db.write('ai_replies_told').where('day', '<', dayOf(olderThan)).delete();
      await inSteps('ai_replies_turns', 'conversation_id', (rows) =>
        rows.where('updated_at', '<', clock.now() - TURN_MS).where({ state: 'idle' }),
      );
      await inSteps('ai_replies_tool_calls', 'id', (rows) => rows.where('created_at', '<', olderThan));
      const old = db.write('ai_replies_replies').where('created_at', '<', olderThan).orderBy('created_at');
      return db.write('ai_replies_replies').whereIn('id', old.limit(STEP).select('id')).delete();
    },
  };

  /** What is being made at this moment is given up: no model is asked any more with what was said. */
  async function eraseTurns(where: Partial<Pick<TurnRow, 'robot_id' | 'contact_id' | 'tenant_id'>>): Promise<void> {
    for (let gone = STEP; gone === STEP; )
      gone = await db.transaction(async (trx) => {
        // In one order, so that two replicas do not wait for each other in a ring.
        const rows = await trx('ai_replies_turns')
          .where(where)
          .orderBy('conversation_id')
          .limit(STEP)
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
      });
  }

  /** So that nobody waits for a million rows. */
  async function inSteps(table: Grown, key: string, narrow: (rows: Knex.QueryBuilder) => unknown): Promise<void> {
    for (let gone = STEP; gone === STEP; ) {
      const some = db.write(table).limit(STEP).select(key);
      narrow(some);
      gone = await db.write(table).whereIn(key, some).delete();
    }
  }
}
