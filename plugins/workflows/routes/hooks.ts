/** HTTP triggers: anybody who knows the address starts the workflow, unless it asks for a signature. */

import { createHmac } from 'node:crypto';
import Type from 'typebox';
import { readBytes } from '#core/http/body.ts';
import { lookUp } from '#core/look-up.ts';
import { coreErrors, route } from '#core/plugin.ts';
import { safeEqual } from '#core/security/tokens.ts';
import { correlationIdIn } from '../engine/correlations.ts';
import { startKeyOf } from '../engine/start-key.ts';
import { workflowErrors } from '../errors.ts';
import { optionsOf } from '../language/definition.ts';
import { StartedView } from '../views.ts';
import { Address } from './address.ts';
import { answerOf, WaitQuery } from './executions.ts';

const LIMIT_BYTES = 1024 * 1024;
/** A signed request that somebody has overheard is worth nothing after this. */
const OLDEST_MS = 5 * 60_000;

export const hookRoutes = [
  route({
    method: 'POST',
    path: '/hooks/{namespace}/{name}',
    access: 'public',
    summary: 'Starts a workflow with the JSON of the body as its input',
    description:
      'With `metadata.patchbay.hook.secret` in its document, `X-Patchbay-Signature: sha256=HMAC-SHA256(secret, body)` is needed. ' +
      'With `X-Patchbay-Timestamp` (seconds), it is that of `timestamp.body`, and at most 5 minutes old. ' +
      'An `Idempotency-Key` makes a repeat give the first execution. `X-Correlation-Id` is a value to find it by.',
    params: Address,
    query: Type.Object({ ...WaitQuery, tenant: Type.Optional(Type.String({ maxLength: 36 })) }),
    rawBody: [
      'application/json',
      'application/cloudevents+json',
      'text/plain',
      'application/x-www-form-urlencoded',
      '',
    ],
    bodyLimit: LIMIT_BYTES,
    responses: { 200: StartedView, 202: StartedView },
    async handler({ params, query, ctx }, services) {
      const body = await readBytes(ctx.req, LIMIT_BYTES);
      const workflow = await services.workflowDefinitions.forHook(params.namespace, params.name, query.tenant);
      const { hook } = optionsOf(workflow.definition);
      if (hook === false) throw workflowErrors.workflow_not_found();
      if (!workflow.row.enabled) throw workflowErrors.workflow_disabled();
      if (typeof hook === 'object') {
        const values = await services.workflowSecrets.values(workflow.row.tenant_id, [hook.secret]);
        const time = ctx.get('x-patchbay-timestamp');
        if (hook.timestamp && time === '') throw workflowErrors.bad_signature();
        if (time !== '') checkTime(time, services.clock.now());
        checkSignature(ctx.get('x-patchbay-signature'), lookUp(values, hook.secret), time, body);
      }
      const key = ctx.get('idempotency-key');
      const started = services.workflowEngine.start({
        workflow,
        input: inputOf(body, ctx.get('content-type')),
        origin: { kind: 'http' },
        correlationId: correlationIdIn(ctx.get('x-correlation-id')),
        startKey: key ? startKeyOf(`hook:${workflow.row.id}`, key) : null,
        // Who waits for the answer was promised nothing before it.
        isDurable: !query.wait,
      });
      return answerOf(started, query.wait ?? 0);
    },
  }),
];

/** Seconds since the epoch. A clock may be as far ahead as a request may be old. */
function checkTime(time: string, now: number): void {
  if (!/^\d{1,12}$/.test(time) || Math.abs(now - Number(time) * 1000) > OLDEST_MS) throw workflowErrors.bad_signature();
}

/** A secret that is not there, or is no text, signs nothing. With a time, that is signed before the body. */
function checkSignature(given: string, secret: unknown, time: string, body: Buffer): void {
  if (typeof secret !== 'string' || secret === '') throw workflowErrors.bad_signature();
  const expected = `sha256=${createHmac('sha256', secret)
    .update(time === '' ? '' : `${time}.`)
    .update(body)
    .digest('hex')}`;
  if (!safeEqual(given, expected)) throw workflowErrors.bad_signature();
}

function inputOf(body: Buffer, type: string): unknown {
  if (body.length === 0) return {};
  const text = body.toString('utf8');
  if (/urlencoded/i.test(type)) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    throw coreErrors.invalid_json();
  }
}
