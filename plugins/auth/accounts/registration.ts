/** How accounts begin: registration, the first super-admin, people that an administrator or a provider brings. */
import { v7 as uuidv7 } from 'uuid';
import { ConfigError, isAppError, messageOf } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuthConfig } from '../config.ts';
import type { NewAccount, Origin, Registration as PublicRegistration } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { Links } from './links.ts';
import type { Mails } from './mails.ts';
import { normalName, taken, throwTaken } from './names.ts';
import type { OperatorTenant } from './operator-tenant.ts';
import { hashOf } from './password-hash.ts';
import type { People } from './people.ts';
import type { UserRow } from './tables.ts';

/** Making accounts; what other plugins may use of it stands in the contract. */
export interface Registration extends PublicRegistration {
  /** Whether anybody may make an account. */
  isOpen: boolean;
  /** Whether nobody but administrators makes accounts. */
  isClosed: boolean;
  register(request: Parameters<PublicRegistration['register']>[0]): Promise<UserRow>;
  create(trx: Transaction, account: NewAccount): Promise<UserRow>;
  hasSuperadmin(): Promise<boolean>;
  /** Whether nobody has an account yet: the server waits for whoever has its set-up link. */
  isNew(): Promise<boolean>;
  setUp(request: {
    token: string;
    email: string;
    username?: string;
    password: string;
    tenantName?: string;
    origin: Origin;
  }): Promise<UserRow>;
  setupLink(): Promise<string | null>;
  ensureConfiguredAdmin(): Promise<void>;
}

export function createRegistration(
  services: Services & {
    links: Links;
    mails: Mails;
    people: People;
    auditLog: AuditLog;
    operatorTenant: OperatorTenant;
    config: AuthConfig;
  },
): Registration {
  const { db, clock, config, events, passwords, links, mails, auditLog, operatorTenant } = services;

  let hasAnybody = false;

  return {
    get isOpen() {
      return config.registration === 'open';
    },
    get isClosed() {
      return config.registration === 'closed';
    },
    register,
    create,
    hasSuperadmin,
    isNew,
    setUp,
    setupLink,
    ensureConfiguredAdmin,
  };

  async function register(request: Parameters<Registration['register']>[0]): Promise<UserRow> {
    if (config.registration === 'closed') throw authErrors.registration_closed();
    if (config.registration === 'invite') throw authErrors.invitation_required();
    const { password, origin, ...account } = request;
    await mails.admit(normalName(request.email), origin.ip);
    const passwordHash = password === undefined ? undefined : await hashOf(passwords, password);
    return db.transaction((trx) => create(trx, { ...account, ...(passwordHash && { passwordHash }), origin }));
  }

  /** Makes the account, and a tenant of its own unless it joins one. Throws `email_taken` and the like. */
  async function create(trx: Transaction, account: NewAccount): Promise<UserRow> {
    const now = clock.now();
    const email = account.email ? normalName(account.email) : null;
    const username = account.username ? normalName(account.username) : null;
    await refuseTaken(trx, { email, username, phone: account.phone ?? null });
    const tenant =
      account.tenantId ??
      (await createTenant(trx, account.tenantName ?? account.fullName ?? email ?? username ?? 'My company'));
    const [user] = await trx('auth_users')
      .insert({
        uuid: uuidv7(),
        tenant_id: tenant,
        email,
        username,
        phone: account.phone ?? null,
        full_name: account.fullName ?? null,
        password_hash: account.passwordHash ?? null,
        role: account.role ?? (account.tenantId ? 'member' : 'owner'),
        is_superadmin: account.isSuperadmin ? 1 : 0,
        can_send: account.isSuperadmin ? 1 : 0,
        mailbox_limit: 10,
        status: 'active',
        email_verified_at: account.emailVerified ? now : null,
        token_version: 0,
        created_at: now,
        updated_at: now,
      })
      .returning('*')
      .catch(throwTaken);
    if (!user) throw new Error('The account was not stored');
    const tenantRow = await trx('auth_tenants').where({ id: tenant }).first();
    const tenantId = tenantRow?.uuid ?? '';
    if (account.isSuperadmin) await operatorTenant.noteFirst(trx, tenantId);
    if (email && !account.emailVerified) {
      await mails.enqueueVerify(trx, user, email, await links.make(trx, 'verify', { userId: user.id, email }));
    }
    await events.emit(
      trx,
      'user.created',
      { user_id: user.uuid, email, tenant_id: tenantId },
      { tenantId, subject: user.uuid },
    );
    const actor = { kind: 'user', id: user.uuid, tenantId };
    await auditLog.record(
      { action: 'user.created', actor, targetType: 'user', targetId: user.uuid, ...account.origin },
      trx,
    );
    return user;
  }

  async function createTenant(trx: Transaction, name: string): Promise<number> {
    const now = clock.now();
    const row = {
      uuid: uuidv7(),
      name: name.slice(0, 200),
      status: 'active' as const,
      settings: '{}',
      created_at: now,
      updated_at: now,
    };
    const [inserted] = await trx('auth_tenants').insert(row).returning('id');
    if (!inserted) throw new Error('The tenant was not stored');
    await events.emit(trx, 'tenant.created', { tenant_id: row.uuid, name: row.name }, { tenantId: row.uuid });
    return inserted.id;
  }

  async function refuseTaken(trx: Transaction, names: Pick<UserRow, 'email' | 'username' | 'phone'>): Promise<void> {
    for (const column of ['email', 'username', 'phone'] as const) {
      const value = names[column];
      if (value !== null && (await trx('auth_users').where(column, value).first('id'))) throw taken(column);
    }
  }

  async function hasSuperadmin(): Promise<boolean> {
    return Boolean(await db.write('auth_users').where({ is_superadmin: 1 }).first('id'));
  }

  /** Asked until there is somebody: each sign-in page wants to know. */
  async function isNew(): Promise<boolean> {
    hasAnybody ||= Boolean(await db.write('auth_users').first('id'));
    return !hasAnybody;
  }

  /** Makes the first super-admin with the token of the set-up link. */
  async function setUp({ token, password, ...account }: Parameters<Registration['setUp']>[0]): Promise<UserRow> {
    if (await hasSuperadmin()) throw authErrors.already_set_up();
    const passwordHash = await hashOf(passwords, password);
    return db.transaction(async (trx) => {
      await links.redeem(trx, 'setup', token);
      if (await trx('auth_users').where({ is_superadmin: 1 }).first('id')) throw authErrors.already_set_up();
      return create(trx, { ...account, passwordHash, isSuperadmin: true, emailVerified: true });
    });
  }

  /** A fresh set-up token while there is no super-admin; the one before stops working. */
  async function setupLink(): Promise<string | null> {
    if (await hasSuperadmin()) return null;
    return db.transaction((trx) => links.make(trx, 'setup'));
  }

  /** Makes the super-admin of the configuration. Two replicas that start at once: one makes it, the other sees it. */
  async function ensureConfiguredAdmin(): Promise<void> {
    if (!config.admin || (await hasSuperadmin())) return;
    const { email, username, password } = config.admin;
    const passwordHash = await hashOf(passwords, password);
    await db
      .transaction(async (trx) => {
        const account = {
          email,
          username,
          passwordHash,
          isSuperadmin: true,
          emailVerified: true,
          fullName: username ?? null,
        };
        await create(trx, { ...account, tenantName: 'Administration' });
      })
      .catch(async (error) => {
        if (await hasSuperadmin()) return;
        const sentence = `The super-admin of plugins.auth.admin could not be made: ${messageOf(error)}`;
        throw isAppError(error) ? new ConfigError(sentence, { cause: error }) : new Error(sentence, { cause: error });
      });
  }
}
