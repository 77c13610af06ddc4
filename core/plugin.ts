/**
 * THE PLUGIN CONTRACT. Everything that a plugin declares is named in this file; the tools that it uses are in `kit.ts`.
 *
 * A plugin is a folder (or npm package) whose `index.ts` default-exports `definePlugin({...})`. That object is
 * its table of contents: nothing happens while it is imported. The life of a plugin:
 *
 *  1. **loaded**: its key stands under `plugins:` in the config; its `config` schema checks that part.
 *  2. **ordered**: after every plugin that it names in `requires`.
 *  3. **migrated**: what is new in `migrations/` runs, each file in a transaction.
 *  4. **built**: each of its factories is called once with what the plugin sees. A missing service stops the boot with
 *     a sentence.
 *  5. **started**: `listen` of all, then `start` of all is awaited, in order; then jobs and cron run and HTTP is served.
 *  6. **stopped**: the port closes, jobs drain, then `stop` is awaited in reverse order.
 *
 * A plugin is encapsulated. What its factories and handlers see: the platform's services, the public ones of the plugins
 * in `requires`, its own, and in factories its `config`. Nobody else sees its own, so two plugins may use the same inner
 * name. In types that is plain composition:
 *
 *     // contract.ts: what others may use. It imports nothing from inside.
 *     export interface HelloServices { greeter: Greeter }
 *     declare global {
 *       namespace Patchbay {
 *         interface EventCatalogue { 'hello.greeted': { name: string } } // types events.emit and `on`
 *         interface HookCatalogue { 'hello.greeting': { name: string } } // types hooks.run and `hooks`
 *       }
 *     }
 *     // scope.ts: what the inside sees.
 *     export interface HelloScope extends Services, AuthServices, HelloServices { visits: Visits }
 *
 * A factory names what it needs, a handler takes the scope:
 *
 *     const createVisits = ({ db, greeter }: Services & { greeter: Greeter }): Visits => …
 *     route({ …, handler: ({ query }, { visits }: HelloScope) => visits.of(query.name) })
 *
 * A large plugin is made of `parts`, each of which is declared by `definePart` and sees what it needs alone.
 *
 * Another plugin may import that `contract.ts`, and nothing else of yours, once it names you in `requires`.
 */
import type { Static, TObject, TSchema } from 'typebox';
import type { ScopedAccess } from './access/access.ts';
import type { Principal } from './access/principal.ts';
import type { PersonSection } from './activity/about-people.ts';
import type { ActivityKind } from './activity/activity-kind.ts';
import type { AttentionSource } from './activity/attention.ts';
import type { FirstStep } from './activity/first-steps.ts';
import type { AlertCondition } from './alerts/condition.ts';
import type { Meter } from './catalogue.ts';
import type { Database, Transaction } from './database/database.ts';
import type {} from './database/tables.ts';
import type { EventCatalogue, EventType, HookCatalogue, HookName } from './events/catalogue.ts';
import type { CloudEvent } from './events/events.ts';
import type { PastEvents, PastEventsWish } from './events/last-events.ts';
import type { OwnedTables } from './events/owned-tables.ts';
import type { FunctionAccess, FunctionDescription, GrantedCall } from './functions.ts';
import type { HealthReport } from './health/health.ts';
import type { Authenticator } from './http/authenticator.ts';
import type { Dialect } from './http/dialect.ts';
import type { Summaries } from './http/language.ts';
import type { Route } from './http/route.ts';
import type { Shell } from './http/shell.ts';
import type { SocketRoute } from './http/sockets.ts';
import type { StaticFolder } from './http/static.ts';
import type { CronJob } from './jobs/cron.ts';
import type { JobType } from './jobs/job-type.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { GaugeDefinition } from './observability/gauges.ts';
import type { PluginPages } from './pages/pages.ts';
import type { Services } from './services.ts';
import type { SettingsArea } from './settings/areas.ts';

/** Who may see an event on the live stream: declare what the routes about it ask for. */
export interface EventAccess<T extends EventType = EventType> extends ScopedAccess {
  /** A further look, for what is private within a tenant: the mail of somebody's mailbox. Asked of super-admins too. */
  isFor?(event: CloudEvent<EventCatalogue[T]>, principal: Principal, services: Services): boolean | Promise<boolean>;
  /** Whether a live topic may name this subject; asked when a stream opens, and again while it is open. */
  mayFollow?(subject: string, principal: Principal, services: Services): boolean | Promise<boolean>;
}

/** A step that workflows and AI agents can call. */
export interface FunctionDefinition<
  I extends TSchema = TSchema,
  O extends TSchema = TSchema,
  A extends FunctionAccess = FunctionAccess,
> extends FunctionDescription<I, O, A> {
  run(input: Static<I>, call: GrantedCall<A>, services: Services): Promise<Static<O>>;
}

/** A service factory: called once at boot with what its plugin sees, and the plugin's config. */
export type Factory = (services: never) => unknown;

/**
 * The factories of a plugin, for `satisfies` in its index.ts: one for each service in `Made`, and none that needs more
 * than `Seen`, which is what the plugin sees.
 */
export type FactoriesOf<Made, Seen> = { [Name in keyof Made]: (services: Seen) => Made[Name] };

/** The services that factories make, by name: `interface InboxOwn extends ServicesOf<typeof inboxServices> {}`. */
export type ServicesOf<Factories> = {
  [Name in keyof Factories]: Factories[Name] extends (...given: never) => infer Made ? Made : never;
};

// Declared as methods, so that a handler may ask for its plugin's scope, which is more than the platform's services.
interface Handlers<E, H, P = never> {
  event(event: E, services: Services): Promise<void>;
  filter(event: E, services: Services): boolean;
  within(trx: Transaction, events: readonly E[], services: Services): Promise<readonly E[]>;
  /** Newest first; what the reader may not see is left out afterwards too. */
  past(wish: PastEventsWish, services: Services): PastEvents<P>;
  hook(context: H, next: () => Promise<void>, services: Services): Promise<void>;
}

export type PastEventsTeller<T extends EventType> = Handlers<never, never, EventCatalogue[T]>['past'];
export type EventHandler<T extends EventType> = Handlers<CloudEvent<EventCatalogue[T]>, never>['event'];
export type EventFilter<T extends EventType> = Handlers<CloudEvent<EventCatalogue[T]>, never>['filter'];
export type EventTaker<T extends EventType> = Handlers<CloudEvent<EventCatalogue[T]>, never>['within'];
export type HookHandler<H extends HookName> = Handlers<never, HookCatalogue[H]>['hook'];

export interface PluginDefinition<C extends TObject = TObject> {
  /** Lower-case, digits and dashes; also the prefix of its tables (with `_` for `-`). */
  name: string;
  summary: string;
  /** What it, its functions and its scheduled work are for, in other languages, by their names. */
  summaries?: Summaries;
  version?: string;
  /** Names of plugins that must be on, each with an optional version range: `auth` or `auth@^1.2`. */
  requires?: readonly string[];
  /** TypeBox schema of its part of the config file: checked at boot, typed in factories, completed by editors. */
  config?: C;
  /** Folder of migration files `0001-….ts`, each exporting `up(db)` and `down(db)`. */
  migrations?: URL;
  /**
   * Paths of loadable extensions of SQLite, whose functions its readers get where they can be loaded. No table may need one:
   * a database is opened, copied and restored without them.
   */
  sqliteExtensions?(): Promise<readonly string[]>;
  /** What a backup says is in it: nouns, each with the table whose rows are counted: `{ mails: 'mail_messages' }`. */
  contents?: Record<string, string>;
  /** A module whose `check`, a `RehearsalCheck`, looks into a backup of it that was restored for a trial. */
  rehearsal?: URL;
  /**
   * A module whose `derived`, a `DerivedModule`, tells of its tables that are made of others, as indexes of words are: a move to
   * the other database copies none of these, and has them made anew.
   */
  derived?: URL;
  /** Its tables, and what becomes of their rows when a tenant, a person or a thing is gone: done after its own `on`. */
  tables?: OwnedTables;
  /** What it is made of, when it is large: each part sees what it needs alone. */
  parts?: readonly Part[];
  /** Its own services by name: factories whose results this plugin alone sees. Every part sees them. */
  services?: Record<string, Factory>;
  /** Those that plugins which require it see too. */
  publicServices?: Record<string, Factory>;
  dialects?: readonly Dialect[];
  authenticators?: readonly Authenticator[];
  routes?: readonly Route[];
  /** A sentence about each `tag` of its routes; that about its own name is the summary. */
  tags?: Readonly<Record<string, string>>;
  /** Schemas of its routes by the name that clients know them by: `{ Licence: LicenceView }`. */
  schemas?: Readonly<Record<string, TSchema>>;
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
  /** Its last events, told again from what its tables keep: what is to hear of them is tried with a real one. */
  lastEvents?: { [T in EventType]?: PastEventsTeller<T> };
  /** Durable subscriptions: each event becomes a job in the transaction that emitted it. */
  on?: { [T in EventType]?: EventHandler<T> };
  /**
   * Whether an event of `on` would come to nothing, as is seen at once in what is remembered: no job is made of it then. Who would
   * have to ask gives false. Each event is heard of what is kept, and of what ends rows of its tables.
   */
  passOver?: { [T in EventType]?: EventFilter<T> };
  /** Deals with events of `on` in the transaction that emits them; gives those that are left. Only where this process is the only writer. */
  hearWithin?: { [T in EventType]?: EventTaker<T> };
  /** Those of `on` that somebody waits for: their jobs are tried until they succeed, and never become dead letters. */
  mustHear?: readonly EventType[];
  /**
   * Those of its events that tell of what is gone for good. They may carry ids alone, since they are kept: whoever subscribes
   * hears of each, also a plugin that was off at that time, and its job is tried until it succeeds.
   */
  erasures?: readonly EventType[];
  /** The hooks that it runs, with a sentence each, for those that others may hook into. */
  hookPoints?: Partial<Record<HookName, string>>;
  /** In-process, ordered, may refuse or change something as it happens. */
  hooks?: { [H in HookName]?: HookHandler<H> };
  functions?: readonly FunctionDefinition[];
  /**
   * First words that names of its functions may have beside its own: `contacts` for `contacts.update`. One plugin has them.
   */
  functionWords?: readonly string[];
  meters?: readonly Meter[];
  /** What `activity.note` counts hour by hour, by names that begin with the plugin's: the dashboard draws it. */
  activity?: Readonly<Record<string, ActivityKind>>;
  /** What waits for a person: the dashboard names it, with the way there. */
  attention?: readonly AttentionSource[];
  /** What somebody who has just come does first: a check-list on the dashboard, each line with its state. */
  firstSteps?: readonly FirstStep[];
  /** What it knows of somebody by their e-mail address: pages show it beside conversations. */
  aboutPeople?: readonly PersonSection[];
  /** What administrators are told of when it holds for some minutes, by mail and on other ways. */
  alerts?: readonly AlertCondition[];
  /** What `/metrics` shows of it, asked when it is read. */
  gauges?: readonly GaugeDefinition[];
  /** Scopes that API keys may carry, with a sentence each. */
  scopes?: Record<string, string>;
  /**
   * How areas of the server's settings are tried; what stands in them is marked in `config` (`'x-setting': { area: 'sending' }`).
   * An area of its own has a title.
   */
  settings?: readonly SettingsArea[];
  /** Settings that each tenant may change. */
  tenantSettings?: Record<string, TSchema>;
  /** What it brings to the web UI. */
  pages?: PluginPages;
  /** The page of the web UI, for every address that browsers open and nobody else has. One plugin brings it. */
  shell?(services: Services): Shell;
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
   * open to everybody"): shown at the start, and to administrators in `/health/ready`, in their language when it is named.
   */
  openDoors?(services: Services): Promise<(string | OpenDoor)[]>;
  /** Addresses of people who look after the server: they are told when something is wrong with it. */
  operators?(services: Services): Promise<string[]>;
  /** Lines that the operator reads after the start: addresses, first steps. */
  announce?(services: Services): Promise<string[]>;
}

/** A door that has its sentence in `summaries` too, by its name; both have `{values}` in braces. */
export interface OpenDoor {
  name: string;
  text: string;
  values?: Readonly<Record<string, string | number>>;
}

/**
 * A part of a plugin: what belongs together in it, with services, routes and work of its own, and with the same fields as the
 * plugin, which keeps what is of the whole. Its handlers and factories see the platform, what the plugin requires, what
 * the plugin declares outside of parts, the parts in `needs`, and itself; at run time too.
 */
export interface PartDefinition<Scope = never>
  extends Pick<
    PluginDefinition,
    | 'contents'
    | 'tables'
    | 'routes'
    | 'tags'
    | 'schemas'
    | 'sockets'
    | 'cron'
    | 'jobs'
    | 'events'
    | 'eventAccess'
    | 'lastEvents'
    | 'on'
    | 'passOver'
    | 'hearWithin'
    | 'mustHear'
    | 'erasures'
    | 'hookPoints'
    | 'hooks'
    | 'functions'
    | 'meters'
    | 'activity'
    | 'attention'
    | 'firstSteps'
    | 'aboutPeople'
    | 'alerts'
    | 'gauges'
    | 'scopes'
    | 'settings'
    | 'tenantSettings'
    | 'commands'
  > {
  /** Of its folder. */
  name: string;
  /** What it is for, in a few words. */
  summary: string;
  /** Parts of the same plugin whose services it sees; none of them may need it. */
  needs?: readonly string[];
  /** Its own services by name, made of what it sees. */
  services?: Record<string, (services: Scope) => unknown>;
  /** Those that plugins which require its plugin see too. */
  publicServices?: Record<string, (services: Scope) => unknown>;
  /** Begins what goes on by itself, after the parts that it needs. */
  start?(services: Scope): Promise<void>;
  /** Closes it again; also called after a failed `start`. */
  stop?(services: Scope): Promise<void>;
}

/** A part with its types worn off. */
export type Part = PartDefinition;

/** Declares a part. `Scope` is what it sees, with `config`, of which none of its factories may want more. */
export function definePart<Scope = never>(definition: PartDefinition<Scope>): Part {
  return definition as unknown as Part;
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

export type { Principal, TenantPrincipal } from './access/principal.ts';
export type { PersonRow, PersonRows, PersonSection, PersonWish } from './activity/about-people.ts';
export type { ActivityKind } from './activity/activity-kind.ts';
export {
  type AttentionSource,
  countedTo,
  MOST_COUNTED,
} from './activity/attention.ts';
export type { FirstStep, FirstStepState } from './activity/first-steps.ts';
export type { AlertCondition } from './alerts/condition.ts';
export type { RehearsalCheck, RestoredBackup } from './backup/restored.ts';
export type { Catalogue, Meter } from './catalogue.ts';
export { defineBatch } from './database/group-commit.ts';
export { AppError, coreErrors, defineErrors } from './errors.ts';
export type { EventCatalogue, EventType, HookCatalogue, HookName } from './events/catalogue.ts';
export type { Ending, OwnedTables } from './events/owned-tables.ts';
export type { FunctionAccess, FunctionCall, FunctionDescription, GrantedCall } from './functions.ts';
export type { HealthReport } from './health/health.ts';
export type { Dialect } from './http/dialect.ts';
export type { HeaderPolicy } from './http/header-policy.ts';
export { ACCEPT_LANGUAGE, createSummarize, type Summaries } from './http/language.ts';
export { HANDLED, reply } from './http/reply.ts';
export { route } from './http/route.ts';
export type { Shell, ShellPage } from './http/shell.ts';
export {
  IF_MATCH,
  IF_MATCH_OR_NONE,
  type Precondition,
  preconditionOf,
  versioned,
  versionOf,
} from './http/versions.ts';
export { defineCron } from './jobs/cron.ts';
export { defineJob } from './jobs/job-type.ts';
export type { ListColumn } from './lists/columns.ts';
export { type ListDefinition, listRoute } from './lists/list.ts';
export type { DerivedModule, DerivedTable, DerivedTables, Filling } from './move/derived.ts';
export type {
  DashboardCard,
  NavigationEntry,
  PageArea,
  PageCommand,
  PageText,
  PluginPages,
} from './pages/pages.ts';
export {
  type Resource,
  type ResourceChange,
  type ResourceDefinition,
  type ResourceRow,
  resource,
} from './resources/resource.ts';
export type { Services } from './services.ts';
export type { SettingChoice, SettingsArea, SettingsCandidate, SettingsFinding } from './settings/areas.ts';
export type { SettingMark } from './settings/marks.ts';
export type { Authenticator, CloudEvent, CronJob, Database, Jobs, JobType, Route, SocketRoute, Transaction };
