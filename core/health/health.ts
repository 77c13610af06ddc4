/** Asks every part how it is: the database, by writing to it, the job queue, each plugin. */
import Type, { type Static } from 'typebox';
import type { Clock } from '../clock.ts';
import type { Blobs } from '../database/blobs.ts';
import type { Database } from '../database/database.ts';
import type { Integrity } from '../database/integrity.ts';
import { messageOf } from '../errors.ts';
import type { Notices } from '../events/notices.ts';
import { inTime } from '../in-time.ts';
import { isoSeconds } from '../iso-time.ts';
import type { Cron } from '../jobs/cron.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { WriteCheck } from './write-check.ts';

export const PartHealth = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('failing')]),
  detail: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

export const Readiness = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('degraded')]),
  version: Type.String(),
  uptime_seconds: Type.Integer(),
  memory_mb: Type.Integer(),
  checks: Type.Record(Type.String(), PartHealth),
  timestamp: Type.String(),
});

export interface HealthChecks {
  run(): Promise<Static<typeof Readiness>>;
}

/** Health of a part, for `/health/ready` and the administrators. */
export interface HealthReport {
  ok: boolean;
  detail?: Record<string, unknown>;
}

/** What is asked of the server's settings; `core/settings/` knows. */
interface SettingsState {
  /** Names of what is saved and waits for a restart. */
  waiting(): readonly string[];
  /** What is set and does not fit any more. */
  leftOut(): readonly { area: string; problem: string }[];
}

export interface HealthOptions {
  db: Database;
  writes: WriteCheck;
  integrity: Pick<Integrity, 'damage'>;
  jobs: Jobs;
  cron: Pick<Cron, 'overdue'>;
  clock: Clock;
  version: string;
  notices: Pick<Notices, 'isListening'>;
  /** How the bucket of bytes is, where there is one. */
  blobs: Pick<Blobs, 'storeHealth'>;
  /** How backups are; null when none is made by itself. */
  backups: (() => Promise<HealthReport>) | null;
  settings: SettingsState;
  plugins: readonly { name: string; health: (() => Promise<HealthReport>) | null }[];
}

export function createHealthChecks({
  db,
  writes,
  integrity,
  jobs,
  cron,
  clock,
  version,
  notices,
  blobs,
  backups,
  settings,
  plugins,
}: HealthOptions): HealthChecks {
  const startedAt = clock.now();
  let looking: Promise<Static<typeof Readiness>> | null = null;

  return {
    // Strangers may ask, any number at once: those that come while all parts are looked at are given what is found.
    run() {
      looking ??= check().finally(() => {
        looking = null;
      });
      return looking;
    },
  };

  async function check(): Promise<Static<typeof Readiness>> {
    const named: [string, () => Promise<HealthReport>][] = [
      ['database', database],
      ['jobs', queue],
      ['cron', schedule],
      ...(blobs.storeHealth ? [['storage', blobs.storeHealth] satisfies [string, () => Promise<HealthReport>]] : []),
      ...(backups ? [['backups', backups] satisfies [string, () => Promise<HealthReport>]] : []),
      ['settings', settingsInForce],
      ...plugins.flatMap(({ name, health }): [string, () => Promise<HealthReport>][] =>
        health ? [[name, health]] : [],
      ),
    ];
    const parts = await Promise.all(named.map(async ([name, check]) => [name, await ask(check)] as const));
    const isOk = parts.every(([, part]) => part.status === 'ok');
    return {
      status: isOk ? 'ok' : 'degraded',
      version,
      uptime_seconds: Math.floor((clock.now() - startedAt) / 1000),
      memory_mb: Math.round(process.memoryUsage.rss() / 1024 / 1024),
      checks: Object.fromEntries(parts),
      timestamp: isoSeconds(clock.now()),
    };
  }

  async function database(): Promise<HealthReport> {
    await db.ping();
    await writes.run();
    const damage = integrity.damage();
    // Without notices this replica is the last to hear of what another one has changed.
    const isListening = notices.isListening();
    const detail = {
      client: db.client,
      ...(await db.size()),
      hears_others: isListening,
      ...(damage !== null && { damage }),
    };
    return { ok: damage === null && isListening, detail };
  }

  async function schedule(): Promise<HealthReport> {
    const overdue = cron.overdue();
    return { ok: overdue.length === 0, detail: { overdue } };
  }

  /** What waits for a restart is no fault; what is left out is. */
  async function settingsInForce(): Promise<HealthReport> {
    const leftOut = settings.leftOut();
    return { ok: leftOut.length === 0, detail: { wait_for_restart: settings.waiting(), left_out: leftOut } };
  }

  async function queue(): Promise<HealthReport> {
    return { ok: true, detail: await jobs.counts() };
  }
}

async function ask(check: () => Promise<HealthReport>): Promise<Static<typeof PartHealth>> {
  try {
    const { ok, detail } = await inTime(check);
    return { status: ok ? 'ok' : 'failing', ...(detail && { detail }) };
  } catch (error) {
    return { status: 'failing', detail: { reason: messageOf(error) } };
  }
}
