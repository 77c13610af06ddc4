/** Modules of third-party pages, each below a path that names its content: a browser never shows an old one. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../errors.ts';
import type { StaticFolder } from '../http/static.ts';
import type { Plugin } from '../plugin.ts';

const FOR_EVER = 365 * 24 * 3600;

export interface ServedModules {
  folders: StaticFolder[];
  /** Address of a plugin's module, on this server; null when it has none of its own. */
  addressOf(plugin: string): string | null;
}

/** Throws a ConfigError for a folder without `index.js`. */
export function serveModules(plugins: readonly Plugin[]): ServedModules {
  const addresses = new Map<string, string>();
  const folders = plugins.flatMap(({ name, pages }): StaticFolder[] => {
    if (!pages?.folder) return [];
    const folder = fileURLToPath(pages.folder);
    if (!existsSync(join(folder, 'index.js')))
      throw new ConfigError(`The pages of the plugin '${name}' are not built: there is no index.js in ${folder}`);
    const prefix = `/plugins/${name}/${hashOf(folder)}`;
    addresses.set(name, `${prefix}/index.js`);
    return [
      { prefix, folder: pages.folder, headers: { caching: { seconds: FOR_EVER, shared: true, immutable: true } } },
    ];
  });
  return { folders, addressOf: (plugin) => addresses.get(plugin) ?? null };
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  for (const path of paths) hash.update(path.slice(folder.length)).update('\0').update(readFileSync(path));
  return hash.digest('base64url').slice(0, 16);
}
