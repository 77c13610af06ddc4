/** Makes the services of the platform, from the bottom up: each gets what stands before it. */
import { join } from 'node:path';
import { createActivity } from './activity/activity.ts';
import { createCertificates } from './certificates/certificates.ts';
import type { Clock } from './clock.ts';
import type { CoreConfig } from './config/schema.ts';
import { createSharedCounts } from './counts/shared-counts.ts';
import { createBlobs } from './database/blobs.ts';
import { createEventSight } from './events/event-access.ts';
import { createEvents } from './events/events.ts';
import { createHooks } from './events/hooks.ts';
import { createLastEvents } from './events/last-events.ts';
import { createNotices } from './events/notices.ts';
import { createFunctions } from './functions.ts';
import { createAuthentication } from './http/authentication.ts';
import { createConnections } from './http/connections.ts';
import { createSummarize } from './http/language.ts';
import { createRateLimits } from './http/rate-limits.ts';
import { createRequestFailures } from './http/request-failures.ts';
import type { Installation } from './installation.ts';
import { createSqlQueue } from './jobs/sql-queue.ts';
import { createMailer } from './mailer/mailer.ts';
import { createMailTemplates } from './mailer/templates.ts';
import type { Logger } from './observability/log.ts';
import type { Metrics } from './observability/metrics.ts';
import { createTracing } from './observability/tracing.ts';
import { createOperations } from './operations/operations.ts';
import { createOutbound } from './outbound/outbound.ts';
import { catalogueOf, type LoadedPlugin } from './plugins.ts';
import { createPasswords, type PasswordCost } from './security/passwords.ts';
import type { Services } from './services.ts';
import { createKeptOutside } from './storage/kept-outside.ts';
import { openStore } from './storage/object-store.ts';
import { createUsage } from './usage.ts';
import { coreVersion } from './version.ts';

export interface Foundation {
  coreConfig: CoreConfig;
  plugins: readonly LoadedPlugin[];
  log: Logger;
  clock: Clock;
  metrics: Metrics;
  installation: Installation;
  passwordCost?: PasswordCost;
}

export function createServices(foundation: Foundation): Services {
  const { coreConfig, plugins, log, clock, metrics, installation, passwordCost } = foundation;
  const { dataDir, http, mailer } = coreConfig;
  const { db, secrets } = installation;
  const tracing = createTracing(coreConfig.tracing, coreVersion(), log);
  const jobs = createSqlQueue({ db, clock, log, metrics, tracing });
  const notices = createNotices({ db, log });
  const events = createEvents({ db, clock, log, jobs, notices });
  const eventSight = createEventSight({ clock, log });
  const outbound = createOutbound({ config: http.outbound, log, clock, tracing });
  const store = openStore(coreConfig.storage, outbound);
  const templates = mailer.templates ?? join(dataDir, 'mail-templates');
  const catalogue = catalogueOf(plugins);
  const sharedCounts = createSharedCounts({ db });
  return {
    coreConfig,
    db,
    blobs: createBlobs({ db, clock, dataDir, store }),
    clock,
    events,
    eventSight,
    lastEvents: createLastEvents({ eventSight }),
    hooks: createHooks({ log }),
    notices,
    jobs,
    operations: createOperations({ db, clock, events, notices, log }),
    functions: createFunctions(createSummarize(plugins.map(({ plugin }) => plugin.summaries ?? {}))),
    authentication: createAuthentication({ log }),
    connections: createConnections({ clock, notices, log, limits: http.streams }),
    certificates: createCertificates({
      tls: http.tls,
      publicUrl: http.publicUrl,
      dataDir,
      db,
      clock,
      secrets,
      notices,
      log,
    }),
    sharedCounts,
    rateLimits: createRateLimits({ ...http.rateLimit, counts: sharedCounts, log }),
    requestFailures: createRequestFailures(),
    mailer: createMailer({ config: mailer, log, outbound }),
    mailTemplates: createMailTemplates({ language: mailer.language, folder: templates }),
    outbound,
    keptOutside: createKeptOutside({ dataDir, store }),
    secrets,
    passwords: createPasswords(passwordCost),
    log,
    tracing,
    metrics,
    catalogue,
    usage: createUsage(catalogue),
    activity: createActivity({ db, clock, log, catalogue }),
  };
}
