/** The durable subscriber: each event that a workflow asks for becomes one of these. */
import Type from 'typebox';
import { type CloudEvent, defineJob } from '#core/plugin.ts';
import type { TriggersScope } from './services.ts';

export const deliverEvent = defineJob({
  name: 'workflows.event',
  summary: 'Starts the workflows that an event starts, and wakes the executions that wait for it',
  payload: Type.Object({}, { additionalProperties: true }),
  concurrency: 20,
  // A tenant whose events come by the thousand has its share of the places.
  perLane: 10,
  async run(event, _job, { workflowTriggers }: TriggersScope) {
    await workflowTriggers.deliver(event as unknown as CloudEvent);
  },
});
