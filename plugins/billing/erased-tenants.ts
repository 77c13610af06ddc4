/**
 * Erasure of tenants: each part says what it deletes, and all of it goes in one transaction. That a tenant was erased is
 * remembered for a while by a hash that leads to nobody, for what comes too late. Table: billing_erased_tenants.
 */
import type { Knex } from 'knex';
import { sha256 } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { lockTenant } from './tenant-lock.ts';

interface ErasedTenantRow {
  tenant_hash: string;
  at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      billing_erased_tenants: ErasedTenantRow;
    }
  }
}

/** What a part deletes of a tenant. What providers take for it from `since` on is paid back. */
type Erase = (trx: Transaction, tenantId: string, since: number) => Promise<void>;

export interface ErasedTenants {
  /** Said by each part when it starts; those below come first. */
  with(erase: Erase): void;
  /** Everything of a tenant goes. Again changes nothing. */
  erase(tenantId: string, since: number): Promise<void>;
  remember(trx: Transaction, tenantId: string, at: number): Promise<void>;
  /** When such a tenant was erased here; null for who was not. */
  erasedAt(on: Knex | Transaction, tenantId: string): Promise<number | null>;
  /** Those of these tenants that were. */
  among(on: Knex | Transaction, tenantIds: readonly string[]): Promise<ReadonlySet<string>>;
  deleteBefore(time: number): Promise<void>;
}

export function createErasedTenants({ db }: Services): ErasedTenants {
  const steps: Erase[] = [];

  return {
    with: (erase) => void steps.push(erase),

    async erase(tenantId, since) {
      // First, and by itself: who writes too late for what is deleted next finds it here, and so does who pays from now on.
      await db.transaction((trx) => remember(trx, tenantId, since));
      await db.transaction(async (trx) => {
        await lockTenant(db, trx, tenantId);
        for (const step of steps) await step(trx, tenantId, since);
      });
    },

    remember,

    async erasedAt(on, tenantId) {
      const row = await on('billing_erased_tenants')
        .where({ tenant_hash: sha256(tenantId) })
        .first();
      return row ? Number(row.at) : null;
    },

    async among(on, tenantIds) {
      const byHash = new Map(tenantIds.map((tenantId) => [sha256(tenantId), tenantId]));
      const found = await on('billing_erased_tenants')
        .whereIn('tenant_hash', [...byHash.keys()])
        .pluck('tenant_hash');
      return new Set(found.map((hash) => byHash.get(hash) ?? ''));
    },

    async deleteBefore(time) {
      await db.write('billing_erased_tenants').where('at', '<', time).delete();
    },
  };

  async function remember(trx: Transaction, tenantId: string, at: number): Promise<void> {
    await trx('billing_erased_tenants')
      .insert({ tenant_hash: sha256(tenantId), at })
      .onConflict('tenant_hash')
      .ignore();
  }
}
