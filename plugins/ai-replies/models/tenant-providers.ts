/**
 * Providers that tenants have added themselves. Keys are sealed, and never given to anybody. Tables: ai_replies_providers,
 * ai_replies_abilities.
 */

import { isUniqueViolation, OutboundError } from '#core/kit.ts';
import { coreErrors, type Precondition, type Services, type TenantPrincipal, type Transaction } from '#core/plugin.ts';
import type { AuditLog } from '#plugins/auth/contract.ts';
import type { AiRepliesConfig } from '../config.ts';
import { aiErrors } from '../errors.ts';
import { type Providers, type StoredSettings, sealKey, storedSettings } from './providers.ts';
import type { ProviderRow } from './tables.ts';

export interface ProviderWish {
  settings?: Partial<Omit<StoredSettings, 'limits'>> & { limits?: Partial<StoredSettings['limits']> };
  /** '' takes it away; undefined leaves it. */
  apiKey?: string;
  place?: number;
}

export interface TenantProviders {
  of(tenantId: string): Promise<ProviderRow[]>;
  /** Throws `provider_exists`, `bad_request` for an address that may not be called. */
  create(principal: TenantPrincipal, name: string, settings: StoredSettings, apiKey: string): Promise<ProviderRow>;
  /**
   * Throws `provider_not_found`, `provider_of_config`, and `bad_request` when the address changes without the key: a key goes
   * nowhere that it was not given for.
   */
  change(principal: TenantPrincipal, name: string, wish: ProviderWish, unchanged: Precondition): Promise<ProviderRow>;
  remove(principal: TenantPrincipal, name: string): Promise<void>;
}

const MOST = 50;

export function createTenantProviders({
  db,
  clock,
  secrets,
  outbound,
  providers,
  config,
  auditLog,
}: Services & { providers: Providers; config: AiRepliesConfig; auditLog: AuditLog }): TenantProviders {
  return {
    of: (tenantId) =>
      db
        .read('ai_replies_providers')
        .where({ tenant_id: tenantId })
        .orderBy([{ column: 'place' }, { column: 'id' }]),
    async create(principal, name, settings, apiKey) {
      const { tenantId } = principal;
      if (Object.hasOwn(config.providers, name)) throw aiErrors.provider_exists();
      await checkAddress(settings.baseUrl);
      const uuid = crypto.randomUUID();
      const now = clock.now();
      try {
        return await db.transaction(async (trx) => {
          const [count] = await trx('ai_replies_providers').where({ tenant_id: tenantId }).count({ total: '*' });
          const place = Number(count?.total ?? 0);
          if (place >= MOST) throw coreErrors.bad_request({ message: `There are ${MOST} providers at most` });
          const [row] = await trx('ai_replies_providers')
            .insert({
              uuid,
              tenant_id: tenantId,
              name,
              settings: JSON.stringify(settings),
              place,
              api_key: apiKey === '' ? null : sealKey(secrets, apiKey, uuid),
              created_at: now,
              updated_at: now,
            })
            .returning('*');
          if (!row) throw new Error('A provider was not stored');
          await record(trx, principal, 'provider.created', name);
          await providers.changed(trx);
          return row;
        });
      } catch (error) {
        throw isUniqueViolation(error) ? aiErrors.provider_exists() : error;
      }
    },
    async change(principal, name, { settings = {}, apiKey, place }, unchanged) {
      if (settings.baseUrl !== undefined) await checkAddress(settings.baseUrl);
      return db.transaction(async (trx) => {
        const before = await locked(trx, principal.tenantId, name);
        unchanged(before);
        const former = storedSettings(before);
        const moves = settings.baseUrl !== undefined && settings.baseUrl !== former.baseUrl;
        if (moves && before.api_key !== null && apiKey === undefined)
          throw coreErrors.bad_request({ message: 'Give the key again for another address' });
        const isMoved = apiKey === undefined && Object.keys(settings).length === 0;
        const patch = {
          settings: JSON.stringify({ ...former, ...settings, limits: { ...former.limits, ...settings.limits } }),
          ...(apiKey !== undefined && { api_key: apiKey === '' ? null : sealKey(secrets, apiKey, before.uuid) }),
          ...(place !== undefined && { place }),
          // In another place it is the same provider.
          updated_at: isMoved ? before.updated_at : clock.now(),
        };
        await trx('ai_replies_providers').where({ id: before.id }).update(patch);
        await record(trx, principal, 'provider.changed', name);
        await providers.changed(trx);
        return { ...before, ...patch };
      });
    },
    remove: (principal, name) =>
      db.transaction(async (trx) => {
        const { tenantId } = principal;
        const { id } = await locked(trx, tenantId, name);
        await trx('ai_replies_providers').where({ id }).delete();
        await trx('ai_replies_abilities').where({ tenant_id: tenantId, provider: name }).delete();
        await record(trx, principal, 'provider.deleted', name);
        await providers.changed(trx);
      }),
  };

  function record(trx: Transaction, actor: TenantPrincipal, action: string, name: string): Promise<void> {
    const about = { tenantId: actor.tenantId, targetType: 'provider', targetId: name };
    return auditLog.record({ action, actor, ...about }, trx);
  }

  async function locked(trx: Transaction, tenantId: string, name: string): Promise<ProviderRow> {
    const row = await trx('ai_replies_providers').where({ tenant_id: tenantId, name }).forUpdate().first();
    if (row) return row;
    throw Object.hasOwn(config.providers, name) ? aiErrors.provider_of_config() : aiErrors.provider_not_found();
  }

  async function checkAddress(url: string): Promise<void> {
    try {
      await outbound.check(url);
    } catch (error) {
      if (error instanceof OutboundError && error.code === 'blocked_address')
        throw aiErrors.address_not_allowed({ cause: error });
      if (error instanceof OutboundError) throw coreErrors.bad_request({ message: error.message });
      throw error;
    }
  }
}
