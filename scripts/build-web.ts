/**
 * Builds the pages by Vite, when their sources have changed since the last time (`npm run build:web`; `npm start` and
 * `npm test` do it by themselves). `--types` writes the types of the client and the bounds of inputs instead, from this server's own
 * OpenAPI document.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createLog } from '#core/observability/log.ts';
import type { OpenApiDocument } from '#core/openapi/document.ts';
import { createPlatform } from '#core/platform.ts';
import { builtInPlugins } from '#core/plugins.ts';
import { clientTypes } from './client-types.ts';
import { pageBounds } from './page-bounds.ts';
import { root } from './setup.mjs';
import { clientTypesFile, hashOfSources, isWebOld, stamp } from './web-sources.mjs';

/** Of all plugins of this checkout; a file stays as it is when nothing has changed. */
export async function writeClientTypes(): Promise<void> {
  const document = await documentOfAll();
  const made = pageBounds(document, root);
  for (const [file, text] of made.set(clientTypesFile, await clientTypes(document))) {
    const path = resolve(root, file);
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
  }
}

export async function documentOfAll(): Promise<OpenApiDocument> {
  const plugins = Object.fromEntries(builtInPlugins().map((name) => [name, {}]));
  const log = createLog({ level: 'warn' });
  const platform = await createPlatform({ purpose: 'describe', env: {}, overrides: { plugins }, log });
  const document = platform.openapi();
  await platform.stop();
  return document;
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
