/** Finds the enabled plugins, checks that they fit together, and puts them in order. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import semver from 'semver';
import Type, { type TSchema } from 'typebox';
import type { Catalogue } from './catalogue.ts';
import { EnvironmentText, typed } from './config/environment.ts';
import { absolute, ConfigError, isTree, type LoadedConfig } from './config/load.ts';
import { checkConfig, nearest, unknownKey } from './config/validate.ts';
import type { MigrationSource } from './database/migrations.ts';
import { messageOf } from './errors.ts';
import { coreEvents } from './operations/core-events.ts';
import type { Plugin } from './plugin.ts';

export interface LoadedPlugin {
  plugin: Plugin;
  version: string;
  /** Its part of the configuration, checked. */
  config: unknown;
  /** It comes with Patchbay. */
  isBuiltIn: boolean;
}

const BUILT_IN_FOLDER = fileURLToPath(new URL('../plugins/', import.meta.url));
const NAME = /^[a-z][a-z0-9-]{0,40}$/;

/** Names of the plugins that come with Patchbay. */
export function builtInPlugins(): string[] {
  if (!existsSync(BUILT_IN_FOLDER)) return [];
  return readdirSync(BUILT_IN_FOLDER).filter((name) => existsSync(join(BUILT_IN_FOLDER, name, 'index.ts')));
}

/** Imports every enabled plugin, checks its config, and orders them by `requires`. Throws a ConfigError. */
export async function loadPlugins(loaded: LoadedConfig): Promise<LoadedPlugin[]> {
  const entries = isTree(loaded.values.plugins) ? Object.entries(loaded.values.plugins) : [];
  const plugins: LoadedPlugin[] = [];
  for (const [key, given] of entries) {
    const value = given instanceof EnvironmentText ? given.asYaml() : given;
    if (isTree(value) && typed(value.enabled, Type.Boolean()) === false) continue;
    const plugin = await importPlugin(key, loaded);
    checkName(plugin, key, plugins);
    const version = plugin.version ?? coreVersion();
    const isBuiltIn = builtInPlugins().includes(key);
    plugins.push({ plugin, version, config: configOf(plugin, key, value, loaded), isBuiltIn });
  }
  return inOrder(plugins);
}

/** Names of the plugins that one requires, without the versions. */
export function requiredNames({ requires = [] }: Plugin): string[] {
  return requires.map((requirement) => requirement.split('@', 1)[0] ?? '');
}

/** What all plugins declare, in one place. */
export function catalogueOf(plugins: readonly LoadedPlugin[]): Catalogue {
  const definitions = plugins.map(({ plugin }) => plugin);
  return {
    plugins: plugins.map(({ plugin: { name, summary, requires = [] }, version }) => ({
      ...{ name, version, summary, requires },
    })),
    scopes: Object.assign({}, ...definitions.map((plugin) => plugin.scopes ?? {})),
    meters: definitions.flatMap((plugin) => plugin.meters ?? []),
    tenantSettings: Object.assign({}, ...definitions.map((plugin) => plugin.tenantSettings ?? {})),
    events: Object.assign({}, coreEvents.events, ...definitions.map((plugin) => plugin.events ?? {})),
    routes: [],
  };
}

/** One schema for each plugin: the validator compiles a schema once, and knows it again as the same object. */
const configSchemas = new WeakMap<Plugin, TSchema>();

/** The schema of a plugin's part of the config file, with the switch that every plugin has. */
export function pluginConfigSchema(plugin: Plugin): TSchema {
  const known = configSchemas.get(plugin);
  if (known) return known;
  const properties = plugin.config?.properties ?? {};
  const enabled = Type.Optional(Type.Boolean({ default: true, description: 'false switches the plugin off.' }));
  const schema = Type.Object(
    { ...properties, enabled },
    { additionalProperties: false, default: {}, description: plugin.summary },
  );
  configSchemas.set(plugin, schema);
  return schema;
}

/** Where migrations come from: core first, then the plugins in their order. */
export function migrationSourcesOf(plugins: readonly Plugin[]): MigrationSource[] {
  return [
    { owner: 'core', folder: new URL('./database/migrations/', import.meta.url) },
    ...plugins.flatMap(({ name, migrations: folder }) => (folder ? [{ owner: name, folder }] : [])),
  ];
}

function configOf(plugin: Plugin, key: string, value: unknown, loaded: LoadedConfig): unknown {
  return checkConfig(pluginConfigSchema(plugin), value ?? {}, ['plugins', key], loaded);
}

async function importPlugin(key: string, loaded: LoadedConfig): Promise<Plugin> {
  const url = locate(key, loaded);
  let module: { default?: unknown };
  try {
    module = await import(url);
  } catch (error) {
    const place = placeOf(error) ?? `in ${fileURLToPath(url)}, or in a file that it imports`;
    throw new ConfigError(`The plugin '${key}' cannot be loaded: ${messageOf(error)} (${place})`, { cause: error });
  }
  if (!isPlugin(module.default)) {
    throw new ConfigError(`The plugin '${key}' does not default-export definePlugin({ name, summary, … })`);
  }
  return module.default;
}

/** File and line of an error, which Node keeps in the stack: of a syntax error in its first line, of others where thrown. */
function placeOf(error: unknown): string | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const [first = ''] = stack.split('\n', 1);
  const inFirstLine = /^(?:file:\/\/)?(\/.+:\d+)$/.exec(first)?.[1];
  return inFirstLine ?? /\(?file:\/\/(\/\S+?:\d+):\d+\)?/.exec(stack)?.[1] ?? null;
}

function isPlugin(value: unknown): value is Plugin {
  return isTree(value) && typeof value.name === 'string' && typeof value.summary === 'string';
}

/** A built-in name, a folder (`./x`, `/x`), or an npm package seen from the config file's folder. */
function locate(key: string, loaded: LoadedConfig): string {
  if (/^\.{0,2}\//.test(key)) {
    const folder = absolute(key, loaded.baseFolder);
    const file = ['index.ts', 'index.js', 'index.mjs'].map((name) => join(folder, name)).find(existsSync);
    if (!file)
      throw new ConfigError(
        unknownKey(['plugins', key], [], loaded).replace(
          'is not a known key',
          `is no plugin: there is no index.ts in ${folder}`,
        ),
      );
    return pathToFileURL(file).href;
  }
  const builtIn = builtInPlugins();
  if (builtIn.includes(key)) return pathToFileURL(join(BUILT_IN_FOLDER, key, 'index.ts')).href;
  try {
    return pathToFileURL(createRequire(join(loaded.baseFolder, 'package.json')).resolve(key)).href;
  } catch {
    throw new ConfigError(unknownKey(['plugins', key], builtIn, loaded));
  }
}

function checkName(plugin: Plugin, key: string, others: readonly LoadedPlugin[]): void {
  if (!NAME.test(plugin.name)) {
    throw new ConfigError(
      `The plugin '${key}' calls itself '${plugin.name}'; names are lower-case letters, digits, dashes`,
    );
  }
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
  if (range && !semver.satisfies(found.version, range)) {
    throw new ConfigError(`The plugin '${name}' requires '${other}' in version ${range}, but it is ${found.version}`);
  }
  return found;
}

function hintFor(other: string, byName: ReadonlyMap<string, LoadedPlugin>): string {
  const near = nearest(other, [...byName.keys()]);
  return near ? `did it mean '${near}'?` : 'install it and name it in the config';
}

let version: string | undefined;

/** Patchbay's own version, from package.json. */
export function coreVersion(): string {
  version ??= String(createRequire(import.meta.url)('../package.json').version);
  return version;
}
