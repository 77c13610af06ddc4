/** Jobs of the engine. */
import Type from 'typebox';
import { isAppError } from '#core/kit.ts';
import { defineJob } from '#core/plugin.ts';
import type { EngineScope } from './services.ts';

export const cancelExecution = defineJob({
  name: 'workflows.cancel',
  summary: 'Cancels an execution whose parent does not wait for it any more',
  payload: Type.Object({ execution_id: Type.String() }),
  async run({ execution_id }, _job, { workflowEngine }: EngineScope) {
    await workflowEngine.cancel(execution_id).catch((error) => {
      // It has ended by itself, or is gone.
      if (!isAppError(error)) throw error;
    });
  },
});
