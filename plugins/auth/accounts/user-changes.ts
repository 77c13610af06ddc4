/** What owners and admins change of the people of their tenant, and super-admins of everybody. */
import { isSuperadmin } from '#core/kit.ts';
import { coreErrors, type Precondition, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { Origin, UserPatch } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { Administration } from './administration.ts';
import type { People } from './people.ts';
import type { UserRow } from './tables.ts';
import { editableUser } from './version-fields.ts';

export interface UserChanges {
  /** Throws `not_found`, also for people of another tenant. */
  find(asker: Principal, uuid: string): Promise<UserRow>;
  /**
   * Throws `not_found`, `precondition_failed`, `last_owner`, `last_superadmin`, what a taken name throws, and
   * `forbidden` for what only owners or super-admins may.
   */
  change(actor: Principal, uuid: string, patch: UserPatch, origin: Origin, expects: Precondition): Promise<UserRow>;
  /**
   * Whether somebody may be changed at all by an actor, whose own row is `admin`: super-admins change everybody, owners and
   * admins those of their tenant who are not above them. Throws `not_found`, `forbidden`.
   */
  refuseAbove(actor: Principal, admin: UserRow | null, row: UserRow): void;
}

/**
 * An address leads to a new password, and what somebody may send or keep is a matter of who runs this server: any stranger
 * who registers is the owner of a tenant.
 */
const OF_TENANT: readonly string[] = ['full_name', 'role', 'status'];

export function createUserChanges({
  people,
  administration,
}: Services & { people: People; administration: Administration }): UserChanges {
  return { find, change, refuseAbove };

  async function find(asker: Principal, uuid: string): Promise<UserRow> {
    const user = await people.userByUuid(uuid);
    const tenant = user && (await people.tenantById(user.tenant_id));
    if (!user || !(isSuperadmin(asker) || tenant?.uuid === asker.tenantId)) throw unknownUser();
    return user;
  }

  async function change(
    actor: Principal,
    uuid: string,
    patch: UserPatch,
    origin: Origin,
    expects: Precondition,
  ): Promise<UserRow> {
    const isOperator = isSuperadmin(actor);
    const known = await find(actor, uuid);
    if (!isOperator) refuseOthers(known, patch);
    await administration.changeUser(actor, uuid, patch, origin, {
      by: isOperator ? 'platform' : 'tenant',
      async check(trx, row) {
        if (!isOperator) await refuse(trx, actor, row, patch);
        expects(editableUser(row));
      },
    });
    return find(actor, uuid);
  }

  function refuseAbove(actor: Principal, admin: UserRow | null, row: UserRow): void {
    if (isSuperadmin(actor)) return;
    if (!admin || admin.tenant_id !== row.tenant_id || admin.status !== 'active') throw unknownUser();
    if (admin.role === 'member') throw coreErrors.forbidden({ message: 'This needs the role owner or admin' });
    refuseSuperadmin(row);
    if (admin.role !== 'owner' && row.role === 'owner')
      throw coreErrors.forbidden({ message: 'Only owners make owners, and change them' });
  }

  function refuseSuperadmin(row: UserRow): void {
    if (row.is_superadmin === 1) throw coreErrors.forbidden({ message: 'Only a super-admin may change a super-admin' });
  }

  function refuseOthers(row: UserRow, patch: UserPatch): void {
    refuseSuperadmin(row);
    const other = Object.keys(patch).find((field) => !OF_TENANT.includes(field));
    if (other) throw coreErrors.forbidden({ message: `Only a super-admin may change '${other}'` });
  }

  /** Asked in the transaction: of two owners who suspend each other at once, the second is no owner any more. */
  async function refuse(trx: Transaction, actor: Principal, row: UserRow, patch: UserPatch): Promise<void> {
    const admin = await trx('auth_users')
      .where({ id: actor.userId ?? 0, tenant_id: row.tenant_id, status: 'active' })
      .forUpdate()
      .first();
    if (!admin) throw unknownUser();
    refuseAbove(actor, admin, row);
    refuseOthers(row, patch);
    if (admin.role !== 'owner' && patch.role === 'owner')
      throw coreErrors.forbidden({ message: 'Only owners make owners, and change them' });
    if (patch.status === 'suspended' && admin.id === row.id)
      throw coreErrors.forbidden({ message: 'Nobody suspends themselves' });
    if (patch.status === 'active' && row.status === 'suspended' && row.suspended_by !== 'tenant')
      throw coreErrors.forbidden({ message: 'People suspended by a super-admin can only be reinstated by one' });
    // Whoever registered somebody else's address must not leave companions with power behind.
    const isPower = patch.role !== undefined && patch.role !== 'member' && patch.role !== row.role;
    if (isPower && admin.email !== null && admin.email_verified_at === null) throw authErrors.address_not_confirmed();
  }
}

function unknownUser(): Error {
  return coreErrors.not_found({ message: 'There is no such user' });
}
