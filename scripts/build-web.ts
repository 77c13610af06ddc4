/**
 * Builds the pages by Vite, when their sources have changed since the last time (`npm run build:web`; `npm start` and
 * `npm test` do it by themselves). `--types` writes the types of the client instead, from this server's own OpenAPI document.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { createLog } from '#core/observability/log.ts';
import { createPlatform } from '#core/platform.ts';
import { builtInPlugins } from '#core/plugins.ts';
import { clientTypes } from './client-types.ts';
import { clientTypesFile, hashOfSources, isWebOld, stamp } from './web-sources.mjs';

/** Of all plugins of this checkout; the file stays as it is when nothing has changed. */
export async function writeClientTypes(): Promise<void> {
  const plugins = Object.fromEntries(builtInPlugins().map((name) => [name, {}]));
  const log = createLog({ level: 'warn' });
  const platform = await createPlatform({ purpose: 'describe', env: {}, overrides: { plugins }, log });
  const types = await clientTypes(platform.openapi()).finally(() => platform.stop());
  if (existsSync(clientTypesFile) && readFileSync(clientTypesFile, 'utf8') === types) return;
  writeFileSync(clientTypesFile, types);
}

export async function buildWeb(): Promise<void> {
  if (!isWebOld()) return;
  const hash = hashOfSources();
  const { build } = await import('vite');
  const { default: config } = await import('../plugins/admin/web/vite.config.ts');
  await build({ ...config, configFile: false, logLevel: 'warn' });
  writeFileSync(stamp, hash);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await (process.argv.includes('--types') ? writeClientTypes() : buildWeb());
