/**
 * Invitations into a tenant, for seven days. Each has two links, of which hashes alone are stored: one is mailed, and proves that the
 * address is whose account it becomes; the other is shown once to who invites, to be given by hand, and proves nothing of the
 * address. Table: auth_invitations.
 */
import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';
import { randomToken, sha256 } from '#core/kit.ts';
import { coreErrors, type Services, type Transaction } from '#core/plugin.ts';
import type { Account } from '../access.ts';
import type { AccountData } from '../account-data.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Origin, Role } from '../contract.ts';
import { authErrors } from '../errors.ts';
import { invitationData } from './erasure.ts';
import { type Invitation, invitationView } from './invitation-states.ts';
import { INVITATION_PAGE, type Mails } from './mails.ts';
import { normalName } from './names.ts';
import { hashOf } from './password-hash.ts';
import type { People } from './people.ts';
import type { Registration } from './registration.ts';
import type { InvitationRow, UserRow } from './tables.ts';

const LIFETIME_MS = 7 * 24 * 3600_000;
const PENDING = { accepted_at: null, revoked_at: null };

const noOpenInvitation = () => coreErrors.not_found({ message: 'There is no open invitation with this id' });

export interface Invitations {
  /**
   * Throws `email_taken` when the person has an account, `address_not_confirmed`, `rate_limited`; `forbidden` for keys with
   * scopes, and for an owner who is not invited by one.
   */
  invite(principal: Account, email: string, role: Role): Promise<ShownInvitation>;
  /** A new link to give by hand; the earlier one of this kind ends, the mailed one stays. Throws as `invite` does, and `not_found`. */
  linkOf(principal: Account, uuid: string): Promise<ShownInvitation>;
  /** Mails a new link; the one that was mailed before ends. Throws as `invite` does, and `not_found`. */
  sendAgain(principal: Account, uuid: string): Promise<Invitation>;
  revoke(principal: Account, uuid: string): Promise<void>;
  /** Makes the account inside the tenant. Throws `invalid_link`, `weak_password`. */
  accept(wish: { token: string; password: string; full_name?: string }, origin: Origin): Promise<UserRow>;
}

/** With its link, at the only moment when it is known. */
export interface ShownInvitation extends Invitation {
  link: string;
}

export function createInvitations(
  services: Services & {
    mails: Mails;
    people: People;
    registration: Registration;
    accountData: AccountData;
    auditLog: AuditLog;
  },
): Invitations {
  const { db, clock, coreConfig, events, passwords, mails, people, registration, accountData, auditLog } = services;
  accountData.add(invitationData);

  return { invite, linkOf, sendAgain, revoke, accept };

  async function checkMayInvite(principal: Account, role: Role): Promise<void> {
    if (role === 'owner' && !principal.roles.includes('owner'))
      throw coreErrors.forbidden({ message: 'Only owners invite owners' });
    // Whoever is invited has all rights of the role, and a key with scopes has not.
    if (principal.scopes !== null)
      throw coreErrors.forbidden({
        message: 'A key with scopes invites nobody: the account would have more rights than it',
      });
    const inviter = await people.userById(principal.userId);
    // Whoever registered somebody else's address must not leave companions with power behind.
    if (role !== 'member' && (!inviter || (inviter.email !== null && inviter.email_verified_at === null)))
      throw authErrors.address_not_confirmed();
  }

  async function invite(principal: Account, given: string, role: Role): Promise<ShownInvitation> {
    await checkMayInvite(principal, role);
    const email = normalName(given);
    const tenantId = await tenantKey(principal);
    await mails.admit(email, principal.tenantId);
    const token = randomToken();
    const shown = randomToken();
    const now = clock.now();
    const row = await db.transaction(async (trx) => {
      await trx('auth_tenants').where({ id: tenantId }).forUpdate().first('id');
      if (await trx('auth_users').where({ email }).first('id')) throw authErrors.email_taken();
      // A second invitation replaces the first.
      await trx('auth_invitations')
        .where({ tenant_id: tenantId, email, ...PENDING })
        .update({ revoked_at: now });
      const [inserted] = await trx('auth_invitations')
        .insert({
          uuid: uuidv7(),
          tenant_id: tenantId,
          email,
          role,
          token_hash: sha256(token),
          shown_hash: sha256(shown),
          invited_by: principal.userId,
          created_at: now,
          expires_at: now + LIFETIME_MS,
        })
        .returning('*');
      if (!inserted) throw new Error('The invitation was not stored');
      await mails.enqueue(trx, 'invite', email, token);
      await announce(trx, inserted.uuid, principal.tenantId);
      await auditLog.record(
        {
          action: 'invitation.created',
          actor: principal,
          targetType: 'invitation',
          targetId: inserted.uuid,
          detail: { role },
        },
        trx,
      );
      return inserted;
    });
    return { ...invitationView(row, now), link: linkWith(shown) };
  }

  async function linkOf(principal: Account, uuid: string): Promise<ShownInvitation> {
    const shown = randomToken();
    const { id } = await renewable(principal, uuid);
    const invitation = await db.transaction((trx) =>
      renew(trx, principal, id, { shown_hash: sha256(shown) }, 'invitation.link_made'),
    );
    return { ...invitation, link: linkWith(shown) };
  }

  async function sendAgain(principal: Account, uuid: string): Promise<Invitation> {
    const token = randomToken();
    const { id, email } = await renewable(principal, uuid);
    await mails.admit(email, principal.tenantId);
    return db.transaction(async (trx) => {
      const invitation = await renew(trx, principal, id, { token_hash: sha256(token) }, 'invitation.sent_again');
      await mails.enqueue(trx, 'invite', email, token);
      return invitation;
    });
  }

  /** One that is open, or would be if it had not expired, of this tenant and for a role that the person may invite to. */
  async function renewable(principal: Account, uuid: string): Promise<InvitationRow> {
    const tenant_id = await tenantKey(principal);
    const row = await db
      .read('auth_invitations')
      .where({ uuid, tenant_id, ...PENDING })
      .first();
    if (!row) throw noOpenInvitation();
    await checkMayInvite(principal, row.role);
    return row;
  }

  /** Another week, and from now on it is this person who answers for it. */
  async function renew(
    trx: Transaction,
    principal: Account,
    id: number,
    hash: Partial<InvitationRow>,
    action: string,
  ): Promise<Invitation> {
    const now = clock.now();
    const [row] = await trx('auth_invitations')
      .where({ id, ...PENDING })
      .update({ ...hash, invited_by: principal.userId, expires_at: now + LIFETIME_MS })
      .returning('*');
    if (!row) throw noOpenInvitation();
    if (await trx('auth_users').where({ email: row.email }).first('id')) throw authErrors.email_taken();
    await auditLog.record({ action, actor: principal, targetType: 'invitation', targetId: row.uuid }, trx);
    await announce(trx, row.uuid, principal.tenantId);
    return invitationView(row, now);
  }

  function linkWith(token: string): string {
    return `${coreConfig.http.publicUrl}${INVITATION_PAGE}?token=${encodeURIComponent(token)}`;
  }

  async function revoke(principal: Account, uuid: string): Promise<void> {
    const tenantId = await tenantKey(principal);
    await db.transaction(async (trx) => {
      const revoked = await trx('auth_invitations')
        .where({ uuid, tenant_id: tenantId, ...PENDING })
        .update({ revoked_at: clock.now() });
      if (revoked === 0) throw noOpenInvitation();
      await auditLog.record(
        { action: 'invitation.revoked', actor: principal, targetType: 'invitation', targetId: uuid },
        trx,
      );
      await announce(trx, uuid, principal.tenantId);
    });
  }

  async function accept(wish: Parameters<Invitations['accept']>[0], origin: Origin): Promise<UserRow> {
    const passwordHash = await hashOf(passwords, wish.password);
    return db.transaction(async (trx) => {
      const now = clock.now();
      const hash = sha256(wish.token);
      const byEither = (rows: Knex.QueryBuilder) => rows.where({ token_hash: hash }).orWhere({ shown_hash: hash });
      const asked = await trx('auth_invitations').where(byEither).first('tenant_id');
      if (!asked) throw authErrors.invalid_link();
      // First, and held: its last owner may be about to leave.
      const tenant = await trx('auth_tenants').where({ id: asked.tenant_id }).forUpdate().first('uuid');
      const [invitation] = await trx('auth_invitations')
        .where(byEither)
        .where(PENDING)
        .where('expires_at', '>', now)
        .update({ accepted_at: now })
        .returning('*');
      if (!invitation) throw authErrors.invalid_link();
      const { email, role, tenant_id } = invitation;
      await refuseWithdrawn(trx, invitation);
      await announce(trx, invitation.uuid, tenant?.uuid ?? null);
      return registration.create(trx, {
        email,
        role,
        tenantId: tenant_id,
        passwordHash,
        fullName: wish.full_name ?? null,
        // What was handed over proves that somebody was invited, not whose the address is.
        emailVerified: invitation.token_hash === hash,
        origin,
      });
    });
  }

  /** It was made, withdrawn or accepted. */
  async function announce(trx: Transaction, id: string, tenantId: string | null): Promise<void> {
    await events.emit(trx, 'invitation.changed', { id }, { tenantId });
  }

  /** Who invited may have left, been suspended or lost the right since: then nobody answers for the invitation. */
  async function refuseWithdrawn(trx: Transaction, { invited_by, role, tenant_id }: InvitationRow): Promise<void> {
    const tenant = await trx('auth_tenants').where({ id: tenant_id, status: 'active' }).first('id');
    const inviter = await trx('auth_users').where({ id: invited_by, tenant_id, status: 'active' }).first();
    const mayInvite = inviter?.role === 'owner' || (role !== 'owner' && inviter?.role === 'admin');
    if (!tenant || !inviter || (!mayInvite && inviter.is_superadmin !== 1)) throw authErrors.invalid_link();
  }

  async function tenantKey(principal: Account): Promise<number> {
    const tenant = await people.tenantByUuid(principal.tenantId);
    if (!tenant) throw coreErrors.not_found({ message: 'There is no such tenant' });
    return tenant.id;
  }
}
