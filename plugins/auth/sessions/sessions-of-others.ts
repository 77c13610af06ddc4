/**
 * Where the people of a tenant are signed in, for those who may change them, and signing them out there: a lost telephone,
 * somebody who has left. Table: auth_sessions.
 */
import { coreErrors, type Principal, type Services } from '#core/plugin.ts';
import type { People } from '../accounts/people.ts';
import type { UserChanges } from '../accounts/user-changes.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Origin } from '../contract.ts';

export interface SessionsOfOthers {
  /** Whose sessions may be seen: the integer key. Throws `not_found`, and `forbidden` for who is above the asker. */
  ownerOf(asker: Principal, uuid: string): Promise<number>;
  /** Ends the named session, or all. Throws `not_found`, and `forbidden` for who is above the actor. */
  end(actor: Principal, uuid: string, sessionId: string | null, origin: Origin): Promise<void>;
}

export function createSessionsOfOthers(
  services: Services & { people: People; auditLog: AuditLog; userChanges: UserChanges },
): SessionsOfOthers {
  const { db, people, auditLog, userChanges } = services;

  return { ownerOf, end };

  async function ownerOf(asker: Principal, uuid: string): Promise<number> {
    const row = await userChanges.find(asker, uuid);
    userChanges.refuseAbove(asker, await people.userById(asker.userId ?? 0), row);
    return row.id;
  }

  async function end(actor: Principal, uuid: string, sessionId: string | null, origin: Origin): Promise<void> {
    const { id } = await userChanges.find(actor, uuid);
    await db.transaction(async (trx) => {
      const row = await trx('auth_users').where({ id }).forUpdate().first();
      if (!row) throw coreErrors.not_found({ message: 'There is no such user' });
      // Asked here: of two who sign each other out at once, the second may have lost the right.
      const admin = await trx('auth_users')
        .where({ id: actor.userId ?? 0 })
        .forUpdate()
        .first();
      userChanges.refuseAbove(actor, admin ?? null, row);
      if (sessionId === null) await people.endSessions(trx, id);
      else {
        const open = await trx('auth_sessions').where({ id: sessionId, user_id: id, revoked_at: null }).first('id');
        if (!open) throw coreErrors.not_found({ message: 'There is no session with this id' });
        await people.endSession(trx, sessionId);
      }
      const action = sessionId === null ? 'user.sessions_ended' : 'user.session_ended';
      const about = {
        targetType: 'user',
        targetId: uuid,
        ...(sessionId !== null && { detail: { session: sessionId } }),
      };
      await auditLog.record({ action, actor, ...about, ...origin }, trx);
    });
  }
}
