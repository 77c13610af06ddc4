/** Steps that workflows themselves offer. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { startKeyOf } from './engine/start-key.ts';
import { StartedView, startedView } from './views.ts';

export const workflowFunctions = [
  defineFunction({
    name: 'workflows.start',
    summary: 'Starts a workflow and does not wait for it',
    scope: 'workflows:run',
    input: Type.Object({
      namespace: Type.String({ maxLength: 64 }),
      name: Type.String({ maxLength: 64 }),
      input: Type.Optional(Type.Unknown()),
    }),
    output: Type.Object({ id: Type.String() }),
    async run(
      { namespace, name, input },
      { tenantId, idempotencyKey, correlationId = null },
      { workflowDefinitions, workflowEngine },
    ) {
      const workflow = await workflowDefinitions.get(tenantId ?? '', namespace, name);
      const { id } = await workflowEngine.start({
        workflow,
        input: input ?? {},
        origin: { kind: 'function' },
        correlationId,
        startKey: startKeyOf(`function:${tenantId ?? ''}`, idempotencyKey),
        isDurable: true,
      });
      return { id };
    },
  }),
  defineFunction({
    name: 'workflows.execution',
    summary: 'How an execution of a workflow stands, with its output or error when it has ended',
    scope: 'workflows:read',
    input: Type.Object({ id: Type.String({ minLength: 1, maxLength: 36 }) }),
    output: StartedView,
    async run({ id }, { tenantId }, { workflowExecutions }) {
      const row = await workflowExecutions.find(tenantId ?? '', id);
      const shown = await workflowExecutions.shown(row);
      const { status } = row;
      if (row.ended_at === null) return { id, status };
      return startedView({ id, status, output: shown(row.output), error: shown(row.error) });
    },
  }),
];
