/** The statements of the usage batch: few, however many items there are. Tables: billing_usage, billing_usage_daily, billing_usage_keys. */
import { type Cell, placeholders, rowsOf } from '#core/kit.ts';
import type { Database, Transaction } from '#core/plugin.ts';
import type { UsageRow } from './tables.ts';

/**
 * `add` refuses over the limit; `note` adds what has happened already, also over the limit; `release` takes away, never
 * below 0; `set` states a fact; `refused` announces that something was.
 */
export interface UsageItem {
  kind: 'add' | 'note' | 'release' | 'set' | 'refused';
  tenantId: string;
  meter: string;
  /** `2026-02` or `now`. */
  period: string;
  month: string;
  day: string;
  amount: number;
  limit: number;
  idempotencyKey: string | null;
  now: number;
}

export interface Tally {
  row: Pick<UsageRow, 'tenant_id' | 'meter' | 'period'>;
  used: number;
  announced: number;
  announcedIn: string;
  isChanged: boolean;
  /** By day: what was added, or for a gauge its last value. */
  days: Map<string, number>;
  at: number;
}

/** Begins the keys of calls by routes and functions, whose amounts are kept: they may be given back. */
export const CALL_KEY = 'call:';

/** Counts as the last commit left them: where this process is the only writer they need no reading. */
export type Known = Map<string, Pick<Tally, 'used' | 'announced' | 'announcedIn'>>;

/** Keys that nobody used before, as one insert; on PostgreSQL it waits for another replica that has the same key. */
export async function takeKeys(trx: Transaction, items: readonly UsageItem[]): Promise<Set<string>> {
  const rows = new Map<string, Cell[]>();
  for (const item of items) {
    if (item.idempotencyKey !== null)
      rows.set(uniqueKey(item), [item.tenantId, item.meter, item.idempotencyKey, item.now, returnable(item)]);
  }
  if (rows.size === 0) return new Set();
  // One order for everybody, so that two replicas cannot wait for each other.
  const sorted = [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  const sql = `insert into billing_usage_keys (tenant_id, meter, idempotency_key, at, amount)
    values ${placeholders(sorted.length, 5)}
    on conflict (tenant_id, meter, idempotency_key) do nothing returning tenant_id, meter, idempotency_key`;
  const taken = rowsOf<{ tenant_id: string; meter: string; idempotency_key: string }>(
    await trx.raw(sql, bindings(sorted)),
  );
  return new Set(
    taken.map((row) => uniqueKey({ tenantId: row.tenant_id, meter: row.meter, idempotencyKey: row.idempotency_key })),
  );
}

function returnable({ idempotencyKey, amount }: UsageItem): number {
  return idempotencyKey?.startsWith(CALL_KEY) ? amount : 0;
}

/** After a count is stated or set back there is nothing left of what calls had added to it. */
export async function settleCalls(trx: Transaction, of: { tenant_id: string; meter?: string }): Promise<void> {
  await trx('billing_usage_keys').where(of).where('amount', '>', 0).update({ amount: 0 });
}

/** What was refused was not counted, so its key may be tried again. */
export async function giveBackKeys(trx: Transaction, refused: readonly UsageItem[]): Promise<void> {
  for (const { tenantId, meter, idempotencyKey } of refused) {
    if (idempotencyKey === null) continue;
    await trx('billing_usage_keys').where({ tenant_id: tenantId, meter, idempotency_key: idempotencyKey }).delete();
  }
}

/** The rows as they are, made when missing. On PostgreSQL they are locked until the commit; SQLite has one writer anyway. */
export async function heldTallies(
  trx: Transaction,
  db: Pick<Database, 'client'>,
  items: readonly UsageItem[],
  known: Known,
): Promise<Map<string, Tally>> {
  const wanted = new Map<string, UsageItem>();
  for (const item of items) wanted.set(tallyKey(item), item);
  const unknown = [...wanted.entries()].filter(([key]) => !known.has(key));
  const keys = unknown.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  const found = keys.length === 0 ? [] : db.client === 'pg' ? await lockRows(trx, keys) : await readRows(trx, keys);
  const byKey = new Map(found.map((row) => [rowKey(row), row]));
  const tallies = new Map<string, Tally>();
  for (const [key, item] of wanted) {
    const row = byKey.get(key);
    const before = known.get(key);
    tallies.set(key, {
      row: { tenant_id: item.tenantId, meter: item.meter, period: item.period },
      used: before?.used ?? Number(row?.used ?? 0),
      announced: before?.announced ?? row?.announced ?? 0,
      announcedIn: before?.announcedIn ?? row?.announced_in ?? '',
      isChanged: false,
      days: new Map(),
      at: item.now,
    });
  }
  return tallies;
}

/** An upsert that changes nothing takes the lock, whether the row was there or not. */
async function lockRows(trx: Transaction, keys: readonly UsageItem[]): Promise<UsageRow[]> {
  const rows = keys.map((item): Cell[] => [item.tenantId, item.meter, item.period, 0, 0, '', item.now]);
  const sql = `insert into billing_usage (tenant_id, meter, period, used, announced, announced_in, updated_at)
    values ${placeholders(rows.length, 7)}
    on conflict (tenant_id, meter, period) do update set used = billing_usage.used returning *`;
  return rowsOf<UsageRow>(await trx.raw(sql, bindings(rows)));
}

async function readRows(trx: Transaction, keys: readonly UsageItem[]): Promise<UsageRow[]> {
  const rows = keys.map((item): Cell[] => [item.tenantId, item.meter, item.period]);
  const sql = `select * from billing_usage where (tenant_id, meter, period) in (values ${placeholders(rows.length, 3)})`;
  return rowsOf<UsageRow>(await trx.raw(sql, bindings(rows)));
}

export async function writeTallies(trx: Transaction, tallies: readonly Tally[]): Promise<void> {
  const changed = tallies.filter(({ isChanged }) => isChanged);
  if (changed.length === 0) return;
  const rows = changed.map(({ row, used, announced, announcedIn, at }): Cell[] => [
    row.tenant_id,
    row.meter,
    row.period,
    used,
    announced,
    announcedIn,
    at,
  ]);
  const sql = `insert into billing_usage (tenant_id, meter, period, used, announced, announced_in, updated_at)
    values ${placeholders(rows.length, 7)}
    on conflict (tenant_id, meter, period) do update
    set used = excluded.used, announced = excluded.announced, announced_in = excluded.announced_in, updated_at = excluded.updated_at`;
  await trx.raw(sql, bindings(rows));
  const isGauge = ({ row }: Tally): boolean => row.period === 'now';
  await writeDays(trx, changed.filter(isGauge), 'excluded.used');
  await writeDays(
    trx,
    changed.filter((tally) => !isGauge(tally)),
    'billing_usage_daily.used + excluded.used',
  );
}

async function writeDays(trx: Transaction, tallies: readonly Tally[], value: string): Promise<void> {
  const rows = tallies.flatMap(({ row, days }) =>
    [...days].map(([day, used]): Cell[] => [row.tenant_id, day, row.meter, used]),
  );
  if (rows.length === 0) return;
  const sql = `insert into billing_usage_daily (tenant_id, day, meter, used) values ${placeholders(rows.length, 4)}
    on conflict (tenant_id, day, meter) do update set used = ${value}`;
  await trx.raw(sql, bindings(rows));
}

const bindings = (rows: readonly Cell[][]) => rows.flat() as (string | number)[];
export const tallyKey = ({ tenantId, meter, period }: Pick<UsageItem, 'tenantId' | 'meter' | 'period'>): string =>
  `${tenantId} ${meter} ${period}`;
const rowKey = ({ tenant_id, meter, period }: UsageRow): string => `${tenant_id} ${meter} ${period}`;
export const uniqueKey = ({
  tenantId,
  meter,
  idempotencyKey,
}: Pick<UsageItem, 'tenantId' | 'meter' | 'idempotencyKey'>) => `${tenantId} ${meter} ${idempotencyKey}`;
