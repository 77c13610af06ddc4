/**
 * Contacts as they stand: one that was merged into another is that one, whatever its own row says. Tables: robots_contacts,
 * robots_conversations.
 */

import type { Knex } from 'knex';
import type { RobotRow } from '../../robots/tables.ts';
import type { ContactRow } from '../tables.ts';
import { robotOfNames } from './identity.ts';

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

/**
 * Those whom a robot knows by these names, alone and not in a group: who has a conversation with it under that name, or, where
 * the channel says who people are, is known by it to another robot.
 */
export async function contactsNamed(
  on: Knex,
  robot: Pick<RobotRow, 'id' | 'tenant_id' | 'channel'>,
  names: readonly string[],
): Promise<Map<string, ContactRow>> {
  const { id, tenant_id, channel } = robot;
  const known: { name: string; contact: number }[] = await on('robots_contacts')
    .where({ tenant_id, channel, robot: robotOfNames(robot), room: '' })
    .whereIn('name', [...names])
    .select('name', { contact: 'id' });
  const spoken: { name: string; contact: number }[] = await on('robots_conversations')
    .where({ robot: id, group_name: '' })
    .whereIn('person', [...names])
    .select('contact', { name: 'person' });
  const keys = new Map([...known, ...spoken].map(({ name, contact }) => [name, contact]));
  const rows = await contactsOfKeys(on, [...new Set(keys.values())]);
  return new Map(
    [...keys].flatMap(([name, key]): [string, ContactRow][] => {
      const row = rows.get(key);
      return row ? [[name, row]] : [];
    }),
  );
}
