/** A platform is built here, top to bottom: config → installation → container → plugins → routes. `platform-lifecycle.ts` starts and stops it. */
import type { DestinationStream } from 'pino';
import { ERRORS } from './activity/core-activity.ts';
import { alertSettings } from './alerts/channels.ts';
import { migrateWithBackup } from './backup/before-update.ts';
import type { RestoreOutcome } from './backup/fresh-restore.ts';
import { settleReplacement } from './backup/over-empty.ts';
import {
  allGauges,
  bound,
  boundCron,
  boundJob,
  boundRoute,
  connect,
  connectAll,
  homeRoutes,
  scopeNamed,
  shellOf,
} from './bind-plugins.ts';
import { type Between, bindSettings, type Settings, settingsFor } from './bind-settings.ts';
import { declared } from './catalogue.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Tree } from './config/load.ts';
import { type Configuration, prepare } from './configuration.ts';
import { mistakesOf } from './contract-lint.ts';
import { createServices } from './create-services.ts';
import { createIntegrity } from './database/integrity.ts';
import { checkSources, type MigrationSource } from './database/migrations.ts';
import { ConfigError, messageOf } from './errors.ts';
import { createHealthChecks } from './health/health.ts';
import { createLiveness } from './health/liveness.ts';
import { createWriteCheck } from './health/write-check.ts';
import { createDialects, type Dialect, platformDialect } from './http/dialect.ts';
import { docsAssets, docsRoutes } from './http/docs-page.ts';
import { frontPage } from './http/front-page.ts';
import type { BoundRoute } from './http/route.ts';
import { createHttpServer } from './http/server.ts';
import { databaseFile, type Installation, openInstallation, type Purpose } from './installation.ts';
import { type Cron, createCron } from './jobs/cron.ts';
import { TENANT_DELETED } from './jobs/dead-letters.ts';
import { createLog, type Logger } from './observability/log.ts';
import { createLogLines, type LogLines } from './observability/log-lines.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import { createOpenApi, type OpenApiDocument } from './openapi/document.ts';
import { coreEvents } from './operations/core-events.ts';
import { createConditions } from './pages/conditions.ts';
import { serveModules } from './pages/served-modules.ts';
import { uiRoute } from './pages/ui-route.ts';
import { createPlatformLifecycle, type PlatformLifecycle } from './platform-lifecycle.ts';
import type { Plugin } from './plugin.ts';
import { createPluginLifecycle } from './plugin-lifecycle.ts';
import { extensionsOf, type LoadedPlugin, migrationSourcesOf } from './plugins.ts';
import { createRoleWatch } from './roles/role-watch.ts';
import { catalogueRoutes } from './routes/catalogue.ts';
import { certificateRoutes } from './routes/certificates.ts';
import { describedBy } from './routes/described.ts';
import { type HealthParts, healthRoutes } from './routes/health.ts';
import { liveRoutes } from './routes/live.ts';
import { logRoutes } from './routes/logs.ts';
import { openApiRoute } from './routes/openapi.ts';
import { longWorkRoutes } from './routes/operations.ts';
import { buildScopes, type Scopes, strict } from './scopes.ts';
import type { PasswordCost } from './security/passwords.ts';
import { coreJobs, createSelfCare, selfCareRoutes } from './self-care.ts';
import type { Services } from './services.ts';
import type { ServerSettings } from './settings/server-settings.ts';
import { deleteProven, sameVersions } from './settings/stored-settings.ts';
import { UnprovenSettings } from './settings/unproven.ts';
import { forgetOperations } from './upkeep.ts';
import { coreVersion } from './version.ts';

export interface PlatformOptions {
  /** What the process is about to do; default `serve`. */
  purpose?: Purpose;
  env?: NodeJS.ProcessEnv;
  /** Configuration over everything else: for tests and the command line. */
  overrides?: Tree;
  clock?: Clock;
  log?: Logger;
  /** Where the log goes instead of standard output: for tests of it. */
  logTo?: DestinationStream;
  /** Answers that break their declared schema become 500s: for tests. */
  checkResponses?: boolean;
  /** Fails what asks for a second connection inside a transaction: for tests. */
  guardConnections?: boolean;
  /** Why a start with the newest settings of the pages failed: this one is with those of the last that did not. */
  failure?: string;
  /** What became of a backup that was restored between the start before and this one. */
  restored?: RestoreOutcome;
  /** But for what was changed since and needs no start. */
  keepsLive?: boolean;
  /** Whether SQLite's file is read for damage every night, in a process of its own; default yes. Tests move time by days. */
  checkNightly?: boolean;
  /** Cost of a password's hash; default what OWASP recommends, which tests of a thousand sign-ins need not pay. */
  passwordCost?: PasswordCost;
}

/** A platform that is built: config checked, plugins wired, nothing listening yet. */
export interface Platform extends PlatformLifecycle {
  /** The platform's own. */
  services: Services;
  /** What each plugin sees, and each part of one. */
  scopes: Scopes;
  scopeOf(plugin: Pick<Plugin, 'name'>): Services;
  plugins: readonly LoadedPlugin[];
  routes: readonly (BoundRoute & { tag?: string })[];
  cron: Cron;
  migrations: readonly MigrationSource[];
  openapi(): OpenApiDocument;
  installation: Installation;
  /** Sentences of all plugins about what is open to strangers. */
  openDoors: HealthParts['openDoors'];
  /** Whether all parts have what they need, without touching anything. Throws a ConfigError with all sentences. */
  check(): void;
  settings: ServerSettings;
  /** What this process runs with. */
  configuration: Configuration;
  /** Brings the database to this version, with a backup before; to be called in turn. */
  migrate(): Promise<string[]>;
  /** Tells who can start this process again when somebody wants it; without one the pages do not offer it. */
  onRestart(begin: (between?: Between) => void): void;
}

export async function createPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const files = await prepare(options);
  const { level, keptBytes } = files.coreConfig.logging;
  const logLines = createLogLines(keptBytes);
  const log =
    options.log ?? createLog({ level, lines: logLines, ...(options.logTo && { destination: options.logTo }) });
  const clock = options.clock ?? systemClock();
  const metrics = createMetrics();
  const { purpose = 'serve', env = process.env, guardConnections } = options;
  const open = async ({ coreConfig, plugins }: Configuration) => {
    const extensions = await extensionsOf(plugins);
    return openInstallation({ purpose, coreConfig, env, log, clock, metrics, guardConnections, extensions });
  };
  if (purpose === 'serve') await settleReplacement(files.coreConfig, log);
  let installation = await open(files);
  let set: Settings | undefined;
  try {
    if (options.restored?.problem === null) await deleteProven(installation.db.write);
    set = await settingsFor(installation, files, options);
    // A plugin that was switched on in the pages may bring one that the readers have not loaded.
    if (`${await extensionsOf(set.running.plugins)}` !== `${await extensionsOf(files.plugins)}`) {
      await installation.close();
      installation = await open(set.running);
    }
    return build({ files, set, log, logLines, clock, metrics, installation, options });
  } catch (error) {
    await installation.close();
    throw set && !sameVersions(set.inForce, set.proven) ? new UnprovenSettings(messageOf(error), error) : error;
  }
}

interface Parts {
  files: Configuration;
  set: Settings;
  log: Logger;
  logLines: LogLines;
  clock: Clock;
  metrics: Metrics;
  installation: Installation;
  options: PlatformOptions;
}

function build(parts: Parts): Platform {
  const { files, set, log, logLines, clock, metrics, installation, options } = parts;
  const { coreConfig, plugins } = set.running;
  const { db } = installation;
  const services = strict(
    'core',
    createServices({ coreConfig, plugins, log, clock, metrics, installation, passwordCost: options.passwordCost }),
  );
  const { jobs, notices } = services;
  const definitions = plugins.map(({ plugin }) => plugin);
  logLines.onLine((level) => {
    if (level === 'error' || level === 'fatal') services.activity.note({ name: ERRORS, tenantId: null });
  });
  const scopes = buildScopes(services, plugins);
  const boundPlugins = plugins.map((plugin) => bound(plugin, scopes));
  const lifecycle = createPluginLifecycle({ plugins, scopes, log });

  const selfCare = createSelfCare({
    services,
    plugins: definitions,
    integrity: async () => (options.checkNightly === false ? null : integrity.check()),
    checks: { run: () => checks.run() },
    conditions: boundPlugins.flatMap((part) => part.alerts),
    operators: lifecycle.operators,
  });
  const { restored = null } = options;
  const areas = [alertSettings(lifecycle.operators)];
  const bindings = bindSettings({ services, set, files, scopes, areas, restored });
  const { settings, refusalsOf, onRestart, routes: ownSettingsRoutes } = bindings;
  const cron = createCron({
    jobs: [...selfCare.cron.map((job) => boundCron(job, services)), ...boundPlugins.flatMap((part) => part.cron)],
    db,
    clock,
    log,
    tracing: services.tracing,
  });
  const file = databaseFile(coreConfig);
  const writes = createWriteCheck({ db, dataDir: coreConfig.dataDir, clock });
  const integrity = createIntegrity({ db, file });
  const liveness = createLiveness({ db, file, log });
  const roleWatch = createRoleWatch({ roles: coreConfig.roles, notices, log });
  const gauges = allGauges(boundPlugins, services);
  const checks = createHealthChecks({
    db,
    writes,
    integrity,
    jobs,
    cron,
    clock,
    version: coreVersion(),
    notices,
    blobs: services.blobs,
    backups: selfCare.upkeep.health,
    settings,
    plugins: [roleWatch, ...boundPlugins],
  });
  const migrations = migrationSourcesOf(definitions);
  const isRestored = restored?.problem === null;
  const migrate = () => migrateWithBackup({ services, backups: selfCare.upkeep.backups, migrations, isRestored });
  const dialects = createDialects([
    ...definitions.flatMap((plugin): readonly Dialect[] => plugin.dialects ?? []),
    platformDialect,
  ]);
  const modules = serveModules(definitions);
  const ownRoutes = [
    ...healthRoutes({ checks, liveness, gauges, plugins, openDoors: lifecycle.openDoors }),
    ...catalogueRoutes({ cron, plugins, checks, migrations }),
    ...liveRoutes,
    ...longWorkRoutes,
    ...logRoutes(logLines),
    ...homeRoutes(boundPlugins, services, { ...selfCare, cron, settings }),
    ...selfCareRoutes(selfCare),
    ...ownSettingsRoutes,
    ...certificateRoutes(cron),
    frontPage,
    uiRoute(plugins, services.catalogue.menu, createConditions(definitions, scopeOf), modules, coreVersion()),
    ...docsRoutes,
    openApiRoute(() => openapi()),
  ];
  const routes: (BoundRoute & { tag?: string })[] = [
    ...ownRoutes.map((route) => boundRoute(route, services)),
    ...boundPlugins.flatMap((part) => part.routes),
  ];
  services.catalogue.routes.push(
    ...ownRoutes.map((route) => declared(route, 'core')),
    ...definitions.flatMap(({ name, routes: own = [] }) => own.map((route) => declared(route, name))),
  );

  let document: OpenApiDocument | undefined;
  const openapi = (): OpenApiDocument => {
    document ??= createOpenApi({
      routes,
      dialects,
      version: coreVersion(),
      publicUrl: coreConfig.http.publicUrl,
      ...describedBy(definitions, scopeOf),
    });
    return document;
  };
  const mistakes = mistakesOf(plugins);
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
  checkSources(migrations);
  connect(coreEvents, services);
  connectAll(plugins, services, scopes);
  for (const job of coreJobs) jobs.add(boundJob(job, services));
  services.events.subscribe(TENANT_DELETED, forgetOperations.name);
  const server = createHttpServer({
    services,
    routes,
    sockets: boundPlugins.flatMap((part) => part.sockets),
    staticFolders: [docsAssets, ...modules.folders, ...definitions.flatMap((plugin) => plugin.staticFolders ?? [])],
    shell: shellOf(definitions, scopes),
    dialects,
    checkResponses: options.checkResponses ?? false,
  });
  const platformLifecycle = createPlatformLifecycle({
    services,
    installation,
    server,
    bindings,
    lifecycle,
    cron,
    integrity,
    writes,
    liveness,
    roleWatch,
    check,
    migrate,
  });

  return {
    services,
    scopes,
    scopeOf,
    plugins,
    routes,
    cron,
    migrations,
    openapi,
    installation,
    openDoors: lifecycle.openDoors,
    check,
    settings,
    configuration: set.running,
    migrate,
    onRestart,
    ...platformLifecycle,
  };

  function scopeOf({ name }: Pick<Plugin, 'name'>): Services {
    return scopeNamed(scopes, name);
  }

  function check(): void {
    const wrong = refusalsOf(set.running);
    if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
    services.certificates.check();
  }
}
