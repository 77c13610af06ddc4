/** Imports one plugin; what goes wrong is one sentence with file and line. */
import { fileURLToPath } from 'node:url';
import { isTree } from '../config/tree.ts';
import { ConfigError } from '../errors.ts';
import type { Plugin } from '../plugin.ts';
import { explainLoadError } from './load-error.ts';
import { misshapen } from './plugin-shape.ts';
import { resolvedDuring } from './shared-modules.ts';

/** Throws a ConfigError. The shape of what comes with Patchbay is a matter of the compiler and of tests. */
export async function importPlugin(key: string, url: string, isBuiltIn = false): Promise<Plugin> {
  let module: { default?: unknown } = {};
  let failure: unknown = null;
  const resolved = await resolvedDuring(async () => {
    try {
      module = await import(url);
    } catch (error) {
      failure = error ?? new Error('it throws nothing that can be shown');
    }
  });
  if (failure !== null) {
    throw new ConfigError(`The plugin '${key}' cannot be loaded: ${explainLoadError(failure, url, resolved)}`, {
      cause: failure,
    });
  }
  const plugin = [module.default, transpiled(module.default)].find(isPlugin);
  const wrong = plugin && !isBuiltIn && misshapen(plugin);
  if (wrong)
    throw new ConfigError(`The plugin '${key}' is not what definePlugin takes: ${wrong} (${fileURLToPath(url)})`);
  if (plugin) return plugin;
  throw new ConfigError(
    `The plugin '${key}' does not default-export definePlugin({ name, summary, … }) (${fileURLToPath(url)})`,
  );
}

/** CommonJS that a compiler made of `export default` has its default one level deeper. */
function transpiled(value: unknown): unknown {
  return isTree(value) ? value.default : undefined;
}

function isPlugin(value: unknown): value is Plugin {
  return isTree(value) && typeof value.name === 'string' && typeof value.summary === 'string';
}
