/** Boot and stop, top to bottom: config → installation → container → port → migrations → plugins → jobs and cron. */
import { join } from 'node:path';
import { type AwilixContainer, asFunction, asValue, createContainer, InjectionMode } from 'awilix';
import type { TSchema } from 'typebox';
import { type Clock, systemClock } from './clock.ts';
import { completeConfig } from './config/complete.ts';
import { ConfigError, isTree, type LoadedConfig, loadConfig, type Tree } from './config/load.ts';
import { CoreConfig, type WrittenConfig } from './config/schema.ts';
import { checkConfig } from './config/validate.ts';
import { explainedDatabaseError } from './database/arrival.ts';
import { createBlobs } from './database/blobs.ts';
import { checkSources, inTurn, type MigrationSource, migrateUp } from './database/migrations.ts';
import { codeOf, isAppError, messageOf } from './errors.ts';
import { createEventSight } from './events/event-access.ts';
import { createEvents } from './events/events.ts';
import { createHooks } from './events/hooks.ts';
import { createNotices } from './events/notices.ts';
import { createFunctions } from './functions.ts';
import { createAuthentication } from './http/authentication.ts';
import { createConnections } from './http/connections.ts';
import { createDialects, type Dialect, platformDialect } from './http/dialect.ts';
import { docsAssets, docsRoutes } from './http/docs-page.ts';
import { createOpenApi, type OpenApiDocument } from './http/openapi.ts';
import { createRateLimits } from './http/rate-limits.ts';
import { type Route, route } from './http/route.ts';
import { createHttpServer } from './http/server.ts';
import { databaseFile, type Installation, openInstallation, type Purpose } from './installation.ts';
import { type Cron, createCron } from './jobs/cron.ts';
import { createSqlQueue } from './jobs/sql-queue.ts';
import { createMailer } from './mailer/mailer.ts';
import { createMailTemplates } from './mailer/templates.ts';
import { createHealthChecks } from './observability/health.ts';
import { createLog, type Logger } from './observability/log.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import { createOutbound } from './outbound/outbound.ts';
import type { Catalogue, Services } from './plugin.ts';
import { coreVersion, type LoadedPlugin, loadPlugins, migrationSourcesOf } from './plugins.ts';
import { healthRoutes } from './routes/health.ts';
import { operationRoutes } from './routes/operations.ts';
import { createPasswords } from './security/passwords.ts';
import { wirePlugins } from './wire.ts';

export interface PlatformOptions {
  /** What the process is about to do; default `serve`. */
  purpose?: Purpose;
  env?: NodeJS.ProcessEnv;
  /** Configuration over everything else: for tests and the command line. */
  overrides?: Tree;
  clock?: Clock;
  log?: Logger;
  /** Answers that break their declared schema become 500s: for tests. */
  checkResponses?: boolean;
  /** Fails what asks for a second connection inside a transaction: for tests. */
  guardConnections?: boolean;
}

/** A platform that is built: config checked, plugins wired, nothing listening yet. */
export interface Platform {
  services: Services;
  plugins: readonly LoadedPlugin[];
  routes: readonly (Route & { tag?: string })[];
  cron: Cron;
  migrations: readonly MigrationSource[];
  openapi(): OpenApiDocument;
  installation: Installation;
  /** Sentences of all plugins about what is open to strangers. */
  openDoors(): Promise<string[]>;
  /** Whether all parts have what they need, without touching anything. Throws a ConfigError with all sentences. */
  check(): void;
  /** Takes the port, runs migrations, starts plugins, jobs and cron, serves; gives the port. Closes all again when a part fails. */
  start(): Promise<number>;
  /** Drains HTTP, jobs and plugins within 10 s and closes everything. Safe to call at any time, and twice. */
  stop(): Promise<void>;
}

/** Parts of the 10 s in which a stop must be done. */
const HTTP_GRACE_MS = 4_000;
const JOBS_GRACE_MS = 3_000;
const PLUGIN_STOP_MS = 5_000;

/** The configuration, read and checked, with the plugins that it names: what `check` needs. */
export async function prepare(options: PlatformOptions): Promise<{
  loaded: LoadedConfig;
  coreConfig: CoreConfig;
  plugins: LoadedPlugin[];
}> {
  const loaded = loadConfig({ env: options.env ?? process.env, overrides: options.overrides });
  const { plugins: pluginPart, ...corePart } = loaded.values;
  const coreConfig = completeConfig(checkConfig(CoreConfig, corePart, [], loaded) as WrittenConfig, loaded);
  if (pluginPart !== undefined && pluginPart !== null && !isTree(pluginPart)) {
    throw new ConfigError('plugins must hold one key for each plugin');
  }
  return { loaded, coreConfig, plugins: await loadPlugins(loaded) };
}

export async function createPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const { coreConfig, plugins } = await prepare(options);
  const log = options.log ?? createLog({ level: coreConfig.logging.level });
  const clock = options.clock ?? systemClock();
  const metrics = createMetrics();
  const installation = await openInstallation({
    purpose: options.purpose ?? 'serve',
    coreConfig,
    env: options.env ?? process.env,
    log,
    clock,
    metrics,
    guardConnections: options.guardConnections,
  });
  try {
    return build({ coreConfig, plugins, log, clock, metrics, installation, options });
  } catch (error) {
    await installation.close();
    throw error;
  }
}

interface Parts {
  coreConfig: CoreConfig;
  plugins: LoadedPlugin[];
  log: Logger;
  clock: Clock;
  metrics: Metrics;
  installation: Installation;
  options: PlatformOptions;
}

function build({ coreConfig, plugins, log, clock, metrics, installation, options }: Parts): Platform {
  const { dataDir } = coreConfig;
  const { db, secrets } = installation;
  const container = createContainer<Services>({ injectionMode: InjectionMode.PROXY, strict: true });
  const services: Services = container.cradle;
  const definitions = plugins.map(({ plugin }) => plugin);
  const catalogue = catalogueOf(plugins);
  const jobs = createSqlQueue({ db, clock, log, metrics, services });
  const notices = createNotices({ db, log });
  const outbound = createOutbound({ config: coreConfig.http.outbound, log, clock });
  const connections = createConnections({ clock, notices, log, limits: coreConfig.http.streams });
  const core = {
    coreConfig,
    db,
    blobs: createBlobs({ db, clock, dataDir }),
    clock,
    events: createEvents({ db, clock, log, jobs, notices }),
    eventSight: createEventSight(definitions, services),
    hooks: createHooks(),
    notices,
    jobs,
    functions: createFunctions(services),
    authentication: createAuthentication(
      definitions.flatMap((plugin) => plugin.authenticators ?? []),
      services,
    ),
    connections,
    rateLimits: createRateLimits(coreConfig.http.rateLimit),
    mailer: createMailer({ config: coreConfig.mailer, log, outbound }),
    mailTemplates: createMailTemplates({
      language: coreConfig.mailer.language,
      folder: coreConfig.mailer.templates ?? join(dataDir, 'mail-templates'),
    }),
    outbound,
    secrets,
    passwords: createPasswords(),
    log,
    metrics,
    catalogue,
  };
  for (const [name, value] of Object.entries(core)) container.register(name, asValue(value));
  registerFactories(container, plugins);

  const cron = createCron({
    jobs: [sweepFiles, ...definitions.flatMap((plugin) => plugin.cron ?? [])],
    db,
    clock,
    log,
    services,
  });
  const checks = createHealthChecks({ db, jobs, clock, version: coreVersion(), plugins: definitions, services });
  const dialects = createDialects([
    ...definitions.flatMap((plugin): readonly Dialect[] => plugin.dialects ?? []),
    platformDialect,
  ]);
  const routes = [
    ...[...healthRoutes(checks), ...operationRoutes(cron), ...docsRoutes, openApiRoute(() => openapi())],
    ...definitions.flatMap((plugin) => (plugin.routes ?? []).map((one) => ({ ...one, tag: one.tag ?? plugin.name }))),
  ];
  const migrations = migrationSourcesOf(definitions);

  let document: OpenApiDocument | undefined;
  const openapi = (): OpenApiDocument => {
    document ??= createOpenApi({ routes, dialects, version: coreVersion(), publicUrl: coreConfig.http.publicUrl });
    return document;
  };
  const started: LoadedPlugin[] = [];
  let stopping: Promise<void> | null = null;

  checkSources(migrations);
  resolveAll(container, plugins);
  wirePlugins(definitions, services);
  const server = createHttpServer({
    services,
    routes,
    sockets: definitions.flatMap((plugin) => plugin.sockets ?? []),
    staticFolders: [docsAssets, ...definitions.flatMap((plugin) => plugin.staticFolders ?? [])],
    dialects,
    checkResponses: options.checkResponses ?? false,
  });

  return { services, plugins, routes, cron, migrations, openapi, installation, openDoors, check, start, stop };

  async function openDoors(): Promise<string[]> {
    return (await Promise.all(definitions.map((plugin) => plugin.openDoors?.(services) ?? []))).flat();
  }

  function check(): void {
    const wrong = plugins.flatMap(({ plugin, config }) => plugin.check?.(services, config as never) ?? []);
    if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
  }

  /** The port first: a start that cannot have it has touched nothing yet. */
  async function start(): Promise<number> {
    try {
      check();
      const port = await server.listen();
      await inTurn(db, begin);
      server.open();
      return port;
    } catch (error) {
      await stop();
      throw explainedDatabaseError(error, coreConfig.database, databaseFile(coreConfig));
    }
  }

  async function begin(): Promise<void> {
    const ran = await migrateUp(db, migrations);
    if (ran.length > 0) log.info({ migrations: ran }, 'Database migrated');
    await installation.claim();
    await notices.start();
    started.push(...plugins);
    for (const { plugin } of plugins) await named(plugin.name, () => plugin.listen?.(services));
    for (const { plugin, config } of plugins) await named(plugin.name, () => plugin.start?.(services, config as never));
    await jobs.start();
    await cron.start();
  }

  /** An error of a plugin's start with the plugin's name; what the operator can mend is one sentence. */
  async function named(plugin: string, work: () => Promise<void> | undefined): Promise<void> {
    try {
      await work();
    } catch (error) {
      const sentence = `The plugin '${plugin}' could not start: ${messageOf(error)}`;
      const isPlain = error instanceof ConfigError || isAppError(error) || /^E[A-Z]+$/.test(codeOf(error));
      throw isPlain ? new ConfigError(sentence, { cause: error }) : new Error(sentence, { cause: error });
    }
  }

  function stop(): Promise<void> {
    stopping ??= stopParts();
    return stopping;
  }

  /** HTTP and plugins first, so that nothing new comes in; then jobs; the database last. */
  async function stopParts(): Promise<void> {
    const http = server.stop(HTTP_GRACE_MS).catch(report('HTTP'));
    for (const { plugin } of [...started].reverse()) {
      await Promise.race([plugin.stop?.(services).catch(report(plugin.name)), deadline(PLUGIN_STOP_MS)]);
    }
    await http;
    await cron.stop(JOBS_GRACE_MS).catch(report('cron'));
    await jobs.stop(JOBS_GRACE_MS).catch(report('jobs'));
    services.mailer.close();
    await services.outbound.close().catch(report('outbound'));
    await services.blobs.close().catch(report('blobs'));
    connections.stop();
    await notices.stop().catch(report('notices'));
    await installation.close().catch(report('database'));
  }

  function report(part: string): (error: unknown) => void {
    return (error) => log.error({ err: error, part }, 'A part did not stop cleanly');
  }
}

function deadline(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}

/** Files of deleted blobs go an hour later, so that a backup under way still finds them. */
const sweepFiles = {
  name: 'core.sweepFiles',
  summary: 'Deletes files that no blob points to any more',
  schedule: '17 * * * *',
  async run({ log }: { log: Logger }, { blobs }: Services) {
    const swept = await blobs.sweep();
    if (swept > 0) log.info({ swept }, 'Deleted orphaned files');
  },
};

function openApiRoute(document: () => OpenApiDocument): Route {
  let text: string | undefined;
  return route({
    method: 'GET',
    path: '/openapi.json',
    access: 'public',
    summary: 'This API as an OpenAPI 3.1 document',
    responses: { 200: null },
    handler: ({ ctx }) => {
      text ??= JSON.stringify(document());
      ctx.type = 'json';
      return Buffer.from(text);
    },
  });
}

function catalogueOf(plugins: readonly LoadedPlugin[]): Catalogue {
  const definitions = plugins.map(({ plugin }) => plugin);
  return {
    plugins: plugins.map(({ plugin, version }) => ({ name: plugin.name, version, summary: plugin.summary })),
    scopes: Object.assign({}, ...definitions.map((plugin) => plugin.scopes ?? {})),
    meters: definitions.flatMap((plugin) => plugin.meters ?? []),
    tenantSettings: Object.assign({}, ...definitions.map((plugin) => plugin.tenantSettings ?? {})) as Record<
      string,
      TSchema
    >,
    events: Object.assign({}, ...definitions.map((plugin) => plugin.events ?? {})) as Record<string, TSchema>,
  };
}

function registerFactories(container: AwilixContainer<Services>, plugins: readonly LoadedPlugin[]): void {
  for (const { plugin, config } of plugins) {
    for (const [name, factory] of Object.entries(plugin.services ?? {})) {
      if (container.hasRegistration(name)) {
        throw new ConfigError(`The plugin '${plugin.name}' declares the service '${name}', which exists already`);
      }
      const registration = asFunction(factory as (services: Services) => unknown).singleton();
      container.register(
        name,
        registration.inject(() => ({ config })),
      );
    }
  }
}

/** Builds every service now, so that a missing one stops the boot and not a request. */
function resolveAll(container: AwilixContainer<Services>, plugins: readonly LoadedPlugin[]): void {
  for (const { plugin } of plugins) {
    for (const name of Object.keys(plugin.services ?? {})) {
      try {
        container.resolve(name);
      } catch (error) {
        throw new ConfigError(`The plugin '${plugin.name}' cannot build its service '${name}': ${messageOf(error)}`, {
          cause: error,
        });
      }
    }
  }
}
