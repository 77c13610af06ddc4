/**
 * Loads the configuration: `config/default.yaml`, over it the file named by PATCHBAY_CONFIG, over that single
 * keys from the environment (`PATCHBAY_HTTP__PORT=8080`). `${NAME}` in a value reads the environment.
 */
import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { ConfigError } from '../errors.ts';
import { EnvironmentText, environmentLayer } from './environment.ts';
import { madeDefaults } from './made-defaults.ts';
import { isTree, merge, type Tree } from './tree.ts';

export { isTree, type Tree } from './tree.ts';

export interface Layer {
  /** File or `environment`: what an error message names. */
  source: string;
  /** Folder that relative paths in this layer start from. */
  folder: string;
  values: Tree;
}

export interface LoadedConfig {
  /** Everything merged; not yet checked. */
  values: Tree;
  /** Lowest first. The highest layer that has a key is the one that an error names. */
  layers: Layer[];
  /** Folder that relative plugin paths start from. */
  baseFolder: string;
  /** Folder of the configuration file that the operator wrote, else of the default one. */
  configFolder: string;
}

export const DEFAULT_CONFIG_FILE = fileURLToPath(new URL('../../config/default.yaml', import.meta.url));
/** The npm package holds JavaScript. */
const IS_CHECKOUT = import.meta.url.endsWith('.ts');
/**
 * Where relative paths of the defaults start, when the operator has no file of his own: in a checkout there, else where he
 * is. Below node_modules nothing may be kept.
 */
const HOME = IS_CHECKOUT ? fileURLToPath(new URL('../../', import.meta.url)) : process.cwd();

export interface LoadOptions {
  env: NodeJS.ProcessEnv;
  /** Over everything else: for tests and the command line. */
  overrides?: Tree;
  defaultFile?: string;
}

export function loadConfig({ env, overrides, defaultFile = DEFAULT_CONFIG_FILE }: LoadOptions): LoadedConfig {
  const ownFile = env.PATCHBAY_CONFIG ? resolve(env.PATCHBAY_CONFIG) : null;
  const layers: Layer[] = [readLayer(defaultFile, ownFile ? dirname(ownFile) : HOME, env)];
  if (ownFile) {
    if (!existsSync(ownFile)) throw new ConfigError(`PATCHBAY_CONFIG names a file that does not exist: ${ownFile}`);
    layers.push(readLayer(ownFile, dirname(ownFile), env));
  }
  const folder = process.cwd();
  layers.push({ source: 'environment', folder, values: environmentLayer(env, mergeAll(layers)) });
  if (overrides) layers.push({ source: 'command line', folder, values: overrides });
  return {
    values: mergeAll(layers),
    layers,
    baseFolder: ownFile ? dirname(ownFile) : folder,
    configFolder: ownFile ? dirname(ownFile) : IS_CHECKOUT ? dirname(defaultFile) : HOME,
  };
}

/** A path that stands in the configuration, absolute: it starts from the folder of the layer that names it. */
export function pathFrom(loaded: LoadedConfig, key: readonly string[], path: string): string {
  return absolute(path, layerOf(key, loaded)?.folder ?? loaded.baseFolder);
}

/** The highest layer that has this very key. */
export function layerOf(key: readonly string[], { layers }: LoadedConfig): Layer | undefined {
  return layers.findLast(({ values }) => has(values, key));
}

function has(values: Tree, path: readonly string[]): boolean {
  let at: unknown = values;
  for (const key of path) {
    if (!isTree(at) || !Object.hasOwn(at, key)) return false;
    at = at[key];
  }
  return true;
}

/** The text that was read last, and what it says: whoever starts many platforms reads the defaults once. */
let last: { text: string; values: unknown } | null = null;

function readLayer(file: string, folder: string, env: NodeJS.ProcessEnv): Layer {
  const text = readFileSync(file, 'utf8');
  if (last?.text !== text) last = { text, values: madeOf(text) ?? parsed(text, file) };
  const { values } = last;
  if (!isTree(values)) throw new ConfigError(`${file} must hold keys and values, but is ${describe(values)}`);
  const expanded = expand(values, env, file, '');
  return { source: file, folder, values: isTree(expanded) ? expanded : {} };
}

function madeOf(text: string): unknown {
  return madeDefaults && hash('sha256', text) === madeDefaults.sha256 ? madeDefaults.values : undefined;
}

function parsed(text: string, file: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const problem = document.errors[0];
  if (problem) throw new ConfigError(`${file} is not valid YAML: ${problem.message}`);
  return document.toJS() ?? {};
}

/**
 * Replaces `${NAME}` in texts; `$${NAME}` stands for those characters themselves. A value that is nothing but one `${NAME}` takes the
 * type that is expected there.
 */
function expand(value: unknown, env: NodeJS.ProcessEnv, file: string, path: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => expand(item, env, file, `${path}[${index}]`));
  if (isTree(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, expand(item, env, file, path ? `${path}.${key}` : key)]),
    );
  }
  if (typeof value !== 'string') return value;
  const read = (name: string): string => {
    const found = env[name];
    if (found !== undefined) return found;
    throw new ConfigError(`${file}: ${path} reads the environment variable ${name}, which is not set`);
  };
  const whole = /^\$\{(\w+)\}$/.exec(value)?.[1];
  if (whole) return new EnvironmentText(whole, read(whole));
  return value.replace(/(\$?)\$\{(\w+)\}/g, (_, doubled: string, name: string) =>
    doubled === '' ? read(name) : `\${${name}}`,
  );
}

/** All layers in one, the later over the earlier. */
export function mergeAll(layers: readonly Layer[]): Tree {
  return layers.reduce<Tree>((merged, layer) => merge(merged, layer.values), {});
}

/** What was found, for an error message. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value instanceof EnvironmentText ? value.text : value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Absolute form of a path in the configuration. */
export function absolute(path: string, baseFolder: string): string {
  return isAbsolute(path) ? path : resolve(baseFolder, path);
}
