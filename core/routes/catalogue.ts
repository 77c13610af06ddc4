/** What there is: jobs, scheduled work, functions, types of events, plugins; summaries in the language of who asks. */
import { createSummarize, type Summarize } from '../http/language.ts';
import type { Cron } from '../jobs/cron.ts';
import { coreJobs } from '../self-care.ts';
import { coreSummaries } from '../summaries.ts';
import { cronRoutes } from './cron.ts';
import { eventTypeRoutes } from './event-types.ts';
import { functionRoutes } from './functions.ts';
import { type JobSummary, jobRoutes } from './jobs.ts';
import { type PluginParts, pluginRoutes } from './plugins.ts';

export function catalogueRoutes({ cron, plugins, ...parts }: Omit<PluginParts, 'summarize'> & { cron: Cron }) {
  const summarize = createSummarize([coreSummaries, ...plugins.map(({ plugin }) => plugin.summaries ?? {})]);
  return [
    ...jobRoutes(jobSummaries(plugins, summarize)),
    ...cronRoutes(cron, summarize),
    ...functionRoutes,
    ...eventTypeRoutes(plugins),
    ...pluginRoutes({ ...parts, plugins, summarize }),
  ];
}

/** Of a kind that a plugin declares, or of an event that one is given (`licensing.on:licence.issued`). */
function jobSummaries(plugins: PluginParts['plugins'], summarize: Summarize): JobSummary {
  const declared = plugins.flatMap(({ units }) => units.flatMap(({ definition }) => definition.jobs ?? []));
  const english = new Map([...coreJobs, ...declared].map(({ name, summary }) => [name, summary]));
  return (ctx, name) => {
    const own = english.get(name);
    if (own !== undefined) return summarize(ctx, name, own);
    const [plugin = '', event] = name.split('.on:');
    if (event === undefined) return null;
    const text = summarize(ctx, 'core.givesEvent', 'Gives the event {event} to the plugin {plugin}');
    return text.replace('{event}', event).replace('{plugin}', plugin);
  };
}
