/** The definition that an execution runs: of whoever may see the execution, other versions of the workflow may be elsewhere. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { READ, reachOf } from '../../access.ts';
import type { ExecutionsScope } from '../services.ts';
import { ExecutionId } from '../views.ts';

export const executionDefinition = route({
  method: 'GET',
  path: '/api/platform/executions/{id}/definition',
  operationId: 'getExecutionDefinition',
  access: READ,
  summary: 'The version of the workflow with which the execution began',
  params: ExecutionId,
  responses: {
    200: Type.Object(
      { version: Type.String(), definition: Type.Unknown(), source: Type.String() },
      { examples: [{ version: '1.0.0', definition: { do: [] }, source: 'do: []' }] },
    ),
  },
  async handler({ params, principal }, { workflowExecutions, workflowDefinitions }: ExecutionsScope) {
    const execution = await workflowExecutions.find(reachOf(principal), params.id);
    const { version, definition, source } = await workflowDefinitions.byId(execution.definition_id);
    return { version, definition, source };
  },
});
