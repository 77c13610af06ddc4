/** A person's own profile. */
import { coreErrors, type Precondition, type Services } from '#core/plugin.ts';
import type { Account } from '../access.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Origin } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { Erasure } from './erasure.ts';
import type { Links } from './links.ts';
import type { Mails } from './mails.ts';
import { normalName, throwTaken } from './names.ts';
import type { People } from './people.ts';
import type { UserRow } from './tables.ts';
import { editableProfile } from './version-fields.ts';
import { type ProfilePatch, type ProfileView, profileView } from './views.ts';

export interface Profiles {
  /** Costs no query while the person is remembered. */
  read(principal: Account): Promise<ProfileView>;
  /**
   * A new address takes the place of the old one once it is confirmed; the present one, unconfirmed, is mailed to again.
   * Throws `email_taken`, `username_taken`, `rate_limited`.
   */
  change(principal: Account, patch: ProfilePatch, origin: Origin, expects?: Precondition): Promise<ProfileView>;
  /** Erases the person. Throws `owner_with_members`, `last_superadmin`. */
  erase(principal: Account): Promise<void>;
}

export function createProfiles({
  db,
  people,
  links,
  mails,
  erasure,
  auditLog,
}: Services & { people: People; links: Links; mails: Mails; erasure: Erasure; auditLog: AuditLog }): Profiles {
  return { read, change, erase };

  async function read(principal: Account): Promise<ProfileView> {
    const user = await people.userById(principal.userId);
    if (!user) throw coreErrors.unauthenticated();
    return profileView(user, principal.tenantId);
  }

  async function change(
    principal: Account,
    patch: ProfilePatch,
    origin: Origin,
    expects?: Precondition,
  ): Promise<ProfileView> {
    const email = patch.email === undefined ? undefined : normalName(patch.email);
    const before = await people.userById(principal.userId);
    if (email && !isConfirmed(before, email)) await mails.admit(email, principal.id);
    await db.transaction(async (trx) => {
      const user = await trx('auth_users').where({ id: principal.userId }).forUpdate().first();
      if (!user) throw coreErrors.unauthenticated();
      expects?.(editableProfile(user));
      const username = patch.username && normalName(patch.username);
      const isOther = email !== undefined && email !== user.email;
      if (isOther && (await trx('auth_users').where({ email }).first('id'))) throw authErrors.email_taken();
      await people
        .updateUser(trx, user.id, {
          ...(patch.full_name !== undefined && { full_name: patch.full_name }),
          ...(patch.avatar !== undefined && { avatar: patch.avatar }),
          ...(username && { username }),
          ...(email && { pending_email: isOther ? email : null }),
        })
        .catch(throwTaken);
      if (email && !isConfirmed(user, email)) {
        await mails.enqueueVerify(trx, user, email, await links.make(trx, 'verify', { userId: user.id, email }));
      }
      const detail = { changed: Object.keys(patch) };
      const about = { actor: principal, targetType: 'user', targetId: user.uuid, detail };
      await auditLog.record({ action: 'user.profile_changed', ...about, ...origin }, trx);
    });
    return read(principal);
  }

  async function erase(principal: Account): Promise<void> {
    await db.transaction(async (trx) => {
      const user = await trx('auth_users').where({ id: principal.userId }).first();
      if (!user) throw coreErrors.unauthenticated();
      await erasure.leave(trx, user);
      // Without the address that it came from: of who is erased, the log keeps the id alone.
      await auditLog.record({ action: 'user.erased', actor: principal, targetType: 'user', targetId: user.uuid }, trx);
    });
  }
}

function isConfirmed(user: UserRow | null, email: string): boolean {
  return user?.email === email && user.email_verified_at !== null;
}
