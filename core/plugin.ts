/**
 * THE PLUGIN CONTRACT. Everything that a plugin author needs is named in this file.
 *
 * A plugin is a folder (or npm package) whose `index.ts` default-exports `definePlugin({...})`. That object is
 * its table of contents: nothing happens while it is imported. The life of a plugin:
 *
 *  1. **loaded**: its key stands under `plugins:` in the config; its `config` schema checks that part.
 *  2. **ordered**: after every plugin that it names in `requires`.
 *  3. **migrated**: what is new in `migrations/` runs, each file in a transaction.
 *  4. **built**: each factory in `services` is called once with all services (`{ db, clock, events, ...yours }`)
 *     and its plugin's `config`. A missing service stops the boot with a sentence.
 *  5. **started**: `listen` of all, then `start` of all is awaited, in order; then jobs and cron run and HTTP is served.
 *  6. **stopped**: the port closes, jobs drain, then `stop` is awaited in reverse order.
 *
 * Services are typed by declaration merging. In your `contract.ts`:
 *
 *     declare module '#core/plugin.ts' {
 *       interface Services { greeter: Greeter }                       // who asks for `greeter` gets its type
 *       interface EventCatalogue { 'hello.greeted': { name: string } } // typed events.emit and `on`
 *       interface HookCatalogue { 'hello.greeting': { name: string } } // typed hooks.run and `hooks`
 *     }
 *
 * Another plugin may import that `contract.ts`, and nothing else of yours, once it names you in `requires`.
 */
import type { Static, TObject, TSchema } from 'typebox';
import type { Clock } from './clock.ts';
import type { CoreConfig } from './config/schema.ts';
import type { Blobs } from './database/blobs.ts';
import type { Database, Transaction } from './database/database.ts';
import type { EventSight } from './events/event-access.ts';
import type { CloudEvent, Events } from './events/events.ts';
import type { HookHandler, Hooks } from './events/hooks.ts';
import type { Notices } from './events/notices.ts';
import type { Functions } from './functions.ts';
import type { ScopedAccess } from './http/access.ts';
import type { Authentication, Authenticator } from './http/authentication.ts';
import type { Connections } from './http/connections.ts';
import type { Dialect } from './http/dialect.ts';
import type { Principal } from './http/principal.ts';
import type { RateLimits } from './http/rate-limits.ts';
import type { Route } from './http/route.ts';
import type { SocketRoute } from './http/sockets.ts';
import type { StaticFolder } from './http/static.ts';
import type { CronJob } from './jobs/cron.ts';
import type { Jobs, JobType } from './jobs/jobs.ts';
import type { Mailer } from './mailer/mailer.ts';
import type { MailTemplates } from './mailer/templates.ts';
import type { GaugeDefinition } from './observability/gauges.ts';
import type { Logger } from './observability/log.ts';
import type { Metrics } from './observability/metrics.ts';
import type { Operations } from './operations/operations.ts';
import type { Outbound } from './outbound/outbound.ts';
import type { Passwords } from './security/passwords.ts';
import type { Secrets } from './security/secrets.ts';

/** Every service by name. Plugins add theirs by declaration merging. */
export interface Services {
  /** The core's part of the configuration; a factory gets its own plugin's as `config`. */
  coreConfig: CoreConfig;
  db: Database;
  blobs: Blobs;
  clock: Clock;
  events: Events;
  eventSight: EventSight;
  hooks: Hooks;
  notices: Notices;
  jobs: Jobs;
  /** Long work that reports how far it is. */
  operations: Operations;
  functions: Functions;
  authentication: Authentication;
  /** Streams and sockets that are open. */
  connections: Connections;
  rateLimits: RateLimits;
  mailer: Mailer;
  mailTemplates: MailTemplates;
  outbound: Outbound;
  secrets: Secrets;
  passwords: Passwords;
  log: Logger;
  metrics: Metrics;
  /** What all enabled plugins declare, once, for plugins that list or check it. */
  catalogue: Catalogue;
}

/** Types of events by name; plugins add theirs. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface EventCatalogue {}

/** Contexts of hooks by name; plugins add theirs. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface HookCatalogue {}

export type EventType = keyof EventCatalogue & string;
export type HookName = keyof HookCatalogue & string;

/** What the enabled plugins declare together. */
export interface Catalogue {
  plugins: readonly { name: string; version: string; summary: string; requires: readonly string[] }[];
  /** API key scopes with a sentence each. */
  scopes: Readonly<Record<string, string>>;
  meters: readonly Meter[];
  /** Settings that tenants may change, by key. */
  tenantSettings: Readonly<Record<string, TSchema>>;
  events: Readonly<Record<string, TSchema>>;
}

/** Something that plans count and limit. */
export interface Meter {
  name: string;
  summary: string;
  /** `month`: starts at 0 each month; `current`: how many there are now. */
  period: 'month' | 'current';
}

/** Who may see an event on the live stream: declare what the routes about it ask for. */
export interface EventAccess<T extends EventType = EventType> extends ScopedAccess {
  /** A further look, for what is private within a tenant: the mail of somebody's mailbox. Asked of super-admins too. */
  isFor?(event: CloudEvent<EventCatalogue[T]>, principal: Principal, services: Services): boolean | Promise<boolean>;
  /** Whether a live topic may name this subject; asked when a stream opens, and again while it is open. */
  mayFollow?(subject: string, principal: Principal, services: Services): boolean | Promise<boolean>;
}

/** Who may call a function, whichever way the call comes: by its route, MCP, a workflow or a task that is tried. */
export interface FunctionAccess extends ScopedAccess {
  /** Scope that a key must carry. */
  scope: string;
  /**
   * What a caller outside every tenant means: the root token, the platform's own workflows (`principal.tenantId` is null).
   * `required`: it is refused with `no_tenant`. `optional`: it acts for the platform itself, as its routes let it.
   */
  tenant: 'required' | 'optional';
}

/** A step that workflows and AI agents can call. */
export interface FunctionDefinition<
  I extends TSchema = TSchema,
  O extends TSchema = TSchema,
  A extends FunctionAccess = FunctionAccess,
> {
  name: string;
  summary: string;
  input: I;
  output: O;
  /** Checked by `functions.call` alone: what comes to `run` may be done. */
  access: A;
  run(input: Static<I>, call: GrantedCall<A>, services: Services): Promise<Static<O>>;
}

export interface FunctionCall {
  /** Who calls, with the scopes of the key. A workflow calls as who published it, with the rights that are left of theirs. */
  principal: Principal;
  /** The same on a repeat of the same call: an effect that has happened must not happen again. */
  idempotencyKey: string;
  /** What the call belongs to, for what it starts. */
  correlationId?: string | null;
  /** The execution that all this comes from when a workflow calls, and how deep what it starts is. */
  family?: { rootId: string; depth: number };
  signal?: AbortSignal;
}

/** A call that has been let through: `tenantId` is the caller's, and never null where the function requires one. */
export interface GrantedCall<A extends FunctionAccess = FunctionAccess> extends FunctionCall {
  tenantId: A['tenant'] extends 'required' ? string : string | null;
}

/** A service factory: called once at boot with all services and its plugin's config. */
export type Factory<C> = (services: Services & { config: C }) => unknown;

export type EventHandler<T extends EventType> = (
  event: CloudEvent<EventCatalogue[T]>,
  services: Services,
) => Promise<void>;

/** Health of a plugin, for `/health/ready` and the administrators. */
export interface HealthReport {
  ok: boolean;
  detail?: Record<string, unknown>;
}

export interface PluginDefinition<C extends TObject = TObject> {
  /** Lower-case, digits and dashes; also the prefix of its tables (with `_` for `-`). */
  name: string;
  summary: string;
  version?: string;
  /** Names of plugins that must be on, each with an optional version range: `auth` or `auth@^1.2`. */
  requires?: readonly string[];
  /** TypeBox schema of its part of the config file: checked at boot, typed in factories, completed by editors. */
  config?: C;
  /** Folder of migration files `0001-….ts`, each exporting `up(db)` and `down(db)`. */
  migrations?: URL;
  /** What a backup says is in it: nouns, each with the table whose rows are counted: `{ mails: 'mail_messages' }`. */
  contents?: Record<string, string>;
  services?: Record<string, Factory<Static<C>>>;
  dialects?: readonly Dialect[];
  authenticators?: readonly Authenticator[];
  routes?: readonly Route[];
  sockets?: readonly SocketRoute[];
  staticFolders?: readonly StaticFolder[];
  cron?: readonly CronJob[];
  jobs?: readonly JobType[];
  /** Payload schemas of the events that it emits. */
  events?: Partial<Record<EventType, TSchema>>;
  /**
   * Who may see these events live, of their own tenant; those that are not named here only super-admins do. `*` is for
   * events that no plugin declares.
   */
  eventAccess?: { [T in EventType]?: EventAccess<T> | 'superadmin' } & { '*'?: EventAccess };
  /** Durable subscriptions: each event becomes a job in the transaction that emitted it. */
  on?: { [T in EventType]?: EventHandler<T> };
  /** In-process, ordered, may refuse or change something as it happens. */
  hooks?: { [H in HookName]?: HookHandler<H> };
  functions?: readonly FunctionDefinition[];
  meters?: readonly Meter[];
  /** What `/metrics` shows of it, asked when it is read. */
  gauges?: readonly GaugeDefinition[];
  /** Scopes that API keys may carry, with a sentence each. */
  scopes?: Record<string, string>;
  /** Settings that each tenant may change. */
  tenantSettings?: Record<string, TSchema>;
  /** Subcommands of `patchbay`: `mail:dns`. */
  commands?: readonly Command[];
  /** Opens its ports, before any plugin starts: a start that cannot have them must not have begun anything. */
  listen?(services: Services): Promise<void>;
  /** Begins what goes on by itself (a worker, a watcher). `services` are all built. */
  start?(services: Services, config: Static<C>): Promise<void>;
  /** Closes it again; also called after a failed `listen` or `start`. */
  stop?(services: Services): Promise<void>;
  health?(services: Services): Promise<HealthReport>;
  /** Sentences about what is wrong with its configuration and no schema can say. Asked before the start, touching nothing. */
  check?(services: Services, config: Static<C>): string[];
  /**
   * One plain sentence for each door that the configuration or the owners have opened to strangers ("registration is
   * open to everybody"): shown at the start, and to administrators in `/health/ready`.
   */
  openDoors?(services: Services): Promise<string[]>;
  /** Lines that the operator reads after the start: addresses, first steps. */
  announce?(services: Services): Promise<string[]>;
}

/** A command of the command line; it runs with all services built but nothing listening. */
export interface Command {
  name: string;
  summary: string;
  /**
   * True when it may run beside a server on the same SQLite database: it reads, or writes nothing that a server keeps in
   * memory. Without it the command has the database for itself, or says that the server must be stopped.
   */
  besideServer?: boolean;
  /** `--flag <value>` or `<argument>` in commander's notation. */
  arguments?: readonly { flags: string; description: string; default?: string }[];
  run(args: Record<string, string | boolean | undefined>, services: Services): Promise<void>;
}

/** A plugin with its types worn off: what the platform works with. */
export type Plugin = PluginDefinition;

/** Declares a plugin. Gives back what it got, typed. */
export function definePlugin<C extends TObject>(definition: PluginDefinition<C>): Plugin {
  return definition as unknown as Plugin;
}

export function defineFunction<I extends TSchema, O extends TSchema, const A extends FunctionAccess>(
  definition: FunctionDefinition<I, O, A>,
): FunctionDefinition {
  return definition as unknown as FunctionDefinition;
}

export { defineBatch } from './database/group-commit.ts';
export { AppError, coreErrors, defineErrors } from './errors.ts';
export type { Dialect } from './http/dialect.ts';
export { eventStream } from './http/event-stream.ts';
export { whileAllowed } from './http/held-request.ts';
export { escapeHtml, htmlPage } from './http/html-page.ts';
export type { Principal } from './http/principal.ts';
export { HANDLED, reply, route } from './http/route.ts';
export { defineCron } from './jobs/cron.ts';
export { defineJob } from './jobs/jobs.ts';
export type { Authenticator, CloudEvent, CronJob, Database, Jobs, JobType, Route, SocketRoute, Transaction };
