/** The contacts of messages that are heard, made where there are none. Table: robots_contacts. */
import { type PlainCell, rowsOf, rowsToInsert, timeWindow, valuesTable } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import type { KnownRobot } from '../../robots/tables.ts';
import { identityOf, type OwnId } from './identity.ts';

/** Who is spoken with, over which robot. */
export interface ContactPlace {
  robot: KnownRobot;
  /** '' for a conversation with them alone. */
  group: string;
  name: string;
  ownId: OwnId | null;
}

export interface HeardContacts {
  /** `heardAs`: the row of who was heard, where `id` is what it has become. */
  byKey: ReadonlyMap<string, { id: number; uuid: string; heardAs: number }>;
  fresh: { id: number; tenantId: string; text: string }[];
}

/** When they were last heard is kept to the minute: each time it changes, so do the indexes of all lists of them. */
const SEEN_STEP_MS = 60_000;
const COLUMNS = ['id', 'uuid', 'tenant_id', 'channel', 'known_as', 'name', 'merged_into', 'last_seen_at'] as const;
const WRITTEN = [
  ...(['uuid', 'tenant_id', 'channel', 'known_as', 'robot', 'room', 'account', 'own_id', 'name'] as const),
  ...(['last_seen_at', 'created_at', 'updated_at'] as const),
];

interface Known {
  id: number;
  uuid: string;
  tenant_id: string;
  channel: string;
  known_as: string;
  name: string;
  merged_into: number | null;
  last_seen_at: number;
}

type Wanted = [key: string, place: ContactPlace][];

export function contactKey(place: ContactPlace): string {
  return keyOf({ ...place.robot, known_as: identityOf(place).known_as });
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
    byKey: new Map(all.map(([key, row]) => [key, { ...(merged.get(row.merged_into ?? -1) ?? row), heardAs: row.id }])),
    fresh: written.fresh.map(({ id, tenant_id, name }) => ({ id, tenantId: tenant_id, text: name })),
  };
}

/** Those that need no change. Held on PostgreSQL: nobody merges or erases them until this transaction ends. */
async function seenOfLate(trx: Transaction, wanted: Wanted, now: number): Promise<Map<string, Known>> {
  const given = valuesTable(
    trx,
    3,
    wanted.map(([, place]) => [place.robot.tenant_id, place.robot.channel, identityOf(place).known_as]),
  );
  const rows = rowsOf<Known>(
    await trx.raw(
      `select ${COLUMNS.map((column) => `own.${column}`).join(', ')} from ${given.sql} as given
        cross join robots_contacts own
        where own.tenant_id = given.column1 and own.channel = given.column2 and own.known_as = given.column3
          and own.last_seen_at between ? and ? ${trx.client.config.client === 'pg' ? 'for no key update of own' : ''}`,
      [...given.bindings, ...timeWindow(now, SEEN_STEP_MS)],
    ),
  );
  return new Map(rows.map((row) => [keyOf(row), row]));
}

async function seenNow(trx: Transaction, wanted: Wanted, now: number) {
  if (wanted.length === 0) return { rows: [], fresh: [] };
  const uuids = new Map(wanted.map(([key]) => [key, crypto.randomUUID()]));
  const written = await insert(
    trx,
    wanted.map(([key, place]) => cellsOf(uuids.get(key) ?? '', place, now)),
    'do update set last_seen_at = excluded.last_seen_at',
  );
  return {
    rows: written.map((row): [string, Known] => [keyOf(row), row]),
    fresh: written.filter((row) => uuids.get(keyOf(row)) === row.uuid),
  };
}

/** Those that are new are there from now on; of the others nothing is said, and none is locked. */
export async function introduce(trx: Transaction, places: readonly ContactPlace[], now: number): Promise<void> {
  const rows = places.map((place) => cellsOf(crypto.randomUUID(), place, now));
  await insert(trx, rows, 'do nothing');
}

async function insert(trx: Transaction, rows: readonly PlainCell[][], known: string): Promise<Known[]> {
  const given = rowsToInsert(trx, WRITTEN.length, rows);
  return rowsOf<Known>(
    await trx.raw(
      `insert into robots_contacts (${WRITTEN.join(', ')})
       ${given.sql} on conflict (tenant_id, channel, known_as) ${known}
       returning ${COLUMNS.join(', ')}`,
      given.bindings,
    ),
  );
}

function cellsOf(uuid: string, place: ContactPlace, now: number): PlainCell[] {
  const { tenant_id, channel } = place.robot;
  const { known_as, robot, room, account, own_id } = identityOf(place);
  return [uuid, tenant_id, channel, known_as, robot, room, account, own_id, place.name, now, now, now];
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

function keyOf({ tenant_id, channel, known_as }: Pick<Known, 'tenant_id' | 'channel' | 'known_as'>): string {
  return `${tenant_id}\n${channel}\n${known_as}`;
}
