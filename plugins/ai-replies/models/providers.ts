/** Which providers a tenant may ask, in which order: its own first, then those of the configuration. Table: ai_replies_providers. */
import { createRemembered } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { AiRepliesConfig, ConfiguredProvider } from '../config.ts';
import { foundOf } from './found-abilities.ts';
import type { KnownProvider } from './kinds/kind.ts';
import type { AbilityRow, ProviderRow } from './tables.ts';

export interface Providers {
  /** With their keys; for asking alone, never for showing. */
  of(tenantId: string): Promise<readonly KnownProvider[]>;
  /** The same without asking the database; undefined where it would have to be asked. */
  known(tenantId: string): readonly KnownProvider[] | undefined;
  /** To be called when one has changed: every process forgets what it knows. */
  changed(trx: Transaction): Promise<void>;
}

const KEY_PURPOSE = 'ai-replies.provider';

export type StoredSettings = Omit<ConfiguredProvider, 'apiKey' | 'headers' | 'shared'>;

export function createProviders({
  db,
  notices,
  secrets,
  operatorTenant,
  config,
}: Services & Pick<AuthServices, 'operatorTenant'> & { config: AiRepliesConfig }): Providers {
  const remembered = createRemembered<readonly KnownProvider[]>({
    notices,
    topic: 'ai-replies.providers',
    async load(tenantId) {
      const tried = await triedBy(tenantId);
      const list = [...(await ownOf(tenantId)), ...(await configuredFor(tenantId))];
      return list
        .filter(({ name }, place) => list.findIndex((one) => one.name === name) === place)
        .map((one) => ({ ...one, ...foundOf(one.isOfConfig ? tried.all : tried.own, one) }));
    },
  });
  return { of: remembered.of, known: remembered.known, changed: (trx) => remembered.changed(trx) };

  /** What the operator has found out of the configuration holds for all who may use it. */
  async function triedBy(tenant_id: string): Promise<{ own: AbilityRow[]; all: AbilityRow[] }> {
    const operator = await operatorTenant.id();
    const ids = operator === null || operator === tenant_id ? [tenant_id] : [tenant_id, operator];
    const rows = await db.read('ai_replies_abilities').whereIn('tenant_id', ids);
    const own = rows.filter((row) => row.tenant_id === tenant_id);
    return { own, all: [...own, ...rows.filter((row) => row.tenant_id !== tenant_id)] };
  }

  async function ownOf(tenantId: string): Promise<KnownProvider[]> {
    const rows = await db
      .read('ai_replies_providers')
      .where({ tenant_id: tenantId })
      .orderBy([{ column: 'place' }, { column: 'id' }]);
    return rows.map((row) => {
      const settings = storedSettings(row);
      const apiKey = row.api_key === null ? '' : openKey(secrets, row.api_key, row.uuid);
      return knownFrom(
        row.name,
        { ...settings, apiKey, headers: {}, shared: false },
        { isOfConfig: false, isOthers: false },
      );
    });
  }

  async function configuredFor(tenantId: string): Promise<KnownProvider[]> {
    const all = Object.entries(config.providers);
    if (all.length === 0) return [];
    const isOperator = (await operatorTenant.id()) === tenantId;
    return all
      .filter(([, provider]) => isOperator || provider.shared)
      .map(([name, provider]) => knownFrom(name, provider, { isOfConfig: true, isOthers: !isOperator }));
  }
}

/** Of what was stored before there were assistants. */
const WITHOUT_ASSISTANTS = { instructions: false, handover: '', inputs: {} } satisfies Partial<StoredSettings>;

export function storedSettings({ settings }: Pick<ProviderRow, 'settings'>): StoredSettings {
  return { ...WITHOUT_ASSISTANTS, ...JSON.parse(settings) };
}

export function sealKey(secrets: Services['secrets'], apiKey: string, uuid: string): string {
  return secrets.seal(KEY_PURPOSE, apiKey, uuid);
}

function openKey(secrets: Services['secrets'], sealed: string, uuid: string): string {
  return secrets.open(KEY_PURPOSE, sealed, uuid).toString('utf8');
}

function knownFrom(
  name: string,
  { limits, ...provider }: ConfiguredProvider,
  of: Pick<KnownProvider, 'isOfConfig' | 'isOthers'>,
): KnownProvider {
  const { firstByteSeconds, idleSeconds, totalSeconds, maxBytes } = limits;
  return {
    ...provider,
    name,
    ...of,
    found: null,
    triedAt: null,
    limits: {
      firstByteMs: firstByteSeconds * 1000,
      idleMs: idleSeconds * 1000,
      totalMs: totalSeconds * 1000,
      maxBytes,
    },
  };
}
