/** Settings, what people change about mailboxes: making, pinning, forwarding, passwords, owners. Table: mail_mailboxes. */
import { isSuperadmin } from '#core/kit.ts';
import { coreErrors, type Precondition, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { AuthServices, User } from '#plugins/auth/contract.ts';
import { isMailAddress } from '../addresses.ts';
import type { MailConfig } from '../config.ts';
import { mailErrors } from '../errors.ts';
import { isMailAdmin } from '../mail-admin.ts';
import { refusalToForward, senderOf } from '../may-send.ts';
import type { MailDeletion } from './deletion.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { MailboxOwnership, Owner } from './ownership.ts';
import type { MailboxRow } from './tables.ts';
import type { MailboxTaking } from './taking.ts';

type Patch = Partial<Pick<MailboxRow, 'can_login' | 'is_favorite' | 'forward_to' | 'forward_by' | 'password_hash'>>;

/** What a form of a mailbox says; what it leaves out stays. */
export interface MailboxChange {
  pinned?: boolean;
  favorite?: boolean;
  forward_to?: string | null;
  /** When it goes unless it is pinned or a favourite (ms since the epoch). */
  expires_at?: number;
  /** For super-admins alone, as the password. */
  can_login?: boolean;
  /** Null clears it. */
  password?: string | null;
}

export interface MailboxSettings {
  /** A mailbox with a chosen name; one that mail has made is taken. Throws `address_taken`, `domain_not_open`, … */
  create(principal: Principal, wish: { local: string; domainIndex: number }): Promise<MailboxRow>;
  /** Without a limit (administrators) limit and remaining are -1. */
  quota(principal: Principal): Promise<{ limit: number; used: number; remaining: number }>;
  /** Deletes the mailbox with its mail. Throws `mailbox_not_found`. */
  remove(principal: Principal, address: string): Promise<void>;
  /** Turns the pin on or off; gives whether it is on now. */
  togglePin(principal: Principal, address: string): Promise<boolean>;
  /** Changes a mailbox that the principal may manage, by id. Throws `mailbox_not_found`; `may_not_send` for a forward. */
  change(principal: Principal, id: number, patch: Patch): Promise<void>;
  /**
   * Changes several things of one mailbox at once. Throws `mailbox_not_found`, `forbidden`, `validation_error`,
   * `may_not_send` for a forward, and what `unchanged` does.
   */
  edit(principal: Principal, id: number, wish: MailboxChange, unchanged: Precondition): Promise<MailboxRow>;
  /** Changes one mailbox by its address, for administrators. */
  changeByAddress(address: string, patch: Patch): Promise<void>;
  /** Those of them that there are. Throws `bad_address`. */
  changeMany(
    column: 'id' | 'address',
    values: readonly (number | string)[],
    patch: Patch,
  ): Promise<ReadonlySet<number | string>>;
  /** Sets a new password, or clears it with null. Throws `weak_password`. */
  setPassword(address: string, password: string | null): Promise<void>;
  /** For somebody signed in as the mailbox. Throws `wrong_current_password`, `weak_password`. */
  changeOwnPassword(address: string, current: string, wanted: string): Promise<void>;
  ofUser(userId: number): Promise<MailboxRow[]>;
  /** Gives a mailbox, made when it is missing, to a user. Throws `quota_exceeded`, `foreign_domain`. */
  assign(user: User, address: string): Promise<void>;
  /** Takes it away again; it stays the tenant's, without a person. Throws `mailbox_not_found`. */
  unassign(user: User, address: string): Promise<void>;
}

/** RFC 2142 names, and those that people would take for the operator. */
const RESERVED = new Set(
  'postmaster abuse hostmaster webmaster admin administrator root security noreply no-reply mailer-daemon bounces info support'.split(
    ' ',
  ),
);
/** Who wants to keep a mailbox for longer pins it. */
const LONGEST_LIFE_MS = 366 * 24 * 3600_000;
const LOCAL_PART = /^(?!.*\.\.)[a-z0-9_-](?:[a-z0-9._-]{0,62}[a-z0-9_-])?$/;

export function createMailboxSettings(
  services: Services &
    AuthServices & {
      mailboxes: Mailboxes;
      mailboxOwnership: MailboxOwnership;
      mailboxTaking: MailboxTaking;
      mailDeletion: MailDeletion;
      config: MailConfig;
    },
): MailboxSettings {
  const { clock, db, config, directory, mailboxes, mailboxOwnership, mailboxTaking, mailDeletion, passwords, people } =
    services;

  return {
    create,
    quota,
    remove,
    togglePin,
    change,
    edit,
    changeByAddress,
    changeMany,
    setPassword,
    changeOwnPassword,
    ofUser,
    assign,
    unassign,
  };

  async function create(principal: Principal, { local, domainIndex }: { local: string; domainIndex: number }) {
    const domain = await mailboxTaking.domainAt(principal, domainIndex);
    const name = local.trim().toLowerCase();
    if (!LOCAL_PART.test(name)) throw mailErrors.bad_local_part();
    if (RESERVED.has(name) && !isSuperadmin(principal)) throw mailErrors.reserved_name();
    const own = { address: `${name}@${domain}`, domain };
    const owner = { userId: principal.userId || null, tenantId: principal.tenantId };
    return db.transaction(async (trx) => {
      const existing = await locked(trx, own.address);
      if (existing && isOwnedBy(existing, owner)) return mailboxOwnership.renew(trx, existing);
      if (existing && !existing.made_by_mail) throw mailErrors.address_taken();
      await mailboxTaking.refuseAddressOfAccount(trx, own);
      await mailboxTaking.refuseOverQuota(trx, principal);
      if (existing) return mailboxOwnership.take(trx, existing, owner);
      const made = await mailboxes.insert(trx, own, owner.userId, owner.tenantId);
      // Somebody, or a mail, was faster by a moment.
      if (!made) throw mailErrors.address_taken();
      return made;
    });
  }

  /** The mailbox as it is now, and until the transaction ends. */
  async function locked(trx: Transaction, address: string): Promise<MailboxRow | null> {
    return (await trx('mail_mailboxes').where({ address }).forUpdate().first()) ?? null;
  }

  async function quota(principal: Principal) {
    const query = db.read('mail_mailboxes').whereNull('removed_at');
    if (!isSuperadmin(principal)) {
      query.where(isMailAdmin(principal) ? { tenant_id: principal.tenantId } : { user_id: principal.userId });
    }
    const used = Number((await query.count({ total: '*' }).first())?.total ?? 0);
    if (isMailAdmin(principal)) return { limit: -1, used, remaining: -1 };
    const user = await people.userById(principal.userId ?? 0);
    const limit = user?.mailbox_limit ?? 0;
    return { limit, used, remaining: Math.max(0, limit - used) };
  }

  async function remove(principal: Principal, address: string): Promise<void> {
    const row = await mailboxes.readable(principal, address);
    const removed = await mailDeletion.mailboxes([row], (now) => mailboxes.mayRead(principal, now));
    if (removed === 0) throw mailErrors.mailbox_not_found();
  }

  async function togglePin(principal: Principal, address: string): Promise<boolean> {
    await mailboxes.readable(principal, address);
    return db.transaction(async (trx) => {
      const { id, is_pinned } = await mailboxes.locked(trx, principal, { address });
      await trx('mail_mailboxes')
        .where({ id })
        .update({ is_pinned: 1 - is_pinned });
      return is_pinned === 0;
    });
  }

  async function change(principal: Principal, id: number, patch: Patch): Promise<void> {
    const refusal = patch.forward_to ? await refusalToForward(principal, services) : null;
    await db.transaction(async (trx) => {
      const row = await mailboxes.locked(trx, principal, { id });
      if (refusal) throw refusal;
      refuseBadForward(patch, [row.address]);
      await trx('mail_mailboxes')
        .where({ id })
        .update({ ...patch, ...forwardedBy(patch, principal) });
    });
  }

  async function edit(principal: Principal, id: number, wish: MailboxChange, unchanged: Precondition) {
    const { password, expires_at } = wish;
    const isOfAdmins = wish.can_login !== undefined || password !== undefined;
    if (isOfAdmins && !isSuperadmin(principal)) throw coreErrors.forbidden();
    if (expires_at !== undefined) refuseBadEnd(expires_at);
    const refusal = wish.forward_to ? await refusalToForward(principal, services) : null;
    const patch = {
      ...(wish.pinned !== undefined && { is_pinned: wish.pinned ? 1 : 0 }),
      ...(wish.favorite !== undefined && { is_favorite: wish.favorite ? 1 : 0 }),
      ...(wish.forward_to !== undefined && {
        forward_to: wish.forward_to?.trim() || null,
        forward_by: wish.forward_to?.trim() ? senderOf(principal) : null,
      }),
      ...(expires_at !== undefined && { expires_at }),
      ...(wish.can_login !== undefined && { can_login: wish.can_login ? 1 : 0 }),
      ...(password !== undefined && { password_hash: password === null ? null : await hashOf(password) }),
    };
    return db.transaction(async (trx) => {
      const row = await mailboxes.locked(trx, principal, { id });
      unchanged(row);
      if (refusal) throw refusal;
      refuseBadForward(patch, [row.address]);
      if (Object.keys(patch).length > 0) await trx('mail_mailboxes').where({ id }).update(patch);
      return { ...row, ...patch };
    });
  }

  function refuseBadEnd(at: number): void {
    const now = clock.now();
    if (at > now && at <= now + LONGEST_LIFE_MS) return;
    const message = 'is a time within the next year; pin the mailbox to keep it for longer';
    throw coreErrors.validation_error({ issues: [{ path: ['body', 'expires_at'], message, keyword: 'range' }] });
  }

  async function changeByAddress(address: string, patch: Patch): Promise<void> {
    const changed = await db.write('mail_mailboxes').where({ address: address.trim().toLowerCase() }).update(patch);
    if (changed === 0) throw mailErrors.mailbox_not_found();
  }

  async function changeMany(column: 'id' | 'address', values: readonly (number | string)[], patch: Patch) {
    refuseBadForward(patch, []);
    return db.transaction(async (trx) => {
      const rows = await trx('mail_mailboxes')
        .whereIn(column, values)
        .whereNull('removed_at')
        .update(patch)
        .returning(['id', 'address']);
      return new Set<string | number>(rows.map((row) => row[column]));
    });
  }

  /** Forwarding to itself would go in circles. */
  function refuseBadForward({ forward_to }: Pick<Patch, 'forward_to'>, addresses: readonly string[]): void {
    if (!forward_to) return;
    if (!isMailAddress(forward_to)) throw mailErrors.bad_address();
    if (addresses.includes(mailboxes.own(forward_to)?.address ?? '')) throw mailErrors.forward_to_itself();
  }

  async function setPassword(address: string, password: string | null): Promise<void> {
    await changeByAddress(address, { password_hash: password === null ? null : await hashOf(password) });
  }

  async function changeOwnPassword(address: string, current: string, wanted: string): Promise<void> {
    const row = await mailboxes.byAddress(address);
    if (!row) throw mailErrors.mailbox_not_found();
    const isDefault = row.password_hash === null && config.defaultPasswordIsAddress && current === row.address;
    if (!isDefault && !(await passwords.verify(row.password_hash, current))) throw mailErrors.wrong_current_password();
    await setPassword(address, wanted);
  }

  async function hashOf(password: string): Promise<string> {
    const problem = passwords.problemWith(password);
    if (problem) throw mailErrors.weak_password({ message: problem });
    return passwords.hash(password);
  }

  function ofUser(userId: number): Promise<MailboxRow[]> {
    return db
      .read('mail_mailboxes')
      .where({ user_id: userId })
      .orderBy([
        { column: 'is_pinned', order: 'desc' },
        { column: 'id', order: 'desc' },
      ]);
  }

  async function assign(user: User, given: string): Promise<void> {
    const own = mailboxes.own(given);
    if (!own) throw mailErrors.foreign_domain();
    const owner = { userId: user.id, tenantId: (await people.tenantById(user.tenant_id))?.uuid ?? null };
    await db.transaction(async (trx) => {
      const existing = await locked(trx, own.address);
      if (existing?.user_id === user.id) return;
      await refuseOverLimit(trx, user);
      if (existing) await mailboxOwnership.give(trx, existing, owner);
      else if (!(await mailboxes.insert(trx, own, owner.userId, owner.tenantId))) throw mailErrors.address_taken();
    });
  }

  async function refuseOverLimit(trx: Transaction, user: User): Promise<void> {
    if (user.role !== 'member' || user.is_superadmin) return;
    await directory.locked(trx, user.id);
    const counted = await trx('mail_mailboxes').where({ user_id: user.id }).count({ total: '*' }).first();
    if (Number(counted?.total ?? 0) >= user.mailbox_limit)
      throw mailErrors.quota_exceeded({ extra: { limit: user.mailbox_limit } });
  }

  async function unassign(user: User, address: string): Promise<void> {
    await db.transaction(async (trx) => {
      const row = await locked(trx, address.trim().toLowerCase());
      if (row?.user_id !== user.id) throw mailErrors.mailbox_not_found();
      await mailboxOwnership.release(trx, row);
    });
  }
}

/** Without a person it is one's own when it is one's tenant's; what mail has made is nobody's. */
function isOwnedBy(row: MailboxRow, { userId, tenantId }: Owner): boolean {
  if (row.made_by_mail) return false;
  return row.user_id === userId && (userId !== null || row.tenant_id === tenantId);
}

/** Whoever asked for the forward is who sends: when they may not any more, nothing is forwarded. */
export function forwardedBy(
  { forward_to }: Pick<Patch, 'forward_to'>,
  principal: Principal,
): Pick<Patch, 'forward_by'> {
  return forward_to === undefined ? {} : { forward_by: forward_to ? senderOf(principal) : null };
}
