/** Binds plugins: gives what they declare the services of their plugin, and connects it with the services of core. */
import Type from 'typebox';
import type { BoundPersonSection, PersonSection } from './activity/about-people.ts';
import {
  type Attention,
  type AttentionSource,
  backupsAttention,
  certificatesAttention,
  clockAhead,
  clockBack,
  coreAttention,
  settingsAttention,
  updatesAttention,
} from './activity/attention.ts';
import { type BoundFirstStep, coreFirstSteps, type FirstStep } from './activity/first-steps.ts';
import type { AlertCondition, Condition } from './alerts/condition.ts';
import type { BackupUpkeep } from './backup/backup-upkeep.ts';
import { troublesOf } from './certificates/certificates.ts';
import { ConfigError } from './errors.ts';
import type { EventRule } from './events/event-access.ts';
import type { CloudEvent, Shortcuts } from './events/events.ts';
import { endingsOf, endRows } from './events/owned-tables.ts';
import type { HealthReport } from './health/health.ts';
import type { BoundRoute, Route } from './http/route.ts';
import type { Shell } from './http/shell.ts';
import type { BoundSocketRoute } from './http/sockets.ts';
import type { BoundCronJob, Cron, CronJob } from './jobs/cron.ts';
import type { JobType } from './jobs/job-type.ts';
import type { BoundJob } from './jobs/jobs.ts';
import { coreGauges } from './observability/core-gauges.ts';
import { type BoundGauge, createGauges, type GaugeDefinition, type Gauges } from './observability/gauges.ts';
import { getOwn } from './own-property.ts';
import type { Unit } from './parts.ts';
import type { EventAccess, EventFilter, EventTaker, Part, Plugin } from './plugin.ts';
import { type LoadedPlugin, ofPlugin } from './plugins.ts';
import { aboutPeopleRoutes } from './routes/about-people.ts';
import { activityRoutes } from './routes/activity.ts';
import { firstStepRoutes } from './routes/first-steps.ts';
import type { Scopes } from './scopes.ts';
import type { Services } from './services.ts';
import type { ServerSettings } from './settings/server-settings.ts';
import type { Updates } from './updates/updates.ts';

/** What a plugin declares, ready to be called. */
export interface Bound {
  name: string;
  routes: (BoundRoute & { tag: string })[];
  sockets: BoundSocketRoute[];
  cron: BoundCronJob[];
  gauges: BoundGauge[];
  attention: Attention[];
  firstSteps: BoundFirstStep[];
  aboutPeople: BoundPersonSection[];
  alerts: Condition[];
  health: (() => Promise<HealthReport>) | null;
}

export function bound({ plugin, units }: LoadedPlugin, scopes: Scopes): Bound {
  const { name, health } = plugin;
  const each = <T>(bind: (definition: Plugin, services: Services) => readonly T[]): T[] =>
    inOrderOf(plugin, units).flatMap(({ key, definition }) => bind(definition, scopeNamed(scopes, key)));
  return {
    name,
    routes: each(({ routes = [] }, services) =>
      routes.map((route) => ({ ...boundRoute(route, services), tag: route.tag ?? name })),
    ),
    sockets: each(({ sockets = [] }, services) =>
      sockets.map((socket) => ({
        ...socket,
        connected: (webSocket, connection) => socket.connected(webSocket, connection, services),
      })),
    ),
    cron: each(({ cron = [] }, services) => cron.map((job) => boundCron(job, services))),
    gauges: each(({ gauges = [] }, services) => gauges.map((gauge) => boundGauge(gauge, services))),
    attention: each(({ attention = [] }, services) => attention.map((source) => boundAttention(source, services))),
    firstSteps: each(({ firstSteps = [] }, services) => firstSteps.map((step) => boundFirstStep(step, services))),
    aboutPeople: each(({ aboutPeople = [] }, services) => aboutPeople.map((one) => boundPersonSection(one, services))),
    alerts: each(({ alerts = [] }, services) => alerts.map((condition) => boundAlert(condition, services))),
    health: health ? () => health(scopeNamed(scopes, name)) : null,
  };
}

/** As the plugin names its parts: what readers of its routes see is in no order of needs. */
function inOrderOf({ parts = [] }: Plugin, units: readonly Unit[]): Unit[] {
  const places = new Map<Part | null, number>(parts.map((part, place) => [part, place]));
  return units.toSorted((one, other) => (places.get(one.part) ?? -1) - (places.get(other.part) ?? -1));
}

/** What a plugin sees, or a part of one. */
export function scopeNamed(scopes: Scopes, key: string): Services {
  const scope = scopes.get(key);
  if (!scope) throw new Error(`The plugin '${key}' has no scope`);
  return scope;
}

export function boundRoute(route: Route, services: Services): BoundRoute {
  return { ...route, handler: (request) => route.handler(request, services) };
}

export function boundCron(job: CronJob, services: Services): BoundCronJob {
  return { ...job, run: (run) => job.run(run, services) };
}

function boundGauge(gauge: GaugeDefinition, services: Services): BoundGauge {
  return { ...gauge, read: () => gauge.read(services) };
}

function boundAttention(source: AttentionSource, services: Services): Attention {
  return { ...source, count: (principal) => source.count(principal, services) };
}

function boundFirstStep(step: FirstStep, services: Services): BoundFirstStep {
  return { ...step, state: (principal) => step.state(principal, services) };
}

function boundPersonSection(section: PersonSection, services: Services): BoundPersonSection {
  return { ...section, find: (wish) => section.find(wish, services) };
}

const LAST_STEP = 100;

/** What of core is asked what waits for a person. */
interface Care {
  cron: Cron;
  upkeep: BackupUpkeep;
  updates: Updates;
  settings: ServerSettings;
}

/** What of core and of all plugins the first page shows, and pages beside somebody: counts, steps, sections. */
export function homeRoutes(parts: readonly Bound[], services: Services, care: Care) {
  return [
    ...activityRoutes(allAttention(parts, services, care)),
    ...firstStepRoutes(allFirstSteps(parts, services, care.upkeep)),
    ...aboutPeopleRoutes(parts.flatMap(({ aboutPeople }) => aboutPeople)),
  ];
}

/** What there is to do first, of core and of all plugins, in its order. */
function allFirstSteps(parts: readonly Bound[], { mailer }: Services, upkeep: BackupUpkeep): BoundFirstStep[] {
  const all = [...coreFirstSteps(upkeep, () => mailer.canSend), ...parts.flatMap((part) => part.firstSteps)];
  return all.sort((one, other) => (one.order ?? LAST_STEP) - (other.order ?? LAST_STEP));
}

/** What the plugin that brings a web UI gives; null without one. Throws a ConfigError when two do. */
export function shellOf(plugins: readonly Plugin[], scopes: Scopes): Shell | null {
  const [first, second] = plugins.filter(({ shell }) => shell);
  if (second)
    throw new ConfigError(`'${first?.name}' and '${second.name}' both bring a web UI: switch one of them off`);
  if (!first) return null;
  return ofPlugin(first.name, 'cannot bring its web UI', () => first.shell?.(scopeNamed(scopes, first.name)) ?? null);
}

function boundAlert(condition: AlertCondition, services: Services): Condition {
  return { ...condition, holds: () => condition.holds(services) };
}

/** What waits for a person, of core and of all plugins. */
function allAttention(
  parts: readonly Bound[],
  services: Services,
  { cron, upkeep, updates, settings }: Care,
): Attention[] {
  const all = [
    clockAhead(cron),
    clockBack(cron),
    ...backupsAttention(upkeep),
    ...settingsAttention(settings),
    certificatesAttention({ troubles: async () => troublesOf(await services.certificates.list()) }),
    updatesAttention(updates),
    ...coreAttention.map((source) => boundAttention(source, services)),
    ...parts.flatMap((part) => part.attention),
  ];
  return all.sort((one, other) => Number(other.comesFirst ?? false) - Number(one.comesFirst ?? false));
}

/** What `/metrics` shows, of core and of all plugins. */
export function allGauges(parts: readonly Bound[], services: Services): Gauges {
  const own = coreGauges.map((gauge) => boundGauge(gauge, services));
  return createGauges([...own, ...parts.flatMap((part) => part.gauges)], services);
}

export function boundJob(type: JobType, services: Services): BoundJob {
  return { ...type, run: (payload, job) => type.run(payload, job, services) };
}

/** All of them. Which events tell of what is gone is known before anybody subscribes, whichever plugin comes first. */
export function connectAll(plugins: readonly LoadedPlugin[], { events }: Services, scopes: Scopes): void {
  for (const type of plugins.flatMap(({ plugin }) => plugin.erasures ?? [])) events.retain(type);
  for (const { key, definition } of plugins.flatMap(({ units }) => units)) connect(definition, scopeNamed(scopes, key));
}

/** Makes known to the services of core what a plugin declares for them. */
export function connect(plugin: Plugin, services: Services): void {
  for (const one of plugin.authenticators ?? []) {
    services.authentication.add({
      plugin: plugin.name,
      cookieName: () => one.cookie?.(services).cookie ?? null,
      isLast: one.isLast,
      authenticate: (credentials) => one.authenticate(credentials, services),
      ...(one.refused && { refused: (credentials) => one.refused?.(credentials, services) ?? null }),
    });
  }
  for (const type of Object.keys(plugin.events ?? {})) services.eventSight.declare(type);
  for (const [type, rule] of Object.entries<EventAccess | 'superadmin'>(plugin.eventAccess ?? {})) {
    services.eventSight.allow(type, rule === 'superadmin' ? rule : boundRule(rule, services));
  }
  for (const [type, tell] of Object.entries(plugin.lastEvents ?? {}))
    services.lastEvents.add(type, (wish) => tell(wish, services));
  for (const type of plugin.erasures ?? []) services.events.retain(type);
  for (const job of plugin.jobs ?? []) services.jobs.add(boundJob(job, services));
  for (const definition of plugin.functions ?? []) {
    services.functions.add({ ...definition, run: (input, call) => definition.run(input, call as never, services) });
  }
  for (const [name, handler] of Object.entries(plugin.hooks ?? {})) {
    const call = handler as (context: unknown, next: () => Promise<void>, services: Services) => Promise<void>;
    services.hooks.add(name, (context, next) => call(context, next, services), plugin.name);
  }
  for (const [type, deliver] of subscriptionsOf(plugin)) {
    const mustHappen = services.events.isRetained(type) || isAmong(plugin.mustHear, type);
    const job = subscription(plugin.name, type, deliver, mustHappen);
    services.jobs.add(boundJob(job, services));
    services.events.subscribe(type, job.name, shortcutsOf(plugin, type, services));
  }
}

type Deliver = (event: CloudEvent, services: Services) => Promise<void>;

/** What is done about events: what the plugin says, and then what its tables do. */
function subscriptionsOf({ on = {}, tables = {} }: Plugin): Map<string, Deliver> {
  const heard = new Map(Object.entries(on) as [string, Deliver][]);
  for (const type of endingsOf(tables)) {
    const first = heard.get(type);
    heard.set(type, async (event, services) => {
      await first?.(event, services);
      await endRows(services.db, tables, event);
    });
  }
  return heard;
}

/** What ends rows has none: the plugin does not know of them. */
function shortcutsOf({ passOver, hearWithin, tables = {} }: Plugin, type: string, services: Services): Shortcuts {
  if (services.events.isRetained(type) || endingsOf(tables).includes(type)) return {};
  const filter = getOwn<EventFilter<never>>(passOver, type);
  const take = getOwn(hearWithin as Record<string, EventTaker<never>> | undefined, type);
  return {
    passesOver: filter && ((event) => filter(event as never, services)),
    takes: take && ((trx, events) => take(trx, events as never, services)),
  };
}

function isAmong(types: readonly string[] = [], type: string): boolean {
  return types.includes(type);
}

function boundRule(rule: EventAccess, services: Services): EventRule {
  const { isFor, mayFollow, ...access } = rule;
  return {
    ...access,
    ...(isFor && { isFor: (event, principal) => isFor(event as never, principal, services) }),
    ...(mayFollow && { mayFollow: (subject, principal) => mayFollow(subject, principal, services) }),
  };
}

/** A durable subscription is a job type of its own: retried, visible and dead-lettered like every job. */
function subscription(
  plugin: string,
  type: string,
  deliver: (event: CloudEvent, services: Services) => Promise<void>,
  mustHappen: boolean,
): JobType {
  return {
    name: `${plugin}.on:${type}`,
    summary: `Gives ${type} to the plugin ${plugin}`,
    payload: Type.Unknown(),
    mustHappen,
    run: (event, _job, services) => deliver(event as CloudEvent, services),
  };
}
