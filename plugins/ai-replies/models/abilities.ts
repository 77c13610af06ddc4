/**
 * What a provider turned out to be able to do when somebody tried it: remembered for the tenant, and for all when it was the
 * operator who tried one of the configuration. It holds for this model at this address. Table: ai_replies_abilities.
 */
import type { Services } from '#core/plugin.ts';
import type { Abilities } from './ability-types.ts';
import { triedAs } from './found-abilities.ts';
import type { KnownProvider } from './kinds/kind.ts';
import type { Providers } from './providers.ts';

export interface ProviderAbilities {
  remember(tenantId: string, provider: KnownProvider, found: Abilities): Promise<void>;
}

export function createProviderAbilities({
  db,
  clock,
  providers,
}: Services & { providers: Providers }): ProviderAbilities {
  return {
    remember: (tenant_id, provider, { forms, tools }) =>
      db.transaction(async (trx) => {
        const found = { identity: triedAs(provider), forms, tools, tried_at: clock.now() };
        await trx('ai_replies_abilities')
          .insert({ tenant_id, provider: provider.name, ...found })
          .onConflict(['tenant_id', 'provider'])
          .merge(found);
        await providers.changed(trx);
      }),
  };
}
