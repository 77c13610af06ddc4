/** `patchbay check`: whether the configuration and the plugins fit, without opening anything. */
import { prepare } from '../platform.ts';

export async function check(): Promise<void> {
  const { loaded, plugins } = await prepare({});
  const sources = loaded.layers.map(({ source }) => source).join(', ');
  process.stdout.write(`Configuration is valid (${sources}).\n`);
  for (const { plugin, version } of plugins) process.stdout.write(`  ${plugin.name} ${version}  ${plugin.summary}\n`);
}
