/** What a workflow would get: the last real event that its trigger takes, for who builds it. */
import Type from 'typebox';
import type { RateLimit } from '#core/kit.ts';
import { type CloudEvent, route } from '#core/plugin.ts';
import { MANAGE, tenantOf } from '../../access.ts';
import { constantsOf, consume } from '../../engine/matching.ts';
import { maskedJson, secretTexts } from '../../engine/secret-texts.ts';
import type { Strategy } from '../../language/definition.ts';
import { TENANT } from '../../language/expressions.ts';
import type { TriggersScope } from '../services.ts';

/** Of so many the first that fits the conditions is taken. */
const MOST_LOOKED_AT = 20;
const LONGEST_CONDITION = 20_000;
const SAMPLE_EVENTS: RateLimit = { name: 'workflows.sampleEvents', points: 60, windowSeconds: 60 };

export const sampleEvent = route({
  method: 'POST',
  path: '/api/platform/workflows/sample-event',
  operationId: 'sampleEvent',
  access: MANAGE,
  summary: 'The last real event of a type that fits a condition, as a workflow would get it; secrets are hidden',
  description:
    'Only what the caller may see of these events, of their own organisation. `input` is null where there is none, or its plugin keeps none.',
  body: Type.Object(
    {
      type: Type.String({ minLength: 1, maxLength: 200 }),
      data: Type.Optional(
        Type.String({ maxLength: LONGEST_CONDITION, description: 'As in `schedule.on.one.with.data`' }),
      ),
    },
    { examples: [{ type: 'mail.received', data: '$' + '{ .mailbox == "orders@example.com" }' }] },
  ),
  responses: {
    200: Type.Object(
      {
        input: Type.Unknown({ description: 'What a workflow that it starts gets: a list with the event' }),
        at: Type.Union([Type.String(), Type.Null()]),
      },
      {
        examples: [{ input: [{ type: 'mail.received', data: { subject: 'Hello' } }], at: '2026-01-25T09:00:00.000Z' }],
      },
    ),
  },
  async handler({ body, principal }, services: TriggersScope) {
    await services.rateLimits.consume(SAMPLE_EVENTS, principal.id);
    const { tenantId } = principal;
    const wish = { principal, tenantId, most: MOST_LOOKED_AT };
    const strategy: Strategy = { one: { with: { type: body.type, ...(body.data && { data: body.data }) } } };
    for await (const event of services.lastEvents.of(body.type, wish)) {
      if (!(await isTaken(strategy, event, tenantOf(principal)))) continue;
      return { input: [await masked(event, tenantOf(principal), services)], at: event.time ?? null };
    }
    return { input: null, at: null };
  },
});

async function isTaken(strategy: Strategy, event: CloudEvent, tenant: string): Promise<boolean> {
  const correlation = constantsOf(strategy);
  return (
    (await consume(strategy, { received: [] }, event, correlation, (one) => one.data, { [TENANT]: tenant })) !== null
  );
}

/** Anybody may have written a secret of the organisation into a mail; who looks at samples is shown none. */
async function masked(event: CloudEvent, tenant: string, { db, workflowSecrets }: TriggersScope): Promise<unknown> {
  const names: string[] = await db.read('workflows_secrets').where({ tenant_id: tenant }).orderBy('name').pluck('name');
  const values = await workflowSecrets.values(tenant, names);
  return JSON.parse(maskedJson(JSON.stringify(event), secretTexts(values)));
}
