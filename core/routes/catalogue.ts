/** What there is: scheduled work, functions, types of events, plugins; summaries in the language of who asks. */
import { createSummarize } from '../http/language.ts';
import type { Cron } from '../jobs/cron.ts';
import { coreSummaries } from '../summaries.ts';
import { cronRoutes } from './cron.ts';
import { eventTypeRoutes } from './event-types.ts';
import { functionRoutes } from './functions.ts';
import { type PluginParts, pluginRoutes } from './plugins.ts';

export function catalogueRoutes({ cron, plugins, ...parts }: Omit<PluginParts, 'summarize'> & { cron: Cron }) {
  const summarize = createSummarize([coreSummaries, ...plugins.map(({ plugin }) => plugin.summaries ?? {})]);
  return [
    ...cronRoutes(cron, summarize),
    ...functionRoutes,
    ...eventTypeRoutes(plugins),
    ...pluginRoutes({ ...parts, plugins, summarize }),
  ];
}
