/**
 * Where a plugin lies: a folder (`./x`, `../x`, `/x`), or an npm package seen from the configuration's folder, else from
 * the working folder, else from the platform's own installation.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { absolute, isTree, type LoadedConfig, type Tree } from '../config/load.ts';
import { unknownKey } from '../config/validate.ts';
import { ConfigError, codeOf, messageOf } from '../errors.ts';
import { refuseOldPeer } from './old-name.ts';
import { resolveFrom } from './shared-modules.ts';

export interface Place {
  /** The file that is imported. */
  url: string;
  /** What changes with the plugin: its folder. */
  folder: string;
  /** Its package.json, when it has one. */
  manifest: Manifest | null;
}

export interface Manifest {
  file: string;
  version?: string;
  /** The range of `peerDependencies.patchbay-platform`: versions of the platform that it is made for. */
  platform?: string;
}

/** Where the platform lies: `npm install` puts plugins beside it, wherever the configuration is. */
const INSTALLATION = fileURLToPath(new URL('../../', import.meta.url));
const ENTRIES = ['index.ts', 'index.js', 'index.mjs'];

/** Throws a ConfigError when there is nothing under that key; `builtIn` are the names that were not meant then. */
export function locate(key: string, loaded: LoadedConfig, builtIn: readonly string[]): Place {
  return isFolder(key) ? inFolder(key, loaded) : inPackage(key, loaded, builtIn);
}

export function isFolder(key: string): boolean {
  return /^\.{0,2}\//.test(key);
}

function inFolder(key: string, loaded: LoadedConfig): Place {
  const folder = absolute(key, loaded.baseFolder);
  const text = readManifest(join(folder, 'package.json'));
  const named = typeof text?.main === 'string' ? [text.main] : [];
  const entry = [...ENTRIES, ...named].map((name) => join(folder, name)).find(existsSync);
  if (!entry) {
    const sentence = unknownKey(['plugins', key], [], loaded);
    throw new ConfigError(sentence.replace('is not a known key', `is no plugin: there is no index.ts in ${folder}`));
  }
  // Stacks name files by where they really lie.
  const place = { url: pathToFileURL(entry).href, folder: realpathSync(folder) };
  return { ...place, manifest: manifestOf(join(folder, 'package.json'), text) };
}

function inPackage(key: string, loaded: LoadedConfig, builtIn: readonly string[]): Place {
  const bases = [loaded.baseFolder, process.cwd(), INSTALLATION].map((folder) => pathToFileURL(join(folder, '/')));
  const base = bases.find((one) => installed(key, one)) ?? pathToFileURL(join(loaded.baseFolder, '/'));
  let url: string;
  try {
    url = resolveFrom(base, key);
  } catch (error) {
    if (codeOf(error) === 'ERR_MODULE_NOT_FOUND' && !installed(key, base)) {
      const sentence = unknownKey(['plugins', key], builtIn, loaded);
      throw new ConfigError(`${sentence}, or a package that is installed in ${loaded.baseFolder}`);
    }
    throw new ConfigError(`The plugin '${key}' cannot be loaded: ${messageOf(error)}`, { cause: error });
  }
  if (!url.startsWith('file:')) throw new ConfigError(`The plugin '${key}' cannot be loaded: ${url} is no file`);
  const file = installed(key, base);
  const folder = file ? join(file, '..') : fileURLToPath(new URL('.', url));
  return { url, folder, manifest: file ? manifestOf(file, readManifest(file)) : null };
}

/** The package.json of a package that is there, whether it can be imported or not. */
function installed(key: string, base: URL): string | null {
  try {
    return findPackageJSON(key, new URL('x.js', base)) ?? null;
  } catch {
    return null;
  }
}

function readManifest(file: string): Tree | null {
  if (!existsSync(file)) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isTree(value) ? value : null;
  } catch (error) {
    throw new ConfigError(`${file} is not valid JSON: ${messageOf(error)}`, { cause: error });
  }
}

function manifestOf(file: string, text: Tree | null): Manifest | null {
  if (!text) return null;
  const peers = isTree(text.peerDependencies) ? text.peerDependencies : {};
  refuseOldPeer(peers, file);
  const platform = peers['patchbay-platform'];
  return {
    file,
    ...(typeof text.version === 'string' && { version: text.version }),
    ...(typeof platform === 'string' && { platform }),
  };
}
