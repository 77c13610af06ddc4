/**
 * Which jobs are due, and the claim of some: statements that read what they give and nothing else, however many wait.
 * Table: core_jobs, by its indexes core_jobs_claim and core_jobs_next.
 */
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { defineBatch } from '../database/group-commit.ts';
import { rowsOf } from '../database/insert-many.ts';
import type { BoundJob, JobRow } from './jobs.ts';
import { leaseEnd } from './lease.ts';

/** Written out, because SQLite finds a partial index only where the statement shows the value. */
const READY = "state = 'ready'";
/** Rows of core_jobs_claim, in whose order they are taken. */
const DUE = `${READY} and is_due = 1`;
/** Jobs whose time has come are marked so many at once. */
const MARKED_AT_ONCE = 1_000;
/** Looking up each of so many by its place takes less than a query for each lane. */
const SMALL_SHARE = 20;

/**
 * Kinds of these of which some job is due, and a row without a name for when the next one comes due that is not marked yet. By the
 * first of its lanes, because that is read from the index: for `exists` and for any one row PostgreSQL would read all jobs.
 */
const lookOf = (kinds: number): string => `
  with kinds(name) as (values ${Array(kinds).fill('(?)').join(', ')})
  select name, cast(null as bigint) as at from kinds
   where (select min(lane) from core_jobs where ${DUE} and core_jobs.name = kinds.name) is not null
   union all
  select null, min(run_at) from core_jobs where ${READY} and is_due = 0`;

/** Lanes of a kind with due jobs, by jumping from one to the next in the index. */
const dueLanesOf = (isFirst: boolean): string => `
  with recursive heads(lane, step) as (
    select (select min(lane) from core_jobs where ${DUE} and name = ? ${isFirst ? '' : 'and lane > ?'}), 1
    union all
    select (select min(lane) from core_jobs where ${DUE} and name = ? and lane > heads.lane), step + 1
      from heads where lane is not null and step < ?
  )
  select lane from heads where lane is not null`;

/** So many of a lane. */
export interface LaneShare {
  lane: string;
  limit: number;
}

interface Claim {
  name: string;
  shares: readonly LaneShare[];
  worker: string;
  lockedUntil: number;
}

/** Claims share a transaction with what ended at the same moment, and with each other. */
const claimed = defineBatch<Claim, JobRow[]>({
  name: 'jobs.claimed',
  async write(trx, claims) {
    const taken: JobRow[][] = [];
    for (const claim of claims) taken.push(await takeAll(trx, claim));
    return taken;
  },
  statement([claim, ...others]) {
    if (!claim || others.length > 0) return null;
    return { ...takeOf(claim, false), results: (rows) => [inTurn(rows as JobRow[], claim.shares)] };
  },
});

async function takeAll(trx: Transaction, claim: Claim): Promise<JobRow[]> {
  const { sql, bindings } = takeOf(claim, trx.client.config.client === 'pg');
  return inTurn(rowsOf<JobRow>(await trx.raw(sql, bindings)), claim.shares);
}

function takeOf({ name, shares, worker, lockedUntil }: Claim, isPg: boolean): Part {
  const { sql, bindings } = isPg ? nextLocked(name, shares) : next(name, shares);
  // As an array, because PostgreSQL expects far more rows of the query than it gives, and would read the whole table.
  return {
    sql: taking(isPg ? `id = any(array(${sql}))` : `id in (${sql})`),
    bindings: [worker, lockedUntil, ...bindings],
  };
}

/** The key is given up: what is enqueued under it from now on is a job of its own. */
function taking(these: string): string {
  return `update core_jobs set state = 'running', key = null, attempts = attempts + 1, locked_by = ?, locked_until = ?
           where ${these} returning *`;
}

interface KeyClaim {
  key: string;
  worker: string;
  lockedUntil: number;
}

/** Where it is still due: somebody may have enqueued it anew for later. */
const claimedByKey = defineBatch<KeyClaim, JobRow[]>({
  name: 'jobs.claimed-by-key',
  async write(trx, claims) {
    const taken: JobRow[][] = [];
    for (const { sql, bindings } of claims.map(ofKey)) taken.push(rowsOf<JobRow>(await trx.raw(sql, bindings)));
    return taken;
  },
  statement([claim, ...others]) {
    return claim && others.length === 0 ? { ...ofKey(claim), results: (rows) => [rows as JobRow[]] } : null;
  },
});

function ofKey({ key, worker, lockedUntil }: KeyClaim): Part {
  return { sql: taking(`${DUE} and key = ?`), bindings: [worker, lockedUntil, key] };
}

interface Part {
  sql: string;
  bindings: (string | number)[];
}

function nextLocked(name: string, shares: readonly LaneShare[]): Part {
  const sql = `
    select job.id from json_to_recordset(?::json) as share(lane text, "limit" int)
     cross join lateral (select id from core_jobs where ${DUE} and name = ? and core_jobs.lane = share.lane
                          order by priority, run_at, id limit share."limit" for update skip locked) as job`;
  return { sql, bindings: [JSON.stringify(shares), name] };
}

/**
 * SQLite knows no lateral join: the first ones of small shares are looked up in all their lanes, then the second ones, and
 * so on; others in a query each.
 */
function next(name: string, shares: readonly LaneShare[]): Part {
  const ofLane = `select id from core_jobs where ${DUE} and name = ? and lane =`;
  const order = 'order by priority, run_at, id';
  const parts: Part[] = shares
    .filter(({ limit }) => limit > SMALL_SHARE)
    .map(({ lane, limit }) => ({
      sql: `select id from (${ofLane} ? ${order} limit ?)`,
      bindings: [name, lane, limit],
    }));
  const small = shares.filter(({ limit }) => limit <= SMALL_SHARE);
  const most = Math.max(0, ...small.map(({ limit }) => limit));
  for (let skipped = 0; skipped < most; skipped++) {
    const lanes = small.filter(({ limit }) => limit > skipped).map(({ lane }) => lane);
    const one = `(${ofLane} share.value ${order} limit 1 offset ?)`;
    parts.push({
      sql: `select ${one} from json_each(?) as share`,
      bindings: [name, skipped, JSON.stringify(lanes)],
    });
  }
  return { sql: parts.map(({ sql }) => sql).join(' union all '), bindings: parts.flatMap(({ bindings }) => bindings) };
}

/** Lane by lane in the order of the claim, which the rows of an update do not keep. */
function inTurn(rows: JobRow[], shares: readonly LaneShare[]): JobRow[] {
  const turns = new Map(shares.map(({ lane }, turn) => [lane, turn]));
  const turnOf = (row: JobRow): number => turns.get(row.lane) ?? 0;
  return rows.sort(
    (one, other) =>
      turnOf(one) - turnOf(other) || one.priority - other.priority || one.run_at - other.run_at || one.id - other.id,
  );
}

export function createClaims({ db, clock, worker }: { db: Database; clock: Clock; worker: string }) {
  return { poll, dueLanes, markDue, claim, claimKey };

  /** Kinds of which jobs are due, and when the next one comes due that is not marked yet. */
  async function poll(names: readonly string[]): Promise<{ kinds: string[]; nextAt: number | null }> {
    if (names.length === 0) return { kinds: [], nextAt: null };
    const found = rowsOf<{ name: string | null; at: unknown }>(await db.read.raw(lookOf(names.length), [...names]));
    const next = found.find(({ name }) => name === null);
    return {
      kinds: found.flatMap(({ name }) => name ?? []),
      nextAt: next?.at == null ? null : Number(next.at),
    };
  }

  /** The next lanes of a kind that have jobs which are due, in their order; `after` is a lane, or null for the first. */
  async function dueLanes(name: string, after: string | null, limit: number): Promise<string[]> {
    const bindings = after === null ? [name, name, limit] : [name, after, name, limit];
    const found = rowsOf<{ lane: string }>(await db.read.raw(dueLanesOf(after === null), bindings));
    return found.map(({ lane }) => lane);
  }

  /** Marks jobs whose time has come; gives whether there may be more. */
  async function markDue(): Promise<boolean> {
    const next = db
      .write('core_jobs')
      .select('id')
      .whereRaw(READY)
      .whereRaw('is_due = 0')
      .where('run_at', '<=', clock.now())
      .orderBy('run_at')
      .limit(MARKED_AT_ONCE);
    if (db.client === 'pg') next.forUpdate().skipLocked();
    return (await db.write('core_jobs').whereIn('id', next).update({ is_due: 1 })) === MARKED_AT_ONCE;
  }

  /** The job of this kind that has the key; none where it is not due any more. */
  function claimKey(type: BoundJob, key: string): Promise<JobRow[]> {
    return db.batch(claimedByKey, { key, worker, lockedUntil: leaseEnd(clock, type) });
  }

  function claim(type: BoundJob, shares: readonly LaneShare[]): Promise<JobRow[]> {
    return db.batch(claimed, { name: type.name, shares, worker, lockedUntil: leaseEnd(clock, type) });
  }
}
