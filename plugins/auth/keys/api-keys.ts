/** API keys: made, rotated, revoked, and recognised without a query. Table: auth_api_keys. */

import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';
import {
  apiKeySecret,
  createRowCache,
  DAY_MS,
  getOwn,
  isSuperadmin,
  isTenantAdmin,
  sha256,
  throughKey,
  tokenHash,
} from '#core/kit.ts';
import { coreErrors, defineBatch, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { Account } from '../access.ts';
import type { AccountData } from '../account-data.ts';
import type { Admission } from '../accounts/admission.ts';
import type { People } from '../accounts/people.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { authErrors } from '../errors.ts';
import { keyDataOf } from './erasure.ts';
import { intersectRights } from './intersect-rights.ts';
import { mayGrant } from './scopes.ts';
import type { ApiKeyRow } from './tables.ts';
import { type ApiKeyView, apiKeyView, isUsable, scopesOf } from './views.ts';

export interface KeyWish {
  name: string;
  scopes?: string[];
  expires_in_days?: number;
}

export interface ApiKeys {
  list(principal: Account): Promise<ApiKeyView[]>;
  /** Rows of the keys that the principal may see. */
  visible(principal: Account): Knex.QueryBuilder;
  /** Throws `not_found` for keys that are not the principal's to see. */
  get(principal: Account, uuid: string): Promise<ApiKeyView>;
  create(principal: Account, wish: KeyWish): Promise<ApiKeyView & { raw_key: string }>;
  /**
   * A key of somebody else, whom `notify` tells of it in the same transaction. It never has a right that its maker has not.
   * Throws `unknown_scope`, `scope_not_yours`.
   */
  createFor(
    maker: Account,
    owner: Account,
    wish: KeyWish,
    notify: (trx: Transaction) => Promise<void>,
  ): Promise<ApiKeyView & { raw_key: string }>;
  /**
   * The same name, scopes and expiry with a new secret; the old one stops at once or after the grace time, and with it the keys that
   * it made. Only for the key's own user, with every right that the key has; a key that somebody else made rotates only what is bound
   * to the same maker. Throws `forbidden`, `scope_not_yours`, `conflict`.
   */
  rotate(principal: Account, uuid: string, graceMinutes: number): Promise<ApiKeyView & { raw_key: string }>;
  /** Ends it, and all keys that were made with it. */
  revoke(principal: Account, uuid: string): Promise<void>;
  /** Who the key is. Throws `invalid_token` for one that is unknown, expired or revoked. */
  principalOf(rawKey: string): Principal | Promise<Principal>;
  /**
   * Who a key is that the asker sees, without being used; super-admins see all. Null when it is nobody any more.
   * Throws `not_found`.
   */
  seen(asker: Account, uuid: string): Promise<Principal | null>;
}

const PREFIX = 'mf_';
const PREFIX_LENGTH = 7;
/** `last_used_at` is exact to this, so that a busy key does not write at every request. */
const LAST_USED_STEP_MS = 60_000;

const lastUsed = defineBatch<{ id: number; at: number }, void>({
  name: 'auth.keyUsed',
  async write(trx, items) {
    // In one order, so that two replicas that write of the same keys do not wait for each other.
    const inOrder = [...items].sort((one, other) => one.id - other.id);
    for (const { id, at } of inOrder) await trx('auth_api_keys').where({ id }).update({ last_used_at: at });
    return items.map(() => undefined);
  },
});

interface KnownKey {
  key: ApiKeyRow;
  principal: Principal;
  lastUsedAt: number;
}

export function createApiKeys(
  services: Services & { people: People; admission: Admission; auditLog: AuditLog; accountData: AccountData },
): ApiKeys {
  const { db, clock, catalogue, people, admission, auditLog, accountData, log } = services;
  accountData.add(keyDataOf(db, clock));
  const known = createRowCache<string, KnownKey>(db, load);
  people.onInvalidate((change) => {
    if (change === null) return known.clear();
    const { userId, tenantId } = change;
    known.drop(
      ({ key, principal }) => key.user_id === userId || key.made_by === userId || principal.tenantId === tenantId,
    );
  });

  return { list, visible, get, create, createFor, rotate, revoke, principalOf, seen };

  async function list(principal: Account): Promise<ApiKeyView[]> {
    const rows = await visible(principal).orderBy('id', 'desc').limit(500);
    return rows.map((row) => apiKeyView(row, clock.now()));
  }

  async function get(principal: Account, uuid: string): Promise<ApiKeyView> {
    return apiKeyView(await find(principal, uuid), clock.now());
  }

  function create(principal: Account, wish: KeyWish) {
    return createFor(principal, principal, wish, async () => {});
  }

  async function createFor(maker: Account, owner: Account, wish: KeyWish, notify: (trx: Transaction) => Promise<void>) {
    for (const scope of wish.scopes ?? []) {
      if (getOwn(catalogue.scopes, scope) === undefined)
        throw authErrors.unknown_scope({ message: `There is no scope '${scope}'`, extra: { scope } });
    }
    // A key made by a restricted key is never less restricted than it, and does not outlive it.
    const scopes = wish.scopes ?? maker.scopes;
    refuseUngrantable(maker, scopes);
    const wished = wish.expires_in_days === undefined ? Infinity : clock.now() + wish.expires_in_days * DAY_MS;
    const rawKey = newKey();
    const row = await db.transaction(async (trx) => {
      const own = await usedKey(trx, maker);
      const expiresAt = Math.min(wished, endOf(own));
      const expires_at = expiresAt === Infinity ? null : expiresAt;
      const made_by = maker.userId === owner.userId ? (own?.made_by ?? null) : maker.userId;
      const made_with = own?.id ?? null;
      const wanted = { name: wish.name, scopes: scopes && JSON.stringify(scopes), expires_at, made_by, made_with };
      const inserted = await insert(trx, maker, owner, rawKey, wanted, 'api_key.created');
      await notify(trx);
      return inserted;
    });
    return { ...apiKeyView(row, clock.now()), raw_key: rawKey };
  }

  async function rotate(principal: Account, uuid: string, graceMinutes: number) {
    const seen = await find(principal, uuid);
    if (seen.user_id !== principal.userId)
      throw coreErrors.forbidden({ message: 'A key is rotated by its own user; you may revoke it' });
    refuseUngrantable(principal, scopesOf(seen));
    const rawKey = newKey();
    const row = await db.transaction(async (trx) => {
      const now = clock.now();
      const own = await usedKey(trx, principal);
      const maker = own?.made_by ?? null;
      if (maker !== null && maker !== seen.made_by)
        throw coreErrors.forbidden({ message: 'A key that someone else made rotates none that its user made' });
      if ((seen.expires_at ?? Infinity) > endOf(own))
        throw coreErrors.forbidden({ message: 'This key lasts longer than the one that you use' });
      // Of several that come at once, one ends the old key.
      const ended = await trx('auth_api_keys')
        .where({ id: seen.id, revoked_at: null })
        .where((good) => good.whereNull('expires_at').orWhere('expires_at', '>', now))
        .update({ revoked_at: now + graceMinutes * 60_000 });
      if (ended === 0) throw coreErrors.conflict({ message: 'A revoked, expired or rotated key cannot be rotated' });
      await endMadeWith(trx, seen.id, now + graceMinutes * 60_000);
      // Who rotates another key has its new secret: that one ends with the key by which they came.
      const made_with = own?.id === seen.id ? seen.made_with : (own?.id ?? null);
      return insert(trx, principal, principal, rawKey, { ...seen, made_with }, 'api_key.rotated');
    });
    return { ...apiKeyView(row, clock.now()), raw_key: rawKey };
  }

  /** Throws `scope_not_yours` for rights that the principal has not itself; null are all rights of its user. */
  function refuseUngrantable(principal: Principal, scopes: readonly string[] | null): void {
    if (scopes === null && principal.scopes !== null)
      throw authErrors.scope_not_yours({ message: 'This key has all rights of its user, and yours has not' });
    const missing = scopes?.find((scope) => !mayGrant(principal, scope));
    if (missing !== undefined)
      throw authErrors.scope_not_yours({
        message: `You cannot give the scope '${missing}'`,
        extra: { required: missing },
      });
  }

  /** The key that the principal has come with; undefined for people. */
  async function usedKey(trx: Transaction, principal: Principal): Promise<ApiKeyRow | undefined> {
    if (principal.kind !== 'apiKey') return undefined;
    // Held, so that a revocation at the same moment finds what is made with it, or is found.
    return trx('auth_api_keys').where({ uuid: principal.credentialId }).forUpdate().first();
  }

  /** When the rights that a key gives end: those of people and of keys without an expiry, never. */
  function endOf(own: ApiKeyRow | undefined): number {
    return Math.min(own?.expires_at ?? Infinity, own?.revoked_at ?? Infinity);
  }

  async function revoke(principal: Account, uuid: string): Promise<void> {
    const key = await find(principal, uuid);
    await db.transaction(async (trx) => {
      const now = clock.now();
      await trx('auth_api_keys').where({ id: key.id }).update({ revoked_at: now });
      const ended = await endMadeWith(trx, key.id, now);
      await auditLog.record(
        { action: 'api_key.revoked', actor: principal, targetType: 'api_key', targetId: uuid, detail: { ended } },
        trx,
      );
      people.invalidate(trx, { userId: key.user_id });
    });
  }

  /** Ends all keys that a key has made, and that those have made, at this time at the latest; gives their ids. */
  async function endMadeWith(trx: Transaction, id: number, at: number): Promise<string[]> {
    const made = await trx
      .withRecursive('made', (all) =>
        all
          .from('auth_api_keys')
          .where({ made_with: id })
          .select('id')
          .union((next) =>
            next.from('auth_api_keys').join('made', 'auth_api_keys.made_with', 'made.id').select('auth_api_keys.id'),
          ),
      )
      .from('made')
      .orderBy('id')
      .pluck('id');
    if (made.length === 0) return [];
    const ended = await trx('auth_api_keys')
      .whereIn('id', made)
      .where((open) => open.whereNull('revoked_at').orWhere('revoked_at', '>', at))
      .update({ revoked_at: at })
      .returning('uuid');
    return ended.map(({ uuid }) => uuid);
  }

  async function insert(
    trx: Transaction,
    actor: Account,
    keeper: Account,
    rawKey: string,
    wish: Pick<ApiKeyRow, 'name' | 'scopes' | 'expires_at' | 'made_by' | 'made_with'>,
    action: 'api_key.created' | 'api_key.rotated',
  ): Promise<ApiKeyRow> {
    const owner = await trx('auth_users').where({ id: keeper.userId }).first('id', 'tenant_id');
    if (!owner) throw coreErrors.forbidden({ message: 'Only accounts have API keys' });
    const [inserted] = await trx('auth_api_keys')
      .insert({
        uuid: uuidv7(),
        user_id: owner.id,
        tenant_id: owner.tenant_id,
        name: wish.name,
        key_prefix: rawKey.slice(0, PREFIX_LENGTH),
        key_hash: sha256(rawKey),
        scopes: wish.scopes,
        expires_at: wish.expires_at,
        made_by: wish.made_by,
        made_with: wish.made_with,
        created_at: clock.now(),
      })
      .returning('*');
    if (!inserted) throw new Error('The API key was not stored');
    const detail = {
      ...(actor.userId !== keeper.userId && { for: keeper.id, scopes: scopesOf(inserted) }),
      ...(actor.kind === 'apiKey' && { with_key: actor.credentialId }),
    };
    await auditLog.record({ action, actor, targetType: 'api_key', targetId: inserted.uuid, detail }, trx);
    // One that it takes the place of is remembered perhaps.
    people.invalidate(trx, { userId: owner.id });
    return inserted;
  }

  /** Of a key that is remembered at once: it comes with every request. */
  function principalOf(rawKey: string): Principal | Promise<Principal> {
    const hash = tokenHash(rawKey);
    const found = known.known(hash);
    return found ? used(found) : known.get(hash).then(used);
  }

  function used(found: KnownKey | null): Principal {
    const now = clock.now();
    if (!found || !isUsable(found.key, now)) throw authErrors.invalid_token({ message: 'This API key is not valid' });
    if (now - found.lastUsedAt > LAST_USED_STEP_MS) {
      found.lastUsedAt = now;
      db.batch(lastUsed, { id: found.key.id, at: now }).catch((error) =>
        log.warn({ err: error }, 'last_used_at was not written'),
      );
    }
    return found.principal;
  }

  async function load(hash: string): Promise<KnownKey | null> {
    const key = await db.read('auth_api_keys').where({ key_hash: hash }).first();
    const principal = key && (await keyPrincipal(key));
    return principal ? { key, principal, lastUsedAt: key.last_used_at ?? 0 } : null;
  }

  async function seen(asker: Account, uuid: string): Promise<Principal | null> {
    const any = isSuperadmin(asker) ? await db.read('auth_api_keys').where({ uuid }).first() : undefined;
    const key = any ?? (await find(asker, uuid));
    return isUsable(key, clock.now()) ? keyPrincipal(key) : null;
  }

  async function keyPrincipal(key: ApiKeyRow): Promise<Principal | null> {
    const owner = await admission.principalOf(key.user_id);
    if (!owner) return null;
    const scopes = scopesOf(key);
    // A key passes as super-admin only when it says so (see decisions: MoltFlow).
    if (key.made_by === null) return { ...throughKey(owner, scopes), credentialId: key.uuid };
    const both = intersectRights(owner, await admission.principalOf(key.made_by), scopes ?? []);
    return both && { ...throughKey(both.person, both.scopes), credentialId: key.uuid };
  }

  /** Owners and admins see the keys of their tenant, others their own. */
  function visible(principal: Account) {
    const rows = db.read('auth_api_keys').select('auth_api_keys.*');
    if (isTenantAdmin(principal)) {
      return rows
        .join('auth_tenants', 'auth_tenants.id', 'auth_api_keys.tenant_id')
        .where('auth_tenants.uuid', principal.tenantId);
    }
    return rows.where('auth_api_keys.user_id', principal.userId);
  }

  async function find(principal: Account, uuid: string): Promise<ApiKeyRow> {
    const row = await visible(principal).where('auth_api_keys.uuid', uuid).first();
    if (!row) throw coreErrors.not_found({ message: 'There is no API key with this id' });
    return row;
  }
}

function newKey(): string {
  return PREFIX + apiKeySecret();
}
