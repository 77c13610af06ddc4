/** People as the temp-mail API sees them: user name, role, quota. Tables of auth, written through its services. */
import { totalOf } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { AuthServices, User } from '#plugins/auth/contract.ts';
import { mailErrors } from '../errors.ts';

export interface MailUser {
  row: User;
  mailboxCount: number;
}

export interface NewMailUser {
  username: string;
  password: string;
  role: 'user' | 'admin';
  mailboxLimit: number;
}

export interface MailUserPatch {
  username?: string;
  password?: string;
  mailboxLimit?: number;
  canSend?: boolean;
  role?: 'user' | 'admin';
}

interface Origin {
  ip: string;
  userAgent: string;
}

export interface MailUsers {
  list(page: { limit: number; offset: number; sort: 'asc' | 'desc' }): Promise<{
    users: MailUser[];
    total: number;
    total_mailboxes: number;
    admin_count: number;
    active_count: number;
  }>;
  /** Makes an account in the actor's tenant. Throws `username_taken`, `weak_password`. */
  create(actor: Principal, user: NewMailUser, origin: Origin): Promise<User>;
  /** Throws `user_not_found`, `username_taken`, `weak_password`. */
  change(actor: Principal, id: number, patch: MailUserPatch, origin: Origin): Promise<void>;
  /** Throws `user_not_found`, `last_superadmin`. */
  remove(actor: Principal, id: number, origin: Origin): Promise<void>;
  /** Throws `user_not_found`. */
  byId(id: number): Promise<User>;
  /** By user name or e-mail address. Throws `user_not_found`. */
  byName(username: string): Promise<User>;
}

export function createMailUsers(services: Services & AuthServices): MailUsers {
  const { db, people, directory, operatorTenant, registration, passwordChanges, administration, auditLog } = services;

  return { list, create, change, remove, byId, byName };

  async function list({ limit, offset, sort }: Parameters<MailUsers['list']>[0]) {
    const { users, total, admins, active } = await directory.page({ limit, offset, sort });
    const counts = await db
      .read('mail_mailboxes')
      .whereIn(
        'user_id',
        users.map(({ id }) => id),
      )
      .groupBy('user_id')
      .select('user_id')
      .count({ total: '*' });
    const countOf = new Map(counts.map((row) => [row.user_id, Number(row.total)]));
    return {
      users: users.map((row) => ({ row, mailboxCount: countOf.get(row.id) ?? 0 })),
      total,
      total_mailboxes: await totalOf(db.read('mail_mailboxes').whereNull('removed_at')),
      admin_count: admins,
      active_count: active,
    };
  }

  async function create(actor: Principal, user: NewMailUser, origin: Origin): Promise<User> {
    const passwordHash = await passwordChanges.hashOf(user.password);
    const tenantId = await tenantFor(actor);
    return db.transaction(async (trx) => {
      const made = await registration.create(trx, {
        username: user.username,
        passwordHash,
        role: user.role === 'admin' ? 'admin' : 'member',
        ...(tenantId !== null ? { tenantId } : { tenantName: user.username }),
      });
      await people.updateUser(trx, made.id, { mailbox_limit: user.mailboxLimit });
      const entry = { action: 'user.created', actor, targetType: 'user', targetId: made.uuid, ...origin };
      await auditLog.record(entry, trx);
      return { ...made, mailbox_limit: user.mailboxLimit };
    });
  }

  /** The actor's own tenant; the root token, which has none, acts for the first super-admin's. */
  async function tenantFor(actor: Principal): Promise<number | null> {
    const uuid = actor.tenantId || (await operatorTenant.id());
    return uuid === null ? null : ((await people.tenantByUuid(uuid))?.id ?? null);
  }

  async function change(actor: Principal, id: number, patch: MailUserPatch, origin: Origin): Promise<void> {
    const before = await byId(id);
    const { username, mailboxLimit, canSend, role } = patch;
    const passwordHash = patch.password === undefined ? undefined : await passwordChanges.hashOf(patch.password);
    const change = {
      ...(username && { username }),
      ...(passwordHash && { passwordHash }),
      ...(mailboxLimit !== undefined && { mailbox_limit: mailboxLimit }),
      ...(canSend !== undefined && { can_send: canSend }),
      ...(role && { role: roleFor(role, before) }),
    };
    await administration.changeUser(actor, before.uuid, change, origin);
  }

  async function remove(actor: Principal, id: number, origin: Origin): Promise<void> {
    await administration.deleteUser(actor, (await byId(id)).uuid, origin);
  }

  async function byId(id: number): Promise<User> {
    const row = await people.userById(id);
    if (!row) throw mailErrors.user_not_found();
    return row;
  }

  async function byName(username: string): Promise<User> {
    const row = await people.userByIdentifier(username);
    if (!row) throw mailErrors.user_not_found();
    return row;
  }
}

/** An owner stays one: the temp-mail API knows only administrators and users. */
function roleFor(role: 'user' | 'admin', before: User): User['role'] {
  if (role === 'user') return 'member';
  return before.role === 'owner' ? 'owner' : 'admin';
}

/** What the temp-mail API calls an account's role. */
export function roleOfRow(row: User): 'user' | 'admin' {
  return row.is_superadmin || row.role !== 'member' ? 'admin' : 'user';
}
