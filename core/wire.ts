/** Connects what plugins declare with the services of core: hooks, subscriptions, jobs, functions. */
import Type from 'typebox';
import type { CloudEvent } from './events/events.ts';
import type { JobType } from './jobs/jobs.ts';
import type { Plugin, Services } from './plugin.ts';

export function wirePlugins(plugins: readonly Plugin[], services: Services): void {
  for (const plugin of plugins) {
    for (const job of plugin.jobs ?? []) services.jobs.add(job);
    for (const definition of plugin.functions ?? []) services.functions.add(definition);
    for (const [name, handler] of Object.entries(plugin.hooks ?? {})) {
      const call = handler as (context: unknown, next: () => Promise<void>, services: Services) => Promise<void>;
      services.hooks.add(name, (context, next) => call(context, next, services));
    }
    for (const [type, handler] of Object.entries(plugin.on ?? {})) {
      const deliver = handler as (event: CloudEvent, services: Services) => Promise<void>;
      const job = subscription(plugin.name, type, deliver);
      services.jobs.add(job);
      services.events.subscribe(type, job.name);
    }
  }
}

/** A durable subscription is a job type of its own: retried, visible and dead-lettered like every job. */
function subscription(
  plugin: string,
  type: string,
  deliver: (event: CloudEvent, services: Services) => Promise<void>,
): JobType {
  return {
    name: `${plugin}.on:${type}`,
    summary: `Gives ${type} to the plugin ${plugin}`,
    payload: Type.Unknown(),
    run: (event, _job, services) => deliver(event as CloudEvent, services),
  };
}
