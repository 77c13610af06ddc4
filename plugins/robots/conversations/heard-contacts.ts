/**
 * The contacts of messages that are heard, made where there are none. A channel that knows people by an id of its own says who
 * somebody is; where there is only a display name, which anybody may take, the contact is that name on that robot and no
 * other's, until a person makes two contacts one. Table: robots_contacts.
 */
import { rowsOf, rowsToInsert, timeWindow, valuesTable } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import { isPhone } from '../robots/robots.ts';
import type { KnownRobot } from '../robots/tables.ts';

/** Who is spoken with, over which robot. */
export interface ContactPlace {
  robot: KnownRobot;
  person: string;
}

export interface HeardContacts {
  byKey: ReadonlyMap<string, { id: number; uuid: string }>;
  fresh: { id: number; tenantId: string; text: string }[];
}

/** When they were last heard is kept to the minute: each time it changes, so do the indexes of all lists of them. */
const SEEN_STEP_MS = 60_000;
const COLUMNS = ['id', 'uuid', 'tenant_id', 'channel', 'robot', 'name', 'merged_into', 'last_seen_at'] as const;

interface Known {
  id: number;
  uuid: string;
  tenant_id: string;
  channel: string;
  robot: number;
  name: string;
  merged_into: number | null;
  last_seen_at: number;
}

type Wanted = [key: string, place: ContactPlace][];

export function contactKey({ robot, person }: ContactPlace): string {
  return `${robot.tenant_id}\n${robot.channel}\n${robotOfNames(robot)}\n${person}`;
}

/** The key of the robot on which alone a name is somebody; 0 where the channel itself says who people are. */
export function robotOfNames({ id, channel }: Pick<KnownRobot, 'id' | 'channel'>): number {
  return isPhone({ channel }) ? id : 0;
}

/** By their key; those that were merged are the one they became. */
export async function contactsOf(
  trx: Transaction,
  places: readonly ContactPlace[],
  now: number,
): Promise<HeardContacts> {
  const wanted: Wanted = [...new Map(places.map((place) => [contactKey(place), place]))].sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  if (wanted.length === 0) return { byKey: new Map(), fresh: [] };
  const known = await seenOfLate(trx, wanted, now);
  const written = await seenNow(
    trx,
    wanted.filter(([key]) => !known.has(key)),
    now,
  );
  const all = [...known, ...written.rows];
  const merged = await targetsOf(trx, [...new Map(all).values()], now);
  return {
    byKey: new Map(all.map(([key, row]) => [key, merged.get(row.merged_into ?? -1) ?? row])),
    fresh: written.fresh.map(({ id, tenant_id, name }) => ({ id, tenantId: tenant_id, text: name })),
  };
}

/** Those that need no change. Held on PostgreSQL: nobody merges or erases them until this transaction ends. */
async function seenOfLate(trx: Transaction, wanted: Wanted, now: number): Promise<Map<string, Known>> {
  const given = valuesTable(
    trx,
    4,
    wanted.map(([, { robot, person }]) => [robot.tenant_id, robot.channel, person, robotOfNames(robot)]),
  );
  const rows = rowsOf<Known>(
    await trx.raw(
      `select ${COLUMNS.map((column) => `own.${column}`).join(', ')} from ${given.sql} as given
        cross join robots_contacts own
        where own.tenant_id = given.column1 and own.channel = given.column2 and own.name = given.column3
          and own.robot = cast(given.column4 as bigint) and own.last_seen_at between ? and ? ${trx.client.config.client === 'pg' ? 'for no key update of own' : ''}`,
      [...given.bindings, ...timeWindow(now, SEEN_STEP_MS)],
    ),
  );
  return new Map(rows.map((row) => [keyOf(row), row]));
}

async function seenNow(trx: Transaction, wanted: Wanted, now: number) {
  if (wanted.length === 0) return { rows: [], fresh: [] };
  const uuids = new Map(wanted.map(([key]) => [key, crypto.randomUUID()]));
  const given = rowsToInsert(
    trx,
    8,
    wanted.map(([key, { robot, person }]) => [
      uuids.get(key) ?? '',
      robot.tenant_id,
      robot.channel,
      robotOfNames(robot),
      person,
      now,
      now,
      now,
    ]),
  );
  const written = rowsOf<Known>(
    await trx.raw(
      `insert into robots_contacts (uuid, tenant_id, channel, robot, name, last_seen_at, created_at, updated_at)
       ${given.sql} on conflict (tenant_id, channel, robot, name) do update set last_seen_at = excluded.last_seen_at
       returning ${COLUMNS.join(', ')}`,
      given.bindings,
    ),
  );
  return {
    rows: written.map((row): [string, Known] => [keyOf(row), row]),
    fresh: written.filter((row) => uuids.get(keyOf(row)) === row.uuid),
  };
}

/** What those that were merged became, by its id. */
async function targetsOf(trx: Transaction, rows: readonly Known[], now: number) {
  const ids = [...new Set(rows.flatMap(({ merged_into }) => (merged_into === null ? [] : [merged_into])))];
  if (ids.length === 0) return new Map<number, { id: number; uuid: string }>();
  await trx('robots_contacts')
    .whereIn('id', ids)
    .whereNotBetween('last_seen_at', timeWindow(now, SEEN_STEP_MS))
    .update({ last_seen_at: now });
  const targets = await trx('robots_contacts').whereIn('id', ids).select('id', 'uuid');
  return new Map(targets.map((row) => [row.id, row]));
}

function keyOf({ tenant_id, channel, robot, name }: Known): string {
  return `${tenant_id}\n${channel}\n${robot}\n${name}`;
}
