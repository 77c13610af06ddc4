/**
 * The settings of the server that super-admins change in the pages: over the defaults, under the file and the environment. A save is
 * checked by the schema and by the plugins, is a version of its area, and is heard by every replica: what is live is in force at
 * once, the rest after the next start.
 */
import type { Principal } from '../access/principal.ts';
import type { Clock } from '../clock.ts';
import { layerOf } from '../config/load.ts';
import type { Tree } from '../config/tree.ts';
import {
  type Configuration,
  configurationWith,
  type LeftOut,
  SETTINGS_SOURCE,
  setAt,
  settingsOf,
  valueAt,
} from '../configuration.ts';
import type { Database, Transaction } from '../database/database.ts';
import { isUniqueViolation } from '../database/database-errors.ts';
import { coreErrors, messageOf } from '../errors.ts';
import type { Hooks } from '../events/hooks.ts';
import type { Notices } from '../events/notices.ts';
import type { Logger } from '../observability/log.ts';
import type { Secrets } from '../security/secrets.ts';
import { withoutSecrets, withSecretsOf } from './hidden-secrets.ts';
import type { Setting } from './marks.ts';
import {
  appendVersion,
  opened,
  readStored,
  type StoredSettings,
  sameVersions,
  type Values,
} from './stored-settings.ts';

declare global {
  namespace Patchbay {
    interface HookCatalogue {
      /** Settings of the server are being saved, in this transaction. */
      'settings.saving': SettingsSaving;
    }
  }
}

export interface SettingsSaving {
  trx: Transaction;
  principal: Principal;
  area: string;
  version: number;
  /** Names of what is changed. */
  changed: readonly string[];
  ip: string;
  userAgent: string;
}

/** Who saves, and from where. */
export interface SettingsAuthor {
  principal: Principal;
  ip: string;
  userAgent: string;
  /** The address of the page from which it is done (`Origin`); empty for programs. */
  origin: string;
}

/** One setting as it is shown: what is set, or else holds without that. */
export interface ShownSetting {
  setting: Setting;
  value: unknown;
  /** Where the value comes from: `default`, `settings`, or the name of the file, `environment`, `command line`. */
  source: string;
  /** A file or the environment names it, and wins. */
  isLocked: boolean;
  waitsForRestart: boolean;
}

export interface SettingsChange {
  values: Readonly<Record<string, unknown>>;
  /** Names of what is to be as if it had never been set. */
  reset: readonly string[];
}

export interface ServerSettings {
  /** With whether something in them waits for a start of this process. */
  areas(): { area: string; waitsForRestart: boolean }[];
  shown(area: string): { version: number; settings: ShownSetting[] };
  /** Saves; `version` is the one that the caller has seen, null for any. Throws what is wrong with it. */
  save(area: string, change: SettingsChange, by: SettingsAuthor, version: number | null): Promise<void>;
  /** What the whole configuration would be after a change. Throws what is wrong with it. */
  candidate(area: string, change: SettingsChange): Promise<Configuration>;
  versions(area: string): Promise<{ version: number; changed: string[]; created_at: number }[]>;
  /** The same as it was once, as a new version. */
  restore(area: string, version: number, by: SettingsAuthor): Promise<void>;
  /** Names of what is saved and waits for a start of this process. */
  waiting(): string[];
  /** The address at which the server answers after a start; null when it stays where it is. */
  movesTo(): string | null;
  /** Areas whose settings do not fit any more, and are not used. */
  leftOut(): readonly LeftOut[];
  /** Whether the server has not started yet with what is set. */
  isUnproven(): boolean;
  /** All that is set in the pages now, by name, with its secrets: for the command line. */
  stored(): StoredSettings;
  /** Listens to other replicas. */
  start(): void;
}

export interface ServerSettingsParts {
  db: Database;
  secrets: Secrets;
  clock: Clock;
  hooks: Hooks;
  notices: Notices;
  log: Logger;
  /** Without what is set. */
  files: Configuration;
  /** What is set, what the last good start had, and what this process started with. */
  stored: StoredSettings;
  proven: StoredSettings;
  inForce: StoredSettings;
  /** What this process runs with; live settings are changed in it. */
  running: Configuration;
  /** With what is set. */
  wanted: Configuration & { leftOut: readonly LeftOut[] };
  /** Why the server did not start with what is set, where that is not what it runs with. */
  failure: string | null;
  /** Sentences of plugins about a configuration that no schema can say. */
  refusals(candidate: Configuration): string[];
  /** Throws where a change would keep everybody out who has just made it. */
  guard(candidate: Configuration, origin: string): Promise<void>;
  /** After live settings have changed in `running`. */
  applied(names: readonly string[]): void;
}

const TOPIC = 'core.settings';
/** Settings of where and how the server listens. */
export const DOORS = /^http\.(host|port|tls\..+)$/;
/** Without these nobody could sign in to switch them on again. */
const NEEDED = ['plugins.admin.enabled', 'plugins.auth.enabled'];

export function createServerSettings(parts: ServerSettingsParts): ServerSettings {
  const { db, secrets, clock, hooks, notices, log, files, running } = parts;
  let { stored, wanted } = parts;
  /** Versions with which the server did not start. */
  const failed = new Map([...stored].filter(([area, { version }]) => version !== parts.inForce.get(area)?.version));
  /** Values as they were at the start, for what is not live. */
  const begun = snapshot(running);
  let refreshing: Promise<void> = Promise.resolve();

  return {
    areas,
    shown,
    save,
    candidate: async (area, change) => (await checked(area, change)).configuration,
    versions,
    restore,
    waiting,
    movesTo() {
      const { publicUrl } = wanted.coreConfig.http;
      const isMoving = waiting().some((name) => DOORS.test(name)) && publicUrl !== running.coreConfig.http.publicUrl;
      return isMoving ? publicUrl : null;
    },
    leftOut,
    isUnproven: () => !sameVersions(stored, parts.proven),
    stored: () => stored,
    start() {
      notices.on(TOPIC, refreshSoon);
      notices.onGap(refreshSoon);
    },
  };

  function areas(): { area: string; waitsForRestart: boolean }[] {
    const waits = new Set(waiting());
    const found = new Map<string, boolean>();
    for (const { area, name } of settingsOf(wanted)) found.set(area, waits.has(name) || found.get(area) === true);
    return [...found].map(([area, waitsForRestart]) => ({ area, waitsForRestart }));
  }

  function shown(area: string): { version: number; settings: ShownSetting[] } {
    const waits = new Set(waiting());
    const settings = settingsOf(wanted).filter((setting) => setting.area === area);
    if (settings.length === 0) throw coreErrors.no_settings_area();
    return {
      version: versionOf(area),
      settings: settings.map((setting) => ({
        setting,
        value: withoutSecrets(valueIn(wanted, setting), setting.path.at(-1)),
        ...sourceOf(setting),
        waitsForRestart: waits.has(setting.name),
      })),
    };
  }

  function sourceOf({ name, path, area }: Setting): { source: string; isLocked: boolean } {
    const locked = lockOf(path);
    if (locked !== null) return { source: locked, isLocked: true };
    const isSet = Object.hasOwn(stored.get(area)?.values ?? {}, name);
    return { source: isSet ? SETTINGS_SOURCE : 'default', isLocked: false };
  }

  /** The file, or whatever else over the settings, that names it. */
  function lockOf(path: readonly string[]): string | null {
    const [, ...above] = files.loaded.layers;
    return layerOf(path, { ...files.loaded, layers: above })?.source ?? null;
  }

  /** What the change makes of an area, and of all. */
  async function checked(area: string, { values, reset }: SettingsChange) {
    const known = new Map(
      settingsOf(wanted)
        .filter((setting) => setting.area === area)
        .map((setting) => [setting.name, setting]),
    );
    const names = [...new Set([...Object.keys(values), ...reset])];
    for (const name of names) {
      const setting = known.get(name);
      if (!setting) throw coreErrors.no_setting({ extra: { name } });
      const lock = lockOf(setting.path);
      if (lock !== null) throw coreErrors.setting_locked({ extra: { name, source: lock } });
    }
    const next: Tree = { ...stored.get(area)?.values };
    for (const [name, value] of Object.entries(values)) next[name] = withSecrets(known.get(name), value);
    for (const name of reset) delete next[name];
    if (NEEDED.some((name) => next[name] === false)) throw coreErrors.setting_locks_out();
    const version = versionOf(area) + 1;
    const configuration = await configurationWith(files, new Map([...stored, [area, { version, values: next }]]));
    const problem = configuration.leftOut.find((one) => one.area === area)?.problem;
    if (problem !== undefined) throw coreErrors.setting_refused({ message: problem });
    const wrong = parts.refusals(configuration);
    if (wrong.length > 0) throw coreErrors.setting_refused({ message: wrong.join('\n') });
    const before = stored.get(area)?.values ?? {};
    const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(next[name]));
    return { next, changed, configuration };
  }

  function withSecrets(setting: Setting | undefined, value: unknown): unknown {
    const former = setting && valueIn(wanted, setting);
    return withSecretsOf(
      former,
      value,
      (secret) => {
        throw coreErrors.secret_needed({ extra: { name: setting?.name, secret } });
      },
      setting?.path.at(-1),
    );
  }

  async function save(area: string, change: SettingsChange, by: SettingsAuthor, seen: number | null): Promise<void> {
    await refresh();
    const version = versionOf(area);
    if (seen !== null && seen !== version)
      throw coreErrors.precondition_failed({ extra: { version: String(version) } });
    await write(area, change, by);
  }

  /** On top of the version that is known now: who was faster while this was looked at has written the next one. */
  async function write(area: string, change: SettingsChange, by: SettingsAuthor): Promise<void> {
    const version = versionOf(area) + 1;
    const { next, changed, configuration } = await checked(area, change);
    if (changed.length === 0) return;
    // What waits for a start already was looked at when it was saved, and is nothing to who saves something else.
    if (changed.some((name) => name.startsWith('http.'))) await parts.guard(configuration, by.origin);
    await append(area, { version, values: next, changed }, by);
  }

  function versionOf(area: string): number {
    return stored.get(area)?.version ?? 0;
  }

  async function append(
    area: string,
    saved: { version: number; values: Values; changed: readonly string[] },
    { principal, ip, userAgent }: Omit<SettingsAuthor, 'origin'>,
  ): Promise<void> {
    const { version, changed } = saved;
    try {
      await db.transaction(async (trx) => {
        const saving: SettingsSaving = { trx, principal, area, version, changed, ip, userAgent };
        await hooks.run('settings.saving', saving, () =>
          appendVersion(trx, secrets, { area, ...saved, now: clock.now() }),
        );
        await notices.send(trx, TOPIC, { area, version });
      });
    } catch (error) {
      // Of two who save at once, the second has not seen what the first did.
      if (isUniqueViolation(error)) throw coreErrors.precondition_failed();
      throw error;
    }
    log.info({ by: principal.id, area, changed }, 'Settings were changed');
    await refresh();
  }

  async function versions(area: string) {
    shown(area);
    const rows = await db.read('core_settings').where({ area }).orderBy('version', 'desc');
    return rows.map(({ version, changed, created_at }) => ({
      version,
      changed: JSON.parse(changed) as string[],
      created_at: Number(created_at),
    }));
  }

  async function restore(area: string, version: number, by: SettingsAuthor): Promise<void> {
    await refresh();
    const row = await db.read('core_settings').where({ area, version }).first();
    if (!row) throw coreErrors.no_settings_version();
    const former = stored.get(area)?.values ?? {};
    const values = opened(row, secrets);
    const reset = Object.keys(former).filter((name) => !Object.hasOwn(values, name));
    await write(area, { values, reset }, by);
  }

  function waiting(): string[] {
    const now = snapshot(wanted);
    return [...new Set([...begun.keys(), ...now.keys()])].filter((name) => begun.get(name) !== now.get(name));
  }

  function leftOut(): LeftOut[] {
    const { failure } = parts;
    const unusable = [...failed].filter(([area, { version }]) => stored.get(area)?.version === version);
    return [...wanted.leftOut, ...unusable.map(([area]) => ({ area, problem: failure ?? '' }))];
  }

  function refreshSoon(): void {
    refresh().catch((error) => log.warn({ reason: messageOf(error) }, 'Settings could not be read again'));
  }

  /** Reads what is set, and puts in force what is live. One after the other, so that an older reading never wins. */
  function refresh(): Promise<void> {
    refreshing = refreshing.catch(() => {}).then(readAgain);
    return refreshing;
  }

  async function readAgain(): Promise<void> {
    const next = await readStored(db.write, secrets);
    if (sameVersions(stored, next)) return;
    wanted = await configurationWith(files, next);
    stored = next;
    const changed = settingsOf(wanted).filter(
      (setting) => setting.isLive && textOf(valueIn(wanted, setting)) !== textOf(valueIn(running, setting)),
    );
    for (const setting of changed) putInForce(setting);
    if (changed.length > 0) parts.applied(changed.map(({ name }) => name));
  }

  function putInForce(setting: Setting): void {
    const value = structuredClone(valueIn(wanted, setting));
    const [home, key, ...path] = setting.path;
    if (home !== 'plugins') {
      setAt(running.coreConfig as unknown as Tree, setting.path, value);
      return;
    }
    const plugin = running.plugins.find((one) => one.key === key);
    if (plugin) setAt(plugin.config as Tree, path, value);
  }

  /** What is not live, as text, by name. */
  function snapshot(configuration: Configuration): Map<string, string> {
    return new Map(
      settingsOf(configuration)
        .filter(({ isLive }) => !isLive)
        .map((setting) => [setting.name, textOf(valueIn(configuration, setting))]),
    );
  }
}

/** A plugin that is off has no configuration but that. */
function valueIn({ coreConfig, written, plugins }: Configuration, { path }: Setting): unknown {
  const [home, key, ...below] = path;
  if (home !== 'plugins') return valueAt(coreConfig, path) ?? valueAt(written, path);
  const plugin = plugins.find((one) => one.key === key);
  if (below.join() === 'enabled') return plugin !== undefined;
  return valueAt(plugin?.config, below);
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
