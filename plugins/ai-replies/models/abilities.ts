/**
 * What a provider turned out to be able to do when somebody tried it: remembered for the tenant, and for all when it was the
 * operator who tried one of the configuration. It holds for this model at this address. Table: ai_replies_abilities.
 */
import { createHash } from 'node:crypto';
import type { Services } from '#core/plugin.ts';
import type { KnownProvider } from './kinds/kind.ts';
import type { Providers } from './providers.ts';
import type { AbilityRow } from './tables.ts';

/** In which form it answers by itself, and what becomes of functions that it is given. */
export type Abilities = Pick<AbilityRow, 'forms' | 'tools'>;

export interface ProviderAbilities {
  remember(tenantId: string, provider: KnownProvider, found: Abilities): Promise<void>;
}

type Tried = Pick<KnownProvider, 'kind' | 'baseUrl' | 'model'>;

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

/** Of these rows that of the tenant before that of the operator; null where another one was tried under this name. */
export function foundOf(rows: readonly AbilityRow[], provider: Tried & { name: string }): Abilities | null {
  const row = rows.find((one) => one.provider === provider.name && one.identity === triedAs(provider));
  return row ? { forms: row.forms, tools: row.tools } : null;
}

/** What may be relied on with this model: what was declared, or else what was found with it. */
export function abilitiesOf(
  { schemas, tools, found, model }: Pick<KnownProvider, 'schemas' | 'tools' | 'found' | 'model'>,
  asked: string = model,
): { forms: Abilities['forms']; tools: boolean } {
  const known = asked === model ? found : null;
  return { forms: schemas ? 'schema' : (known?.forms ?? 'none'), tools: tools && known?.tools !== 'refused' };
}

function triedAs({ kind, baseUrl, model }: Tried): string {
  return createHash('sha256').update(`${kind} ${baseUrl} ${model}`).digest('base64url');
}
