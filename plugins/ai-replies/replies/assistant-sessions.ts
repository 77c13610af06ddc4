/**
 * What assistants call our conversations: begun anew with each session of ours, and forgotten here and there with who has said it.
 * Table: ai_replies_assistant_sessions.
 */
import type { Knex } from 'knex';
import { inSteps } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { SpokenConversation } from '#plugins/robots/contract.ts';
import type { AssistantRef } from '../models/types.ts';
import type { AssistantSessionRow } from './tables.ts';
import type { Turns } from './turns.ts';

export interface AssistantSessions {
  /** Null when the assistant knows nothing of this session yet. */
  find(spoken: SpokenConversation, of: AssistantRef): Promise<string | null>;
  /** From now on, for this user; another one that it had is forgotten there. */
  store(spoken: SpokenConversation, of: AssistantRef, session: string, user: string): Promise<void>;
  /** Those that `narrow` finds: the assistants are asked to forget them too, by a job each. */
  deleteAll(narrow: (rows: Knex.QueryBuilder) => unknown): Promise<void>;
}

/** The job that asks an assistant to forget a conversation. */
export const FORGET_SESSION = 'ai-replies.forgetSession';

const TABLE = 'ai_replies_assistant_sessions';

export function createAssistantSessions({ db, clock, jobs, turns }: Services & { turns: Turns }): AssistantSessions {
  return {
    async find({ id, messages, robot }, of) {
      const row = await db
        .read(TABLE)
        .where({ conversation_id: id, ...of })
        .first('session', 'updated_at');
      if (!row) return null;
      // What was said before this session began it is not to speak of any more.
      const beganAt = Math.min(...messages.map(({ at }) => at));
      return beganAt - row.updated_at > robot.settings.sessionTimeoutMinutes * 60_000 ? null : row.session;
    },
    async store({ id, tenantId, robot }, { provider, identity }, session, user) {
      const row = { identity, session, contact_id: user, updated_at: clock.now() };
      await db.transaction(async (trx) => {
        // What is no conversation nobody goes on with; and who was erased while the assistant answered is forgotten there too.
        if (id === '' || !(await turns.isThere(trx, id)))
          return deleteThere(trx, { ...row, tenant_id: tenantId, provider });
        const before = await trx(TABLE).where({ conversation_id: id, provider }).forUpdate().first();
        if (before && (before.session !== session || before.identity !== identity)) await deleteThere(trx, before);
        await trx(TABLE)
          .insert({ conversation_id: id, provider, tenant_id: tenantId, robot_id: robot.id, ...row })
          .onConflict(['conversation_id', 'provider'])
          .merge(row);
      });
    },
    async deleteAll(narrow) {
      await inSteps((limit) =>
        db.transaction(async (trx) => {
          const wanted = trx(TABLE).orderBy('id').limit(limit).forUpdate();
          narrow(wanted);
          const rows: AssistantSessionRow[] = await wanted;
          for (const row of rows) await deleteThere(trx, row);
          const ids = rows.map(({ id }) => id);
          if (ids.length > 0) await trx(TABLE).whereIn('id', ids).delete();
          return rows.length;
        }),
      );
    },
  };

  async function deleteThere(
    trx: Transaction,
    row: Pick<AssistantSessionRow, 'tenant_id' | 'provider' | 'identity' | 'session' | 'contact_id'>,
  ): Promise<void> {
    const { tenant_id: tenant, provider, identity, session, contact_id: user } = row;
    await jobs.enqueue(trx, FORGET_SESSION, { tenant, provider, identity, session, user }, { lane: tenant });
  }
}
