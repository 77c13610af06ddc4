/** Starting executions: of a workflow, and of a task that is tried alone. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { MANAGE, RUN, tenantOf } from '../../access.ts';
import { Address } from '../../definitions/routes/address.ts';
import { refuseLargeSecrets } from '../../definitions/secrets.ts';
import { answerOf, StartedView, WaitQuery } from '../../engine/answer.ts';
import { CORRELATION, correlationIdIn } from '../../engine/correlations.ts';
import { startKeyOf } from '../../engine/start-key.ts';
import { workflowErrors } from '../../errors.ts';
import { TRIED } from '../executions.ts';
import type { ExecutionsScope } from '../services.ts';

const Secrets = Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 50 }));
/** A reference with an instance, as long as both may be in the log. */
const LONGEST_PIN = 701;

export const startRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/workflows/{namespace}/{name}/executions',
    exactNumbers: true,
    access: RUN,
    summary: 'Starts an execution; with `wait` it answers with the output when it ends in time',
    params: Address,
    query: Type.Object(WaitQuery),
    body: Type.Optional(
      Type.Object(
        {
          input: Type.Optional(Type.Unknown()),
          secrets: Secrets,
          version: Type.Optional(Type.String({ maxLength: 64 })),
          pins: Type.Optional(
            Type.Record(Type.String({ maxLength: LONGEST_PIN }), Type.Unknown(), {
              description:
                'A dry run: outputs by task reference, given instead of doing the task; `reference#instance` means one run of it',
            }),
          ),
          idempotency_key: Type.Optional(Type.String({ maxLength: 150 })),
          correlation_id: Type.Optional(
            Type.String({
              ...CORRELATION,
              description: 'A value to find it by; the workflows and events that it starts have it too',
            }),
          ),
        },
        { examples: [{ input: { name: 'Ada' }, idempotency_key: 'order-17', correlation_id: 'order-17' }] },
      ),
    ),
    responses: { 200: StartedView, 202: StartedView },
    async handler({ params, query, body, principal, ctx }, services: ExecutionsScope) {
      const { namespace, name } = params;
      const tenant = tenantOf(principal);
      const workflow = await services.workflowDefinitions.get(tenant, namespace, name, body?.version);
      if (!workflow.row.enabled && !body?.pins) throw workflowErrors.workflow_disabled();
      refuseLargeSecrets(body?.secrets ?? {});
      const key = body?.idempotency_key;
      const started = services.workflowEngine.start({
        workflow,
        input: body?.input ?? {},
        secrets: body?.secrets ?? {},
        pins: body?.pins ?? null,
        origin: { kind: body?.pins ? 'dry-run' : 'manual', by: principal.id },
        correlationId: correlationIdIn(body?.correlation_id),
        startKey: key ? startKeyOf(`manual:${workflow.row.id}`, key) : null,
        isDurable: !query.wait,
      });
      return answerOf(ctx, started, query.wait ?? 0);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/workflows/try-task',
    exactNumbers: true,
    access: MANAGE,
    summary: 'Runs a single task on its own, for testing it',
    query: Type.Object(WaitQuery),
    body: Type.Object(
      {
        task: Type.Object({}, { additionalProperties: true }),
        input: Type.Optional(Type.Unknown()),
        use: Type.Optional(Type.Object({}, { additionalProperties: true })),
        secrets: Secrets,
      },
      { examples: [{ task: { call: 'mail.find', with: { mailbox: 'me@example.com' } } }] },
    ),
    responses: { 200: StartedView, 202: StartedView },
    async handler({ query, body, principal, ctx }, { workflowDefinitions, workflowEngine }: ExecutionsScope) {
      refuseLargeSecrets(body.secrets ?? {});
      const document = { dsl: '1.0.0', ...TRIED };
      const named = (body.use as { secrets?: string[] } | undefined)?.secrets ?? [];
      const use = { ...body.use, secrets: [...new Set([...named, ...Object.keys(body.secrets ?? {})])] };
      const definition = { document, use, do: [{ task: body.task }] };
      const workflow = await workflowDefinitions.publish(tenantOf(principal), definition, { draft: true }, principal);
      const started = workflowEngine.start({
        workflow,
        input: body.input ?? {},
        secrets: body.secrets ?? {},
        origin: { kind: 'try', by: principal.id },
        isDurable: true,
      });
      return answerOf(ctx, started, query.wait ?? 30);
    },
  }),
];
