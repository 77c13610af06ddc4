/** A platform's start and stop, top to bottom: port → migrations → settings → plugins → jobs and cron, and back. */
import type { bindSettings } from './bind-settings.ts';
import { renewCertificates } from './certificates/renewals.ts';
import type { Integrity } from './database/integrity.ts';
import { inTurn } from './database/migrations.ts';
import { searchAdvice } from './database/substrings.ts';
import { explainedDatabaseError } from './database/wait-for-database.ts';
import type { Liveness } from './health/liveness.ts';
import { mustBeWritable, type WriteCheck } from './health/write-check.ts';
import type { HttpServer } from './http/server.ts';
import { databaseFile, type Installation } from './installation.ts';
import type { Cron } from './jobs/cron.ts';
import type { PluginLifecycle } from './plugin-lifecycle.ts';
import type { RoleWatch } from './roles/role-watch.ts';
import { processHasRole } from './roles/roles.ts';
import type { Services } from './services.ts';

/** Parts of the 10 s in which a stop must be done. */
const HTTP_GRACE_MS = 4_000;
const JOBS_GRACE_MS = 3_000;
const OPERATIONS_GRACE_MS = 3_000;

export interface PlatformLifecycle {
  /** Takes the port, runs migrations, starts plugins, jobs and cron, serves; gives the port. Closes all again when a part fails. */
  start(): Promise<number>;
  /** Drains HTTP, jobs and plugins within 10 s and closes everything. Safe to call at any time, and twice. */
  stop(): Promise<void>;
}

interface PlatformLifecycleParts {
  services: Services;
  installation: Installation;
  cron: Cron;
  server: HttpServer;
  bindings: ReturnType<typeof bindSettings>;
  lifecycle: PluginLifecycle;
  integrity: Integrity;
  writes: WriteCheck;
  liveness: Liveness;
  roleWatch: RoleWatch;
  check(): void;
  migrate(): Promise<string[]>;
}

export function createPlatformLifecycle(parts: PlatformLifecycleParts): PlatformLifecycle {
  const { services, installation, server, bindings, lifecycle, cron, integrity, writes, liveness, roleWatch } = parts;
  const { check, migrate } = parts;
  const { coreConfig, log, jobs, notices } = services;
  const { db } = installation;
  const file = databaseFile(coreConfig);
  let hasBegun = false;
  let stopping: Promise<void> | null = null;

  return { start, stop };

  /** The port first: a start that cannot have it has touched nothing yet. */
  async function start(): Promise<number> {
    try {
      check();
      await services.tracing.start();
      const port = await server.listen();
      await inTurn(db, begin);
      await bindings.hasStarted();
      server.open();
      return port;
    } catch (error) {
      await stop();
      throw explainedDatabaseError(error, coreConfig.database, file);
    }
  }

  async function begin(): Promise<void> {
    await migrate();
    for (const advice of await searchAdvice(db.read)) log.warn(advice);
    await installation.claim();
    await mustBeWritable(writes, services);
    hasBegun = true;
    if (await integrity.begin()) void integrity.check().then(reportDamage, report('integrity'));
    await notices.start();
    await bindings.start();
    await services.certificates.start();
    services.events.start();
    await services.operations.startUp();
    await lifecycle.start();
    await services.events.catchUp();
    if (processHasRole(coreConfig, 'jobs')) for (const work of [jobs, cron]) await work.start();
    roleWatch.start();
    liveness.start();
    await renewCertificates(services, cron);
  }

  function reportDamage(damage: string | null): void {
    if (damage !== null) log.error({ damage, file }, 'The database is damaged: restore a backup');
  }

  function stop(): Promise<void> {
    stopping ??= stopParts();
    return stopping;
  }

  /** HTTP and plugins first, so that nothing new comes in; then jobs; the database last. */
  async function stopParts(): Promise<void> {
    for (const watch of [liveness, roleWatch]) watch.stop();
    const http = server.stop(HTTP_GRACE_MS).catch(report('HTTP'));
    const work = services.operations.stop(OPERATIONS_GRACE_MS).catch(report('operations'));
    await lifecycle.stop();
    await http;
    await work;
    // Side by side: one that hangs in each of them must leave time to give jobs back, and to close the database.
    await Promise.all([cron.stop(JOBS_GRACE_MS).catch(report('cron')), jobs.stop(JOBS_GRACE_MS).catch(report('jobs'))]);
    services.mailer.close();
    await bindings.stop().catch(report('settings'));
    if (hasBegun) await services.activity.stop().catch(report('activity'));
    await services.outbound.close().catch(report('outbound'));
    await services.blobs.close().catch(report('blobs'));
    services.connections.stop();
    await services.tracing.stop();
    services.events.stop();
    await notices.stop().catch(report('notices'));
    if (hasBegun) await integrity.end().catch(report('integrity'));
    await installation.close().catch(report('database'));
  }

  function report(part: string): (error: unknown) => void {
    return (error) => log.error({ err: error, part }, 'A part did not stop cleanly');
  }
}
