/** The configuration as a process uses it: files and environment, and between them and the defaults what is set in the pages. */
import { completeConfig } from './config/complete.ts';
import { isTree, type LoadedConfig, type LoadOptions, loadConfig, mergeAll, type Tree } from './config/load.ts';
import { CoreConfig, type WrittenConfig } from './config/schema.ts';
import { checkConfig } from './config/validate.ts';
import { ConfigError, messageOf } from './errors.ts';
import { type LoadedPlugin, loadPlugins, offPlugins, pluginConfigSchema } from './plugins.ts';
import { checkRoles } from './roles/roles.ts';
import { markedIn, type Setting } from './settings/marks.ts';
import type { StoredSettings, Values } from './settings/stored-settings.ts';

export interface Configuration {
  loaded: LoadedConfig;
  coreConfig: CoreConfig;
  /** Core's part as it is written, with its defaults: in `coreConfig` what is not used may be missing. */
  written: WrittenConfig;
  plugins: LoadedPlugin[];
}

/** What is set, and does not fit any more: an area is left out of the configuration, and said to be. */
export interface LeftOut {
  area: string;
  problem: string;
}

/** What messages call the layer of what is set in the pages. */
export const SETTINGS_SOURCE = 'settings';

/** Files, environment and defaults, checked, with the plugins that they name. Throws a ConfigError. */
export async function prepare(
  options: Pick<LoadOptions, 'overrides'> & { env?: NodeJS.ProcessEnv },
): Promise<Configuration> {
  return configured(loadConfig({ env: options.env ?? process.env, overrides: options.overrides }));
}

/**
 * With what is set over the defaults, made anew: `files` may be what a process runs with, in which live settings are changed. An
 * area that does not fit is left out, and the others hold.
 */
export async function configurationWith(
  files: Configuration,
  stored: StoredSettings,
): Promise<Configuration & { leftOut: LeftOut[] }> {
  const all = new Map([...stored].map(([area, { values }]) => [area, values]));
  try {
    return { ...(await candidateOf(files, all)), leftOut: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  const fitting = new Map<string, Values>();
  const leftOut: LeftOut[] = [];
  let found = await candidateOf(files, fitting);
  for (const [area, values] of all) {
    try {
      found = await candidateOf(files, new Map([...fitting, [area, values]]));
      fitting.set(area, values);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      leftOut.push({ area, problem: messageOf(error) });
    }
  }
  return { ...found, leftOut };
}

/** The configuration as it would be with these values of areas. Throws a ConfigError when it would be none. */
async function candidateOf(files: Configuration, areas: ReadonlyMap<string, Values>): Promise<Configuration> {
  const values = Object.assign({}, ...areas.values()) as Values;
  // Which plugins are on decides what else there is to set.
  const switched = Object.keys(values).some(isSwitch) ? await over(files, pick(values, isSwitch)) : files;
  return over(switched, values, files);
}

/** `values` over the defaults of `files`, as far as `known` has such settings: what a plugin that is off had waits for its return. */
function over(known: Configuration, values: Values, files = known): Promise<Configuration> {
  const settings = new Map(settingsOf(known).map((setting) => [setting.name, setting]));
  const tree: Tree = {};
  for (const [name, value] of Object.entries(values)) {
    const setting = settings.get(name);
    if (setting) setAt(tree, setting.path, value);
  }
  const [defaults, ...above] = files.loaded.layers;
  if (!defaults) throw new Error('There are no defaults');
  const layers = [defaults, { source: SETTINGS_SOURCE, folder: files.coreConfig.dataDir, values: tree }, ...above];
  return configured({ ...files.loaded, layers, values: mergeAll(layers) });
}

function isSwitch(name: string): boolean {
  return /^plugins\.[^.]+\.enabled$/.test(name);
}

function pick(values: Values, isWanted: (name: string) => boolean): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => isWanted(name)));
}

/** All that can be set, in the order of core and the plugins; also whether a plugin that is off goes on. */
export function settingsOf({ loaded, plugins }: Pick<Configuration, 'loaded' | 'plugins'>): Setting[] {
  const known = new Set(plugins.map(({ key }) => key));
  return [
    ...markedIn(CoreConfig, []),
    ...plugins.flatMap(({ key, plugin: { name, summary }, plugin }) =>
      markedIn(pluginConfigSchema(plugin), ['plugins', key], ['plugins', name]).map((setting) =>
        isSwitch(setting.name)
          ? { ...setting, schema: { ...setting.schema, title: name, description: summary } }
          : setting,
      ),
    ),
    ...offPlugins(loaded)
      .filter(({ key }) => !known.has(key))
      .flatMap(({ key, schema }) => markedIn(schema, ['plugins', key])),
  ];
}

/** The value at a place, undefined where there is none. */
export function valueAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce((at, key) => (isTree(at) && Object.hasOwn(at, key) ? at[key] : undefined), tree);
}

/** Sets the value at a place, making the objects on the way. */
export function setAt(tree: Tree, path: readonly string[], value: unknown): void {
  const last = path.at(-1) ?? '';
  let at = tree;
  for (const key of path.slice(0, -1)) {
    const below = at[key];
    const next: Tree = isTree(below) ? below : {};
    at[key] = next;
    at = next;
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
}

async function configured(loaded: LoadedConfig): Promise<Configuration> {
  const { plugins: pluginPart, ...corePart } = loaded.values;
  const written = checkConfig(CoreConfig, corePart, [], loaded) as WrittenConfig;
  const coreConfig = completeConfig(written, loaded);
  checkRoles(coreConfig);
  if (pluginPart !== undefined && pluginPart !== null && !isTree(pluginPart)) {
    throw new ConfigError('plugins must hold one key for each plugin');
  }
  return { loaded, coreConfig, written, plugins: await loadPlugins(loaded) };
}
