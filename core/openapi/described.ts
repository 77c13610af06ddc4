/** What plugins declare for the document beside their routes. */
import type { TSchema } from 'typebox';
import type { Plugin } from '../plugin.ts';
import { coreSchemas, coreTags } from '../routes/described.ts';
import type { Services } from '../services.ts';
import { pascal } from './json.ts';
import type { CookieScheme } from './security.ts';

interface Described {
  tags: Record<string, string>;
  schemas: Record<string, TSchema>;
  cookies: CookieScheme[];
}

export function describedBy(plugins: readonly Plugin[], scopeOf: (plugin: Plugin) => Services): Described {
  const described: Described = { tags: { ...coreTags }, schemas: { ...coreSchemas }, cookies: [] };
  for (const plugin of plugins) {
    const { name, summary, tags = {}, schemas = {}, authenticators = [] } = plugin;
    Object.assign(described.tags, { [name]: summary, ...tags });
    for (const [key, schema] of Object.entries(schemas)) {
      // Two plugins may both have users.
      described.schemas[Object.hasOwn(described.schemas, key) ? pascal(name) + key : key] = schema;
    }
    described.cookies.push(...authenticators.flatMap((one) => one.cookie?.(scopeOf(plugin)) ?? []));
  }
  return described;
}
