/** The server's settings in a platform: what is set when it is built, who is asked about a change, and what follows from one. */
import { createFreshRestores, type RestoreOutcome } from './backup/fresh-restore.ts';
import { scopeNamed } from './bind-plugins.ts';
import { type Configuration, configurationWith, type LeftOut, settingsOf } from './configuration.ts';
import { messageOf } from './errors.ts';
import { trustProxyProblem } from './http/client-ip.ts';
import { createSummarize } from './http/language.ts';
import type { Installation, Purpose } from './installation.ts';
import { mailerProblem } from './mailer/mailer.ts';
import { allowProblem } from './outbound/guard.ts';
import { type LoadedPlugin, migrationSourcesOf, ofPlugin } from './plugins.ts';
import { freshRestoreRoutes } from './routes/fresh-restore.ts';
import { type BoundSettingsArea, settingsRoutes } from './routes/server-settings.ts';
import type { Scopes } from './scopes.ts';
import type { Services } from './services.ts';
import type { SettingsArea } from './settings/areas.ts';
import { coreSettings, refuseUnreachable } from './settings/core-areas.ts';
import { createDoorsProof, NOBODY_ARRIVED } from './settings/doors-proof.ts';
import { movesDoors } from './settings/new-address.ts';
import { createServerSettings, DOORS } from './settings/server-settings.ts';
import {
  deleteRefused,
  NOTHING_STORED,
  readStored,
  refusedAreas,
  type StoredSettings,
  sameVersions,
  type Values,
} from './settings/stored-settings.ts';
import { coreSummaries } from './summaries.ts';

/** What is set in the pages, and the configuration with it. */
export interface Settings {
  /** The newest. */
  stored: StoredSettings;
  /** What the last good start had. */
  proven: StoredSettings;
  /** Which of the two this process is built with. */
  inForce: StoredSettings;
  wanted: Configuration & { leftOut: LeftOut[] };
  running: Configuration;
  /** Why the newest are not those in force. */
  failure: string | null;
  /** Areas by which the server listens elsewhere than at the last proven start. */
  moved: readonly string[];
}

/**
 * `failure`: why a start with the newest settings failed; then those of the last good start are in force, with `keepsLive` but for
 * what was in force without a start.
 */
export async function settingsFor(
  { db, secrets }: Installation,
  files: Configuration,
  { purpose, failure, keepsLive = false }: { purpose?: Purpose; failure?: string; keepsLive?: boolean },
): Promise<Settings> {
  const stored = purpose === 'describe' ? NOTHING_STORED : await readStored(db.write, secrets);
  const proven = stored.size === 0 ? stored : await readStored(db.write, secrets, 'proven');
  const refused = failure === undefined && stored.size > 0 ? await refusedAreas(db.write, stored) : [];
  const inForce = failure === undefined ? withFormer(stored, proven, refused) : proven;
  const wanted = stored.size === 0 ? { ...files, leftOut: [] } : await configurationWith(files, stored);
  const used = inForce === proven && inForce !== stored && keepsLive ? withLiveOf(stored, proven, wanted) : inForce;
  const running = used === stored ? wanted : await configurationWith(files, used);
  const moved = inForce === stored ? await movedAreas(files, stored, proven, wanted) : [];
  const why = failure ?? (refused.length > 0 ? NOBODY_ARRIVED : null);
  return { stored, proven, inForce, wanted, running, failure: why, moved };
}

/** But for these areas, which are as the last proven start had them. */
function withFormer(stored: StoredSettings, proven: StoredSettings, areas: readonly string[]): StoredSettings {
  if (areas.length === 0) return stored;
  const mixed = new Map(stored);
  for (const area of areas) {
    const former = proven.get(area);
    if (former) mixed.set(area, former);
    else mixed.delete(area);
  }
  return mixed;
}

/** Which areas have moved the doors since the last proven start. */
async function movedAreas(
  files: Configuration,
  stored: StoredSettings,
  proven: StoredSettings,
  wanted: Configuration,
): Promise<string[]> {
  if (sameVersions(stored, proven)) return [];
  const former = await configurationWith(files, proven);
  if (!movesDoors(wanted.coreConfig.http, former.coreConfig.http)) return [];
  const areas = new Set(settingsOf(wanted).flatMap(({ name, area }) => (DOORS.test(name) ? [area] : [])));
  return [...areas].filter((area) => stored.get(area)?.version !== proven.get(area)?.version);
}

/** What the last good start had, with what was changed since and was in force at once: a door that somebody has shut stays shut. */
function withLiveOf(stored: StoredSettings, proven: StoredSettings, wanted: Settings['wanted']): StoredSettings {
  const live = new Set(settingsOf(wanted).flatMap(({ name, isLive }) => (isLive ? [name] : [])));
  const pick = (values: Values = {}, isWanted: boolean): Values =>
    Object.fromEntries(Object.entries(values).filter(([name]) => live.has(name) === isWanted));
  return new Map(
    [...stored].map(([area, { version, values }]) => {
      const former = proven.get(area)?.values;
      return [area, { version, values: { ...pick(former, false), ...pick(values, true) } }];
    }),
  );
}

const RESTART = 'core.restart';
/** What the first of several replicas has for its own start. */
const RESTART_AFTER_MS = 5_000;
const RESTART_SPREAD_MS = 10_000;

/** What is done while nothing runs; it throws nothing, and gives what the next start is told. */
export type Between = () => Promise<RestoreOutcome>;

export interface SettingsParts {
  services: Services;
  set: Settings;
  /** Without what is set. */
  files: Configuration;
  scopes: Scopes;
  /** Of core, which need more than its services. */
  areas: readonly SettingsArea[];
  /** What became of a backup that was restored right before this start. */
  restored: RestoreOutcome | null;
}

export function bindSettings({ services, set, files, scopes, areas, restored }: SettingsParts) {
  const { running } = set;
  const { notices, log } = services;
  let restart: (() => void) | null = null;
  let restartAlone: ((between: Between) => void) | null = null;
  const settings = createServerSettings({
    ...services,
    ...set,
    files,
    refusals: refusalsOf,
    guard: (candidate, origin) => refuseUnreachable(candidate, origin, services),
    applied,
  });
  const definitions = running.plugins.map(({ plugin }) => plugin);
  const summarize = createSummarize([coreSummaries, ...definitions.map(({ summaries = {} }) => summaries)]);
  const restores = createFreshRestores({
    services,
    sources: migrationSourcesOf(definitions),
    outcome: restored,
    restart: () => restartAlone,
  });
  const ownRoutes = settingsRoutes({
    settings,
    areas: boundAreas([...coreSettings, ...areas], running.plugins, scopes, services),
    summarize,
    restart: () => restart && anew,
  });
  const doors = createDoorsProof({ ...services, ...set, restart: () => restart });
  const routes = [...ownRoutes, ...freshRestoreRoutes(restores, running.coreConfig.backups.folder, summarize)];
  return { settings, routes, refusalsOf, onRestart, start, hasStarted: doors.hasStarted, stop };

  async function start(): Promise<void> {
    settings.start();
    await restores.start();
  }

  async function stop(): Promise<void> {
    doors.stop();
    await restores.stop();
  }

  /** Who asks for it tries once more what nobody was reached by. */
  function anew(): void {
    deleteRefused(services.db.write)
      .catch((error) => log.warn({ reason: messageOf(error) }, 'Settings that were given up are not tried again'))
      .finally(() => restart?.());
  }

  /** What plugins say about a configuration. One that is yet to be switched on says it at its start. */
  function refusalsOf(candidate: Configuration): string[] {
    const { mailer, http } = candidate.coreConfig;
    const own = [mailerProblem(mailer), trustProxyProblem(http.trustProxy), allowProblem(http.outbound.allow)].filter(
      (problem) => problem !== null,
    );
    const said = candidate.plugins
      .filter(({ plugin }) => scopes.has(plugin.name))
      .flatMap(({ plugin, config }) =>
        ofPlugin(plugin.name, 'cannot check its configuration', () => {
          const sentences = plugin.check?.(scopeNamed(scopes, plugin.name), config as never) ?? [];
          if (!Array.isArray(sentences)) throw new Error('`check` gives a list of sentences, at once');
          return sentences;
        }),
      );
    return [...own, ...said];
  }

  /** Live settings of core that something was made of. */
  function applied(names: readonly string[]): void {
    if (names.some((name) => name.startsWith('mailer.'))) services.mailer.renew();
    if (!names.some((name) => name.startsWith('http.outbound.'))) return;
    services.outbound
      .renew()
      .catch((error) => log.warn({ reason: messageOf(error) }, 'Connections to outside could not be closed'));
  }

  /** Of several replicas one starts again at once, the others some seconds later, each at its own time. */
  function onRestart(begin: (between?: Between) => void): void {
    let isBegun = false;
    const once = (between?: Between): void => {
      if (isBegun) return;
      isBegun = true;
      begin(between);
    };
    restartAlone = once;
    restart = () => {
      notices.sendNow(RESTART);
      once();
    };
    notices.on(RESTART, () => setTimeout(() => once(), RESTART_AFTER_MS + Math.random() * RESTART_SPREAD_MS).unref());
  }
}

function boundAreas(
  own: readonly SettingsArea[],
  plugins: readonly LoadedPlugin[],
  scopes: Scopes,
  core: Services,
): BoundSettingsArea[] {
  return [
    ...own.map((area) => bind(area, core, (candidate) => candidate.coreConfig)),
    ...plugins.flatMap(({ plugin, key }) =>
      (plugin.settings ?? []).map((area) =>
        bind(
          area,
          scopeNamed(scopes, plugin.name),
          (candidate) => candidate.plugins.find((one) => one.key === key)?.config,
        ),
      ),
    ),
  ];
}

function bind(
  { area, title, target, choices, test }: SettingsArea,
  services: Services,
  configOf: (candidate: Configuration) => unknown,
): BoundSettingsArea {
  return {
    area,
    title: title ?? null,
    target: target ?? null,
    choices: choices ? () => choices(services) : null,
    test: test ? (candidate, given) => test({ config: configOf(candidate) as never, target: given }, services) : null,
  };
}
