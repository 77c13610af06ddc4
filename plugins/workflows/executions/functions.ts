/** Steps that workflows themselves offer. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { READ, RUN, reachOf, tenantOf } from '../access.ts';
import { StartedView, startedView } from '../engine/answer.ts';
import { startKeyOf } from '../engine/start-key.ts';
import { workflowErrors } from '../errors.ts';
import type { ExecutionsScope } from './services.ts';

export const workflowFunctions = [
  defineFunction({
    name: 'workflows.start',
    summary: 'Starts a workflow and does not wait for it',
    access: { ...RUN, tenant: false },
    input: Type.Object({
      namespace: Type.String({ maxLength: 64 }),
      name: Type.String({ maxLength: 64 }),
      input: Type.Optional(Type.Unknown()),
    }),
    output: Type.Object({ id: Type.String() }),
    async run(
      { namespace, name, input },
      { principal, idempotencyKey, correlationId = null, family },
      { workflowDefinitions, workflowEngine }: ExecutionsScope,
    ) {
      const tenant = tenantOf(principal);
      const workflow = await workflowDefinitions.get(tenant, namespace, name);
      if (!workflow.row.enabled) throw workflowErrors.workflow_disabled();
      const { id } = await workflowEngine.start({
        workflow,
        input: input ?? {},
        origin: { kind: 'function', by: principal.id },
        correlationId,
        ...family,
        startKey: startKeyOf(`function:${tenant}`, idempotencyKey),
        isDurable: true,
      });
      return { id };
    },
  }),
  defineFunction({
    name: 'workflows.execution',
    summary: 'The status of a workflow execution, with its output or error when it has ended',
    access: { ...READ, tenant: false },
    input: Type.Object({ id: Type.String({ minLength: 1, maxLength: 36 }) }),
    output: StartedView,
    async run({ id }, { principal }, { workflowExecutions }: ExecutionsScope) {
      const row = await workflowExecutions.find(reachOf(principal), id);
      const shown = await workflowExecutions.shown(row);
      const { status } = row;
      if (row.ended_at === null) return { id, status };
      return startedView({ id, status, output: shown(row.output), error: shown(row.error) });
    },
  }),
];
