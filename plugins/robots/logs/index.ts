/** The log of the WorkBot API: what was refused, which robots came and went, what failed. */
import { definePart } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { logRefusals } from './log-sources.ts';
import { logRoutes } from './routes.ts';
import { type LogsScope, publicLogsServices } from './services.ts';
import { logTables } from './tables.ts';

export const logs = definePart<LogsScope & { config: RobotsConfig }>({
  name: 'logs',
  summary: 'The log of the WorkBot API',
  tables: logTables,
  publicServices: publicLogsServices,
  routes: logRoutes,
  async start(scope) {
    logRefusals(scope);
  },
});
