/**
 * Contacts as they stand: one that was merged into another is that one, whatever its own row says. And whether they may be
 * written to. Table: robots_contacts.
 */

import type { Knex } from 'knex';
import type { RobotRow } from '../robots/tables.ts';
import { robotOfNames } from './heard-contacts.ts';
import type { ContactRow } from './tables.ts';

/** Each of these by its key, merged ones as what they became. */
export async function standing(on: Knex, rows: readonly ContactRow[]): Promise<Map<number, ContactRow>> {
  const merged = rows.flatMap(({ merged_into }) => merged_into ?? []);
  const others = merged.length > 0 ? await on('robots_contacts').whereIn('id', merged) : [];
  const byKey = new Map([...rows, ...others].map((row) => [row.id, row]));
  return new Map(rows.map((row) => [row.id, byKey.get(row.merged_into ?? row.id) ?? row]));
}

/** Those of these keys. */
export async function contactsOfKeys(on: Knex, keys: readonly number[]): Promise<Map<number, ContactRow>> {
  return standing(on, await on('robots_contacts').whereIn('id', [...keys]));
}

/** Those whom a robot knows by these names. */
export async function contactsNamed(
  on: Knex,
  robot: Pick<RobotRow, 'id' | 'tenant_id' | 'channel'>,
  names: readonly string[],
): Promise<Map<string, ContactRow>> {
  const rows = await on('robots_contacts')
    .where({ tenant_id: robot.tenant_id, channel: robot.channel, robot: robotOfNames(robot) })
    .whereIn('name', [...names]);
  const known = await standing(on, rows);
  return new Map(rows.map((row) => [row.name, known.get(row.id) ?? row]));
}

/** Why somebody is not to be written to; null: nothing speaks against it. */
export function refusalOf(contact: Pick<ContactRow, 'opted_out' | 'consent'> | undefined): string | null {
  if (contact?.opted_out === 1) return 'opted_out';
  return contact?.consent === 'refused' ? 'consent_refused' : null;
}
