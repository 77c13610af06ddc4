/**
 * Loads the configuration: `config/default.yaml`, over it the file named by PATCHBAY_CONFIG, over that single
 * keys from the environment (`PATCHBAY_HTTP__PORT=8080`). `${NAME}` in a value reads the environment.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';

export type Tree = Record<string, unknown>;

export interface Layer {
  /** File or `environment`: what an error message names. */
  source: string;
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

/** A sentence for the operator about what is wrong with the configuration; the boot stops with it. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

export const DEFAULT_CONFIG_FILE = fileURLToPath(new URL('../../config/default.yaml', import.meta.url));
/** Variables that are not single keys of the configuration. */
const OWN_VARIABLES = new Set(['PATCHBAY_CONFIG', 'PATCHBAY_SECRET', 'PATCHBAY_SKIP_INSTALL']);

export interface LoadOptions {
  env: NodeJS.ProcessEnv;
  /** Over everything else: for tests and the command line. */
  overrides?: Tree;
  defaultFile?: string;
}

export function loadConfig({ env, overrides, defaultFile = DEFAULT_CONFIG_FILE }: LoadOptions): LoadedConfig {
  const layers: Layer[] = [readLayer(defaultFile, env)];
  const ownFile = env.PATCHBAY_CONFIG ? resolve(env.PATCHBAY_CONFIG) : null;
  if (ownFile) {
    if (!existsSync(ownFile)) throw new ConfigError(`PATCHBAY_CONFIG names a file that is not there: ${ownFile}`);
    layers.push(readLayer(ownFile, env));
  }
  layers.push({ source: 'environment', values: environmentLayer(env, mergeAll(layers)) });
  if (overrides) layers.push({ source: 'command line', values: overrides });
  return {
    values: mergeAll(layers),
    layers,
    baseFolder: ownFile ? dirname(ownFile) : process.cwd(),
    configFolder: dirname(ownFile ?? defaultFile),
  };
}

function readLayer(file: string, env: NodeJS.ProcessEnv): Layer {
  const document = parseDocument(readFileSync(file, 'utf8'), { prettyErrors: true });
  const problem = document.errors[0];
  if (problem) throw new ConfigError(`${file} is not valid YAML: ${problem.message}`);
  const values: unknown = document.toJS() ?? {};
  if (!isTree(values)) throw new ConfigError(`${file} must hold keys and values, but is ${describe(values)}`);
  const expanded = expand(values, env, file, '');
  return { source: file, values: isTree(expanded) ? expanded : {} };
}

/** Replaces `${NAME}` in texts. A value that is nothing but one `${NAME}` takes the variable's YAML type. */
function expand(value: unknown, env: NodeJS.ProcessEnv, file: string, path: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => expand(item, env, file, `${path}[${index}]`));
  if (isTree(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, expand(item, env, file, path ? `${path}.${key}` : key)]),
    );
  }
  if (typeof value !== 'string') return value;
  return value.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const found = env[name];
    if (found === undefined) {
      throw new ConfigError(`${file}: ${path} reads the environment variable ${name}, which is not set`);
    }
    return found;
  });
}

/** `PATCHBAY_PLUGINS__AUTH__ROOT_TOKEN`: `__` goes down a level; case, `_` and `-` do not matter. */
function environmentLayer(env: NodeJS.ProcessEnv, known: Tree): Tree {
  const values: Tree = {};
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('PATCHBAY_') || OWN_VARIABLES.has(name) || text === undefined) continue;
    if (/^PATCHBAY_(TEST|BENCH)_/.test(name)) continue;
    setPath(values, name.slice('PATCHBAY_'.length).split('__'), parseDocument(text).toJS() ?? null, known);
  }
  return values;
}

function setPath(target: Tree, path: string[], value: unknown, known: Tree | undefined): void {
  const [first = '', ...rest] = path;
  const key = Object.keys(known ?? {}).find((candidate) => plain(candidate) === plain(first)) ?? camelCase(first);
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const below = target[key];
  const next: Tree = isTree(below) ? below : {};
  target[key] = next;
  const knownBelow = known?.[key];
  setPath(next, rest, value, isTree(knownBelow) ? knownBelow : undefined);
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[_-]/g, '');
}

function camelCase(key: string): string {
  return key.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function mergeAll(layers: readonly Layer[]): Tree {
  return layers.reduce<Tree>((merged, layer) => merge(merged, layer.values), {});
}

/** Objects are merged key by key; lists and values of the upper one replace the lower one's. */
export function merge(lower: Tree, upper: Tree): Tree {
  const merged: Tree = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    const below = merged[key];
    merged[key] = isTree(below) && isTree(value) ? merge(below, value) : value;
  }
  return merged;
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was found, for an error message. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Absolute form of a path in the configuration. */
export function absolute(path: string, baseFolder: string): string {
  return isAbsolute(path) ? path : resolve(baseFolder, path);
}
