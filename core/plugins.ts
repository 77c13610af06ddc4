/** Finds the enabled plugins, checks that they fit together, and puts them in order. */
import { existsSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import Type, { type TSchema } from 'typebox';
import { coreActivity } from './activity/core-activity.ts';
import type { Catalogue } from './catalogue.ts';
import { EnvironmentText, typed } from './config/environment.ts';
import { isTree, type LoadedConfig } from './config/load.ts';
import { checkConfig, checkSchema, nearest } from './config/validate.ts';
import type { MigrationSource } from './database/migrations.ts';
import { ConfigError, messageOf } from './errors.ts';
import { inTime } from './in-time.ts';
import { importPlugin } from './loading/import-plugin.ts';
import { locate, type Manifest, type Place } from './loading/locate.ts';
import { shareModules } from './loading/shared-modules.ts';
import { coreEvents } from './operations/core-events.ts';
import { type DeclaredMenu, declaredMenu } from './pages/areas.ts';
import { joined, type Unit, unitsOf } from './parts.ts';
import type { Plugin } from './plugin.ts';
import type { SettingMark } from './settings/marks.ts';
import { settingsEntries } from './settings/navigation.ts';
import { coreVersion } from './version.ts';

export interface LoadedPlugin {
  /** What the configuration calls it: a name, a folder, a package. */
  key: string;
  /** With all that its parts declare. */
  plugin: Plugin;
  /** Its own, and its parts. */
  units: readonly Unit[];
  version: string;
  /** Its part of the configuration, checked. */
  config: unknown;
  /** It comes with Patchbay. */
  isBuiltIn: boolean;
  /** Where its code lies. */
  folder: string;
}

const BUILT_IN_FOLDER = fileURLToPath(new URL('../plugins/', import.meta.url));
/** `index.ts` in a checkout, `index.js` in the npm package. */
const INDEX = `index${extname(import.meta.url)}`;
const NAME = /^[a-z][a-z0-9-]{0,40}$/;

/** Names of the plugins that come with Patchbay. */
export function builtInPlugins(): string[] {
  if (!existsSync(BUILT_IN_FOLDER)) return [];
  return readdirSync(BUILT_IN_FOLDER).filter((name) => existsSync(join(BUILT_IN_FOLDER, name, INDEX)));
}

/** Where the plugin of a key lies, built-in or not. Throws a ConfigError. */
export function placeOfPlugin(key: string, loaded: LoadedConfig): Place {
  const builtIn = builtInPlugins();
  if (!builtIn.includes(key)) return locate(key, loaded, builtIn);
  const folder = join(BUILT_IN_FOLDER, key);
  return { url: pathToFileURL(join(folder, INDEX)).href, folder, manifest: null };
}

/** Imports every enabled plugin, checks its config, and orders them by `requires`. Throws a ConfigError. */
export async function loadPlugins(loaded: LoadedConfig): Promise<LoadedPlugin[]> {
  const entries = isTree(loaded.values.plugins) ? Object.entries(loaded.values.plugins) : [];
  const plugins: LoadedPlugin[] = [];
  for (const [key, given] of entries) {
    const value = given instanceof EnvironmentText ? given.asYaml() : given;
    if (!isOn(given)) continue;
    const { url, folder, manifest } = placeOfPlugin(key, loaded);
    checkFit(key, manifest);
    const isBuiltIn = builtInPlugins().includes(key);
    // What comes with Patchbay finds the platform by itself, and a hook takes a tenth of the time of its imports.
    if (!isBuiltIn) shareModules();
    const imported = await importPlugin(key, url, isBuiltIn);
    const plugin = joined(imported);
    checkName(plugin, key, plugins);
    if (!isBuiltIn) checkSchema(pluginConfigSchema(plugin), ['plugins', key]);
    const version = plugin.version ?? manifest?.version ?? coreVersion();
    const config = configOf(plugin, key, value, loaded);
    plugins.push({ key, plugin, units: unitsOf(imported), version, config, isBuiltIn, folder });
  }
  return inOrder(plugins);
}

/** Plugins that are known and off: those that come with Patchbay, and those that the configuration switches off by name. */
export function offPlugins(loaded: LoadedConfig): { key: string; schema: TSchema }[] {
  const given = isTree(loaded.values.plugins) ? loaded.values.plugins : {};
  const isOff = (key: string): boolean => !Object.hasOwn(given, key) || !isOn(given[key]);
  return [...new Set([...builtInPlugins(), ...Object.keys(given)])]
    .filter(isOff)
    .map((key) => ({ key, schema: Type.Object({ enabled: { ...ENABLED, title: key, description: '' } }) }));
}

/** A plugin is on when its key is there and has no `enabled: false`. */
function isOn(given: unknown): boolean {
  const value = given instanceof EnvironmentText ? given.asYaml() : given;
  return !(isTree(value) && typed(value.enabled, Type.Boolean()) === false);
}

/** Names of the plugins that one requires, without the versions. */
export function requiredNames({ requires = [] }: Plugin): string[] {
  return requires.map((requirement) => requirement.split('@', 1)[0] ?? '');
}

/** Where extensions of SQLite are that plugins want. */
export async function extensionsOf(plugins: readonly LoadedPlugin[]): Promise<string[]> {
  const paths = await Promise.all(
    plugins.map(({ plugin }) => inTime(() => plugin.sqliteExtensions?.() ?? []).catch(unsaid(plugin))),
  );
  return paths.flat();
}

function unsaid({ name }: Plugin): (error: unknown) => never {
  return (error) =>
    ofPlugin(name, 'cannot say which extensions of SQLite it wants', () => {
      throw error;
    });
}

/** Does something that a plugin brings; an error is one sentence with its name: "The plugin 'x' cannot …: …". */
export function ofPlugin<T>(name: string, cannot: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ConfigError(`The plugin '${name}' ${cannot}: ${messageOf(error)}`, { cause: error });
  }
}

/** The menu with all areas of the settings in it. */
export function menuOf(plugins: readonly Plugin[]): DeclaredMenu {
  return declaredMenu(plugins, (entry, about) => settingsEntries(entry, plugins, about));
}

/** What all plugins declare, in one place. */
export function catalogueOf(plugins: readonly LoadedPlugin[]): Catalogue {
  const definitions = plugins.map(({ plugin }) => plugin);
  return {
    plugins: plugins.map(({ plugin: { name, summary, requires = [] }, version }) => ({
      name,
      version,
      summary,
      requires,
    })),
    scopes: Object.assign({}, ...definitions.map((plugin) => plugin.scopes ?? {})),
    meters: definitions.flatMap((plugin) => plugin.meters ?? []),
    activity: Object.assign({}, coreActivity, ...definitions.map((plugin) => plugin.activity ?? {})),
    tenantSettings: Object.assign({}, ...definitions.map((plugin) => plugin.tenantSettings ?? {})),
    events: Object.assign({}, coreEvents.events, ...definitions.map((plugin) => plugin.events ?? {})),
    menu: menuOf(definitions),
    alertTemplates: new Map(
      definitions.flatMap(({ alerts = [] }) => alerts.map(({ name, templates }) => [name, templates] as const)),
    ),
    routes: [],
  };
}

const ENABLED = Type.Optional(
  Type.Boolean({
    default: true,
    title: 'On',
    description: 'false switches the plugin off.',
    'x-setting': { area: 'plugins' } satisfies SettingMark,
  }),
);
/** One schema for each plugin: the validator compiles a schema once, and knows it again as the same object. */
const configSchemas = new WeakMap<Plugin, TSchema>();

/** The schema of a plugin's part of the config file, with the switch that every plugin has. */
export function pluginConfigSchema(plugin: Plugin): TSchema {
  const known = configSchemas.get(plugin);
  if (known) return known;
  const properties = plugin.config?.properties ?? {};
  const schema = Type.Object(
    { ...properties, enabled: ENABLED },
    { additionalProperties: false, default: {}, description: plugin.summary },
  );
  configSchemas.set(plugin, schema);
  return schema;
}

/** Where migrations come from: core first, then the plugins in their order. */
export function migrationSourcesOf(plugins: readonly Plugin[]): MigrationSource[] {
  return [
    { owner: 'core', folder: new URL('./database/migrations/', import.meta.url) },
    ...plugins.flatMap(({ name, migrations: folder, derived }) =>
      folder ? [{ owner: name, folder, ...(derived && { derived }) }] : [],
    ),
  ];
}

function configOf(plugin: Plugin, key: string, value: unknown, loaded: LoadedConfig): unknown {
  return checkConfig(pluginConfigSchema(plugin), value ?? {}, ['plugins', key], loaded);
}

/** Versions of the platform that a plugin is made for stand in its package.json, as of every library. */
function checkFit(key: string, manifest: Manifest | null): void {
  const range = manifest?.platform;
  if (range === undefined || !validRange(range)) return;
  if (satisfies(coreVersion(), range, { includePrerelease: true })) return;
  throw new ConfigError(
    `The plugin '${key}' is made for Patchbay ${range} (peerDependencies in ${manifest?.file}), but this is ${coreVersion()}`,
  );
}

function checkName(plugin: Plugin, key: string, others: readonly LoadedPlugin[]): void {
  if (!NAME.test(plugin.name)) {
    throw new ConfigError(
      `The plugin '${key}' calls itself '${plugin.name}'; names are lower-case letters, digits, dashes`,
    );
  }
  if (plugin.name === 'core') throw new ConfigError(`The plugin '${key}' calls itself 'core', which is the platform`);
  if (others.some((other) => other.plugin.name === plugin.name)) {
    throw new ConfigError(`Two enabled plugins call themselves '${plugin.name}'; the second one is '${key}'`);
  }
}

/** Each plugin after all that it requires; otherwise as in the config file. */
function inOrder(plugins: readonly LoadedPlugin[]): LoadedPlugin[] {
  const byName = new Map(plugins.map((loaded) => [loaded.plugin.name, loaded]));
  const ordered: LoadedPlugin[] = [];
  for (const loaded of plugins) visit(loaded, []);
  return ordered;

  function visit(loaded: LoadedPlugin, path: readonly string[]): void {
    if (ordered.includes(loaded)) return;
    const { name, requires = [] } = loaded.plugin;
    if (path.includes(name)) {
      throw new ConfigError(
        `Plugins require each other in a circle: ${[...path.slice(path.indexOf(name)), name].join(' → ')}`,
      );
    }
    for (const requirement of requires) visit(required(name, requirement, byName), [...path, name]);
    ordered.push(loaded);
  }
}

function required(name: string, requirement: string, byName: ReadonlyMap<string, LoadedPlugin>): LoadedPlugin {
  const [other = '', range] = requirement.split('@');
  const found = byName.get(other);
  if (!found) {
    const hint = builtInPlugins().includes(other) ? `add 'plugins.${other}: {}' to the config` : hintFor(other, byName);
    throw new ConfigError(`The plugin '${name}' requires '${other}', which is not enabled; ${hint}`);
  }
  if (range && !satisfies(found.version, range)) {
    throw new ConfigError(`The plugin '${name}' requires '${other}' in version ${range}, but it is ${found.version}`);
  }
  return found;
}

function hintFor(other: string, byName: ReadonlyMap<string, LoadedPlugin>): string {
  const near = nearest(other, [...byName.keys()]);
  return near ? `did it mean '${near}'?` : 'install it and name it in the config';
}
