/** `patchbay check`: whether the configuration and the plugins fit. Builds everything; opens, makes and writes nothing. */

import { prepare } from '../configuration.ts';
import { ConfigError, messageOf } from '../errors.ts';
import { withPlatform } from './with-platform.ts';

/** Whatever is wrong is a sentence: a stack would be about code of ours, or of a plugin, that did its work. */
export async function check(): Promise<void> {
  try {
    await withPlatform('describe', async (platform) => platform.check());
    const { loaded, plugins } = await prepare({});
    const sources = loaded.layers.map(({ source }) => source).join(', ');
    process.stdout.write(`Configuration is valid (${sources}).\n`);
    for (const { plugin, version } of plugins) process.stdout.write(`  ${plugin.name} ${version}  ${plugin.summary}\n`);
  } catch (error) {
    throw error instanceof ConfigError ? error : new ConfigError(messageOf(error), { cause: error });
  }
}
