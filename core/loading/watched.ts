/** What a server in development is made of: code of the platform, its configuration, and plugins from elsewhere. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { absolute, isTree, type LoadedConfig, loadConfig, pathFrom } from '../config/load.ts';
import { builtInPlugins, placeOfPlugin } from '../plugins.ts';
import { isFolder } from './locate.ts';

export interface Watched {
  /** Folders with all that is in them. */
  folders: string[];
  /** Single files; they may not be there yet. */
  files: string[];
  /** Where changes mean nothing: the server writes there. */
  dataDir: string | null;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** An installed package does not change. */
const OWN = import.meta.url.endsWith('.ts')
  ? ['core', 'plugins', 'config', 'package'].map((room) => join(ROOT, room))
  : [];

/** Of a configuration that cannot be read, only its file: what it names is not known until it is mended. */
export function watchedFiles(env: NodeJS.ProcessEnv): Watched {
  const own = env.PATCHBAY_CONFIG ? resolve(env.PATCHBAY_CONFIG) : null;
  const files = own && existsSync(dirname(own)) ? [own] : [];
  let loaded: LoadedConfig;
  try {
    loaded = loadConfig({ env });
  } catch {
    return { folders: OWN, files, dataDir: null };
  }
  const { plugins, dataDir } = loaded.values;
  const builtIn = builtInPlugins();
  const keys = Object.keys(isTree(plugins) ? plugins : {}).filter((key) => !builtIn.includes(key));
  return {
    folders: [...new Set([...OWN, ...keys.flatMap((key) => folderOf(key, loaded))])],
    files,
    dataDir: typeof dataDir === 'string' ? pathFrom(loaded, ['dataDir'], dataDir) : null,
  };
}

/** The folder of a plugin also when it cannot be loaded: that is what will be mended. */
function folderOf(key: string, loaded: LoadedConfig): string[] {
  try {
    return [placeOfPlugin(key, loaded).folder];
  } catch {
    if (!isFolder(key)) return [];
    const folder = absolute(key, loaded.baseFolder);
    const nearest = [folder, dirname(folder)].find((path) => existsSync(path));
    return nearest ? [nearest] : [];
  }
}
