/** The durable subscriber: each event that a workflow asks for becomes one of these. */
import Type from 'typebox';
import { isAppError } from '#core/kit.ts';
import { type CloudEvent, defineJob } from '#core/plugin.ts';
import type { WorkflowsScope } from './scope.ts';

export const deliverEvent = defineJob({
  name: 'workflows.event',
  summary: 'Starts the workflows that an event starts, and wakes the executions that wait for it',
  payload: Type.Object({}, { additionalProperties: true }),
  concurrency: 20,
  // A tenant whose events come by the thousand has its share of the places.
  perLane: 10,
  async run(event, _job, { workflowTriggers }: WorkflowsScope) {
    await workflowTriggers.deliver(event as unknown as CloudEvent);
  },
});

export const cancelExecution = defineJob({
  name: 'workflows.cancel',
  summary: 'Cancels an execution whose parent does not wait for it any more',
  payload: Type.Object({ execution_id: Type.String() }),
  async run({ execution_id }, _job, { workflowEngine }: WorkflowsScope) {
    await workflowEngine.cancel(execution_id).catch((error) => {
      // It has ended by itself, or is gone.
      if (!isAppError(error)) throw error;
    });
  },
});
