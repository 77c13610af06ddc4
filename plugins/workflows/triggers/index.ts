/** Triggers: what starts workflows by itself, and wakes executions that listen: events, schedules, hooks. */
import { definePart } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { deliverEvent } from './jobs.ts';
import { startByHook } from './routes.ts';
import { type TriggersScope, triggerServices } from './services.ts';
import './tables.ts';

export const triggers = definePart<TriggersScope & { config: WorkflowsConfig }>({
  name: 'triggers',
  summary: 'Events, schedules and hooks that start workflows',
  needs: ['definitions', 'engine'],
  services: triggerServices,
  routes: [startByHook],
  jobs: [deliverEvent],
  start: ({ workflowTriggers }) => workflowTriggers.begin(),
  stop: ({ workflowTriggers }) => workflowTriggers.end(),
});
