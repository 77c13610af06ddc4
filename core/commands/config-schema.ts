/** `patchbay config:schema`: a JSON Schema of the whole configuration, so that editors complete and check it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Type from 'typebox';
import type { LoadedConfig } from '../config/load.ts';
import { CoreConfig } from '../config/schema.ts';
import { prepare } from '../configuration.ts';
import { importPlugin } from '../loading/import-plugin.ts';
import { builtInPlugins, type LoadedPlugin, placeOfPlugin, pluginConfigSchema } from '../plugins.ts';

export async function configSchema({ output }: { output: string }): Promise<void> {
  const { loaded, plugins } = await prepare({});
  const schema = await wholeSchema(loaded, plugins);
  mkdirSync(dirname(resolve(output)), { recursive: true });
  writeFileSync(resolve(output), `${JSON.stringify(schema, null, 2)}\n`);
  process.stdout.write(`Wrote ${output}\n`);
}

/** Core, every built-in plugin, and every enabled one under the key that the config names it by. */
async function wholeSchema(loaded: LoadedConfig, enabled: readonly LoadedPlugin[]): Promise<object> {
  const parts: Record<string, ReturnType<typeof pluginConfigSchema>> = {};
  for (const name of builtInPlugins()) {
    parts[name] = pluginConfigSchema(await importPlugin(name, placeOfPlugin(name, loaded).url));
  }
  for (const { key, plugin } of enabled) parts[key] ??= pluginConfigSchema(plugin);
  const plugins = Object.fromEntries(
    Object.entries(parts).map(([key, part]) => [key, Type.Union([part, Type.Null()])]),
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Patchbay configuration',
    ...CoreConfig,
    properties: {
      ...CoreConfig.properties,
      plugins: Type.Object(plugins, { description: 'A plugin is on when its key is here.' }),
    },
  };
}
