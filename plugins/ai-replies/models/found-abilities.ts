/** What may be relied on of a provider, by what was declared and by what was found when it was tried. */
import { createHash } from 'node:crypto';
import type { Abilities } from './ability-types.ts';
import type { KnownProvider } from './kinds/kind.ts';
import type { AbilityRow } from './tables.ts';

type Tried = Pick<KnownProvider, 'kind' | 'baseUrl' | 'model'>;

/** Of these rows that of the tenant before that of the operator; nothing where another one was tried under this name. */
export function foundOf(
  rows: readonly AbilityRow[],
  provider: Tried & { name: string },
): Pick<KnownProvider, 'found' | 'triedAt'> {
  const row = rows.find((one) => one.provider === provider.name && one.identity === triedAs(provider));
  return row
    ? { found: { forms: row.forms, tools: row.tools }, triedAt: row.tried_at }
    : { found: null, triedAt: null };
}

/** What may be relied on with this model: what was declared, or else what was found with it. */
export function abilitiesOf(
  { schemas, tools, found, model }: Pick<KnownProvider, 'schemas' | 'tools' | 'found' | 'model'>,
  asked: string = model,
): { forms: Abilities['forms']; tools: boolean } {
  const known = asked === model ? found : null;
  return { forms: schemas ? 'schema' : (known?.forms ?? 'none'), tools: tools && known?.tools !== 'refused' };
}

export function triedAs({ kind, baseUrl, model }: Tried): string {
  return createHash('sha256').update(`${kind} ${baseUrl} ${model}`).digest('base64url');
}
