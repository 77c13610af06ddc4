/** The services of the platform, which every plugin sees. Those of plugins stand in their `contract.ts` and `scope.ts`. */
import type { Activity } from './activity/activity.ts';
import type { Catalogue } from './catalogue.ts';
import type { Certificates } from './certificates/certificates.ts';
import type { Clock } from './clock.ts';
import type { CoreConfig } from './config/schema.ts';
import type { SharedCounts } from './counts/shared-counts.ts';
import type { Blobs } from './database/blobs.ts';
import type { Database } from './database/database.ts';
import type { EventSight } from './events/event-access.ts';
import type { Events } from './events/events.ts';
import type { Hooks } from './events/hooks.ts';
import type { LastEvents } from './events/last-events.ts';
import type { Notices } from './events/notices.ts';
import type { Functions } from './functions.ts';
import type { Authentication } from './http/authentication.ts';
import type { Connections } from './http/connections.ts';
import type { RateLimits } from './http/rate-limits.ts';
import type { RequestFailures } from './http/request-failures.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Mailer } from './mailer/mailer.ts';
import type { MailTemplates } from './mailer/templates.ts';
import type { Logger } from './observability/log.ts';
import type { Metrics } from './observability/metrics.ts';
import type { Tracing } from './observability/tracing.ts';
import type { Operations } from './operations/operations.ts';
import type { Outbound } from './outbound/outbound.ts';
import type { Passwords } from './security/passwords.ts';
import type { Secrets } from './security/secrets.ts';
import type { KeptOutside } from './storage/kept-outside.ts';
import type { Usage } from './usage.ts';

export interface Services {
  /** The core's part of the configuration; a factory gets its own plugin's as `config`. */
  coreConfig: CoreConfig;
  db: Database;
  blobs: Blobs;
  clock: Clock;
  events: Events;
  eventSight: EventSight;
  lastEvents: LastEvents;
  hooks: Hooks;
  notices: Notices;
  jobs: Jobs;
  /** Long work that reports how far it is. */
  operations: Operations;
  functions: Functions;
  authentication: Authentication;
  /** Streams and sockets that are open. */
  connections: Connections;
  /** Of this server's own doors. */
  certificates: Certificates;
  rateLimits: RateLimits;
  /** Counts of what all replicas do together. */
  sharedCounts: SharedCounts;
  /** Requests that were refused or have failed. */
  requestFailures: RequestFailures;
  mailer: Mailer;
  mailTemplates: MailTemplates;
  outbound: Outbound;
  /** Small texts that must not lie in the database. */
  keptOutside: KeptOutside;
  secrets: Secrets;
  /** What tenants use, counted against their plans by whoever does that. */
  usage: Usage;
  /** How often things happen, for dashboards. */
  activity: Activity;
  passwords: Passwords;
  log: Logger;
  /** Spans of what is done, where somebody collects them. */
  tracing: Tracing;
  metrics: Metrics;
  /** What all enabled plugins declare, once, for plugins that list or check it. */
  catalogue: Catalogue;
}
