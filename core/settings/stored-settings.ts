/**
 * Settings as they are kept: each save of an area is a version with all that is set in it, sealed, since some of it is secret. Table:
 * core_settings. Which versions a start was proven with stands in core_installation.
 */
import type { Knex } from 'knex';
import { isTree } from '../config/tree.ts';
import { hasTable } from '../database/migrations.ts';
import type { Transaction } from '../database/transactions.ts';
import type { Secrets } from '../security/secrets.ts';

/** Table `core_settings`. */
export interface SettingsRow {
  area: string;
  version: number;
  /** All that is set in the area, by name, sealed. */
  sealed: string;
  /** Names of what was changed, as JSON. */
  changed: string;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_settings: SettingsRow;
    }
  }
}

/** What is set, by the names of settings. */
export type Values = Readonly<Record<string, unknown>>;

export interface StoredArea {
  /** 0: nothing was ever set. */
  version: number;
  values: Values;
}

export type StoredSettings = ReadonlyMap<string, StoredArea>;

export const NOTHING_STORED: StoredSettings = new Map();
/** Of an area; older ones go. */
const KEPT_VERSIONS = 20;
const PURPOSE = 'settings';
const PROVEN = 'settings_proven';
/** Versions of areas with which nobody has reached the server. */
const REFUSED = 'settings_refused';

/** The newest version of each area, or those with which the server has started before. */
export async function readStored(
  db: Knex,
  secrets: Secrets,
  which: 'newest' | 'proven' = 'newest',
): Promise<StoredSettings> {
  if (!(await hasTable(db, 'core_settings'))) return NOTHING_STORED;
  const rows: SettingsRow[] = await db('core_settings').orderBy([{ column: 'area' }, { column: 'version' }]);
  const proven = which === 'proven' ? await readProven(db) : null;
  const found = new Map<string, StoredArea>();
  for (const row of rows) {
    if (proven === null || row.version === proven[row.area])
      found.set(row.area, { version: row.version, values: opened(row, secrets) });
  }
  return found;
}

/** Whether the same versions of the same areas are set. */
export function sameVersions(one: StoredSettings, other: StoredSettings): boolean {
  return one.size === other.size && [...other].every(([area, { version }]) => one.get(area)?.version === version);
}

/** Notes that the server has started with these. */
export async function noteProven(db: Knex, stored: StoredSettings): Promise<void> {
  const versions = Object.fromEntries([...stored].map(([area, { version }]) => [area, version]));
  const known = await readProven(db);
  if (JSON.stringify(known) === JSON.stringify(versions)) return;
  const row = { name: PROVEN, value: JSON.stringify(versions) };
  await db('core_installation').insert(row).onConflict('name').merge();
}

/** After a restore: that another machine has started with these says nothing of this one, whose ports may be taken. */
export async function deleteProven(db: Knex): Promise<void> {
  if (await hasTable(db, 'core_installation'))
    await db('core_installation').whereIn('name', [PROVEN, REFUSED]).delete();
}

export function readProven(db: Knex): Promise<Record<string, number>> {
  return readVersions(db, PROVEN);
}

/** Notes that nobody has reached the server with these versions of areas. */
export async function noteRefused(db: Knex, versions: Record<string, number>): Promise<void> {
  const row = { name: REFUSED, value: JSON.stringify(versions) };
  await db('core_installation').insert(row).onConflict('name').merge();
}

/** For one more try. */
export async function deleteRefused(db: Knex): Promise<void> {
  await db('core_installation').where({ name: REFUSED }).delete();
}

/** Areas with whose settings, as they are now, nobody has reached the server. */
export async function refusedAreas(db: Knex, stored: StoredSettings): Promise<string[]> {
  const versions = Object.entries(await readVersions(db, REFUSED));
  const isSet = versions.every(([area, version]) => stored.get(area)?.version === version);
  return isSet ? versions.map(([area]) => area) : [];
}

async function readVersions(db: Knex, name: string): Promise<Record<string, number>> {
  const row = await db('core_installation').where({ name }).first();
  return row ? JSON.parse(row.value) : {};
}

export function opened({ area, version, sealed }: SettingsRow, secrets: Secrets): Values {
  const values: unknown = JSON.parse(secrets.open(PURPOSE, sealed, `${area}/${version}`).toString());
  return isTree(values) ? values : {};
}

/** One more version of an area; old ones go. Of two that write the same one, the second breaks the key. */
export async function appendVersion(
  trx: Transaction,
  secrets: Secrets,
  { area, version, values, changed, now }: StoredArea & { area: string; changed: readonly string[]; now: number },
): Promise<void> {
  await trx('core_settings').insert({
    area,
    version,
    sealed: secrets.seal(PURPOSE, JSON.stringify(values), `${area}/${version}`),
    changed: JSON.stringify(changed),
    created_at: now,
  });
  const proven = (await readProven(trx))[area];
  const old = trx('core_settings')
    .where({ area })
    .where('version', '<=', version - KEPT_VERSIONS);
  // The one that a failed start goes back to.
  await (proven === undefined ? old : old.whereNot({ version: proven })).delete();
}
