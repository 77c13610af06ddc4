/** What the OpenAPI document says beside the routes: how core and the plugins call what theirs are about. */
import type { TSchema } from 'typebox';
import { PartHealth, Readiness } from '../health/health.ts';
import type { CookieScheme } from '../http/authenticator.ts';
import { ListTotal } from '../lists/list.ts';
import { pascal } from '../openapi/json.ts';
import { OperationView } from '../operations/operation-row.ts';
import type { Plugin } from '../plugin.ts';
import type { Services } from '../services.ts';
import { BackupView } from './backups.ts';
import { RunView } from './cron.ts';
import { PluginView } from './plugins.ts';

const coreTags: Readonly<Record<string, string>> = {
  core: 'Health, jobs, scheduled work, functions and live events of the platform itself',
  activity: 'What has happened, hour by hour, and what waits for a person',
  backups: 'Backups of the running server',
  cron: 'Scheduled work and its runs',
  jobs: 'Background jobs: waiting, running or failed',
  logs: 'The last lines of the log',
  plugins: 'What is on, how it is, and how it is configured',
  operations: 'Imports and exports, with their progress and result',
};

const coreSchemas: Readonly<Record<string, TSchema>> = {
  Backup: BackupView,
  CronRun: RunView,
  Health: Readiness,
  ListTotal,
  Operation: OperationView,
  PartHealth,
  Plugin: PluginView,
};

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
