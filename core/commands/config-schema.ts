/** `patchbay config:schema`: a JSON Schema of the whole configuration, so that editors complete and check it. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Type from 'typebox';
import { CoreConfig } from '../config/schema.ts';
import { prepare } from '../platform.ts';
import type { Plugin } from '../plugin.ts';
import { builtInPlugins, pluginConfigSchema } from '../plugins.ts';

export async function configSchema({ output }: { output: string }): Promise<void> {
  const { loaded, plugins } = await prepare({});
  const enabled = plugins.map(({ plugin }) => plugin);
  const keys = Object.keys((loaded.values.plugins as Record<string, unknown> | undefined) ?? {});
  const schema = await wholeSchema(enabled, keys);
  writeFileSync(resolve(output), `${JSON.stringify(schema, null, 2)}\n`);
  process.stdout.write(`Wrote ${output}\n`);
}

/** Core, every built-in plugin, and every enabled one under the key that the config names it by. */
async function wholeSchema(enabled: readonly Plugin[], keys: readonly string[]): Promise<object> {
  const parts: Record<string, ReturnType<typeof pluginConfigSchema>> = {};
  for (const name of builtInPlugins()) {
    const module: { default: Plugin } = await import(new URL(`../../plugins/${name}/index.ts`, import.meta.url).href);
    parts[name] = pluginConfigSchema(module.default);
  }
  for (const plugin of enabled) {
    const key = keys.find((candidate) => candidate === plugin.name || candidate.endsWith(`/${plugin.name}`));
    if (key) parts[key] ??= pluginConfigSchema(plugin);
  }
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
