/** Inputs, outputs and errors of an execution as files: its pages show the beginning of what is long. */
import Type from 'typebox';
import { reply, route } from '#core/plugin.ts';
import { READ, reachOf } from '../../access.ts';
import { workflowErrors } from '../../errors.ts';
import type { ExecutionsScope } from '../services.ts';
import { ExecutionId } from '../views.ts';

export const executionData = route({
  method: 'GET',
  path: '/api/platform/executions/{id}/data',
  operationId: 'downloadExecutionData',
  access: READ,
  summary: 'The whole input, output or error of an execution, or of one of its tasks, as a file',
  params: ExecutionId,
  query: Type.Object({
    of: Type.Enum(['input', 'output', 'error']),
    reference: Type.Optional(Type.String({ maxLength: 500, description: 'Of this task' })),
    instance: Type.Optional(Type.String({ maxLength: 200, description: 'Which of its runs; default: the first' })),
  }),
  responses: { 200: null },
  produces: ['application/json'],
  async handler({ params, query, principal }, { workflowExecutions }: ExecutionsScope) {
    const { of, reference, instance = '' } = query;
    const execution = await workflowExecutions.find(reachOf(principal), params.id);
    const isIt = (task: { reference: string; instance: string }): boolean =>
      task.reference === reference && task.instance === instance;
    const whose = reference === undefined ? execution : (await workflowExecutions.tasksOf(execution)).find(isIt);
    if (!whose) throw workflowErrors.task_not_found();
    const open = await workflowExecutions.opened(execution);
    return reply(200, open(whose[of] ?? 'null'), {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${execution.id}.${of}.json"`,
    });
  },
});
