/**
 * The log of the WorkBot API (§9): what was refused, which robots came and went, what failed. Kept up by group commit beside
 * the work, bounded, cut, without secrets: a lost line is no lost work, and who floods the log is not written down for ever.
 * Table: robots_logs.
 */

import { DAY_MS, deleteBelow, deleteInSteps, likePattern } from '#core/kit.ts';
import { defineBatch, type Services } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import type { RobotLogEntry, RobotLogs } from '../contract.ts';
import type { LogRow } from './tables.ts';

export interface StoredRobotLogs extends RobotLogs {
  /** Forgets what is older than `logDays`. */
  tidy(): Promise<void>;
  /** Erases what models and their providers have said of a tenant's conversations: of these, or before a time. */
  deleteAi(tenantId: string, which: { conversations: readonly string[] } | { before: number }): Promise<void>;
  /** Erases what there is of a tenant; of a person (uuid), the entries that name them. */
  erase(tenantId: string, person?: string): Promise<void>;
  /** Resolves when everything noted so far is stored. */
  written(): Promise<void>;
}

const MINUTE_MS = 60_000;
/** Entries of one address in a minute; of what has none, as many as the queue takes. */
const OF_ADDRESS_A_MINUTE = 60;
const MOST_ADDRESSES = 10_000;
const MOST_WAITING = 2_000;
const LONGEST_MESSAGE = 500;
const LONGEST_VALUE = 500;
const LONGEST_DETAILS = 4_000;
const DEEPEST = 3;
const NAMING = `details like ? escape '\\'`;
const SECRET = /token|secret|password|authorization|cookie|apikey|api_key|signature/i;

export function createRobotLogs({ db, clock, log, config }: Services & { config: RobotsConfig }): StoredRobotLogs {
  const writing = defineBatch<Omit<LogRow, 'id'>, undefined>({
    name: 'robots.logs',
    async write(trx, rows) {
      await trx('robots_logs').insert(rows);
      return rows.map(() => undefined);
    },
  });
  const waiting = new Set<Promise<void>>();
  let perAddress = new Map<string, number>();
  let countedFrom = Number.NEGATIVE_INFINITY;
  let droppedCount = 0;

  return {
    note,
    async tidy() {
      await deleteBelow(db, 'robots_logs', 'created_at', clock.now() - config.logDays * DAY_MS);
    },
    async deleteAi(tenantId, which) {
      const said = () => db.write('robots_logs').where({ tenant_id: tenantId, type: 'ai' });
      if ('before' in which) {
        await said().where('created_at', '<', which.before).delete();
        return;
      }
      for (const conversation of which.conversations)
        await said()
          .whereRaw(NAMING, [likePattern(conversation)])
          .delete();
    },
    async erase(tenantId, person) {
      await deleteInSteps(db, 'robots_logs', 'id', (rows) => {
        rows.where({ tenant_id: tenantId });
        if (person !== undefined) rows.whereRaw(NAMING, [likePattern(person)]);
      });
    },
    async written() {
      await Promise.all(waiting);
    },
  };

  function note(entry: RobotLogEntry): void {
    if (waiting.size >= MOST_WAITING || isTooMuch(entry.ip ?? '')) {
      droppedCount++;
      return;
    }
    if (droppedCount > 0) {
      log.warn({ dropped: droppedCount }, 'The log of the WorkBot API left entries out');
      droppedCount = 0;
    }
    const stored = db
      .batch(writing, rowOf(entry))
      .catch((error) => log.warn({ err: error }, 'An entry of the log of the WorkBot API was not stored'))
      .finally(() => waiting.delete(stored));
    waiting.add(stored);
  }

  function isTooMuch(ip: string): boolean {
    if (ip === '') return false;
    const now = clock.elapsed();
    if (now - countedFrom >= MINUTE_MS || perAddress.size >= MOST_ADDRESSES)
      [perAddress, countedFrom] = [new Map(), now];
    const count = (perAddress.get(ip) ?? 0) + 1;
    perAddress.set(ip, count);
    return count > OF_ADDRESS_A_MINUTE;
  }

  function rowOf({ type, level, message, details = {}, ip = '', tenantId = null }: RobotLogEntry): Omit<LogRow, 'id'> {
    const text = JSON.stringify(shown(details, 0));
    return {
      type,
      level,
      message: withoutNul(message).slice(0, LONGEST_MESSAGE),
      ip,
      tenant_id: tenantId,
      details: text.length <= LONGEST_DETAILS ? text : JSON.stringify({ cut: text.slice(0, LONGEST_DETAILS / 2) }),
      created_at: clock.now(),
    };
  }
}

/** PostgreSQL stores no NUL. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}

/** What may be written down: bounded, and nothing that is named like a secret. */
function shown(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return withoutNul(value).slice(0, LONGEST_VALUE);
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (depth >= DEEPEST) return null;
  if (Array.isArray(value)) return value.slice(0, 50).map((one) => shown(one, depth + 1));
  const entries = Object.entries(value).slice(0, 50);
  return Object.fromEntries(
    entries.map(([name, one]) => [withoutNul(name), SECRET.test(name) ? '***' : shown(one, depth + 1)]),
  );
}
