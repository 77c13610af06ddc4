/**
 * HTTP triggers. Who has credentials that may run the workflow starts it as anywhere else; strangers only what its
 * definition opens to them, to everybody or to who signs.
 */
import { createHmac } from 'node:crypto';
import type Koa from 'koa';
import Type from 'typebox';
import { exactJson, getOwn, isAppError, readBytes, safeEqual } from '#core/kit.ts';
import { coreErrors, type Principal, route } from '#core/plugin.ts';
import { mayRun, tenantOf } from '../../access.ts';
import type { ActiveWorkflow } from '../../definitions/definitions.ts';
import { Address } from '../../definitions/routes/address.ts';
import { answerOf, StartedView, WaitQuery } from '../../engine/answer.ts';
import { correlationIdIn } from '../../engine/correlations.ts';
import { startKeyOf } from '../../engine/start-key.ts';
import { workflowErrors } from '../../errors.ts';
import { optionsOf } from '../../language/definition.ts';
import type { TriggersScope } from '../services.ts';

const LIMIT_BYTES = 1024 * 1024;
/** Stands for the tenant of the platform's own workflows. */
const PLATFORM = '';
/** A signed request that somebody has overheard is worth nothing after this. */
const OLDEST_MS = 5 * 60_000;

export const startByHook = route({
  method: 'POST',
  path: '/hooks/{namespace}/{name}',
  operationId: 'startByHook',
  access: 'optional',
  summary: 'Starts a workflow with the JSON of the body as its input',
  description:
    'Credentials that may run the workflow always may. Without them its document has to say `metadata.patchbay.hook: true`, ' +
    'or `{secret: name}`: then `X-Patchbay-Signature: sha256=HMAC-SHA256(secret, body)` is needed. ' +
    'With `X-Patchbay-Timestamp` (seconds), it is that of `timestamp.body`, and at most 5 minutes old. ' +
    'An `Idempotency-Key` makes a repeat give the first execution. `X-Correlation-Id` is a value to find it by.',
  params: Address,
  query: Type.Object({ ...WaitQuery, tenant: Type.Optional(Type.String({ maxLength: 36 })) }),
  rawBody: ['application/json', 'application/cloudevents+json', 'text/plain', 'application/x-www-form-urlencoded', ''],
  bodyLimit: LIMIT_BYTES,
  responses: { 200: StartedView, 202: StartedView },
  async handler({ params, query, principal, ctx }, services: TriggersScope) {
    const body = await readBytes(ctx.req, LIMIT_BYTES);
    const { namespace, name } = params;
    const own = principal && (await ofCaller(principal, namespace, name, query.tenant, services));
    const workflow = own ?? (await services.workflowDefinitions.forHook(namespace, name, query.tenant, true));
    if (!workflow.row.enabled) throw workflowErrors.workflow_disabled();
    const { hook } = optionsOf(workflow.definition);
    // Where the hook asks for a signature, it must be right.
    if (!own && typeof hook === 'object') await checkSigned(workflow, hook, ctx, body, services);
    const key = ctx.get('idempotency-key');
    const started = services.workflowEngine.start({
      workflow,
      input: inputOf(body, ctx.get('content-type')),
      origin: { kind: 'http', ...(own && principal && { by: principal.id }) },
      correlationId: correlationIdIn(ctx.get('x-correlation-id')),
      // Strangers have keys of their own: with one that they guess they get, or take the place of, nothing of the owner's.
      startKey: key ? startKeyOf(`${own ? 'hook-own' : 'hook'}:${workflow.row.id}`, key) : null,
      // Who waits for the answer was promised nothing before it.
      isDurable: !query.wait,
    });
    return answerOf(ctx, started, query.wait ?? 0);
  },
});

/** The workflow of that name that the caller may run, open or not; null where there is none. */
async function ofCaller(
  principal: Principal,
  namespace: string,
  name: string,
  tenant: string | undefined,
  { workflowDefinitions }: TriggersScope,
): Promise<ActiveWorkflow | null> {
  for (const tenantId of tenant === undefined ? [tenantOf(principal), PLATFORM] : [tenant]) {
    if (!mayRun(principal, tenantId)) continue;
    const found = await workflowDefinitions.forHook(namespace, name, tenantId, false).catch(ifNotFound);
    if (found) return found;
  }
  return null;
}

function ifNotFound(error: unknown): null {
  if (isAppError(error) && error.status === 404) return null;
  throw error;
}

async function checkSigned(
  { row }: ActiveWorkflow,
  hook: { secret: string; timestamp?: boolean },
  ctx: Koa.Context,
  body: Buffer,
  { workflowSecrets, clock }: TriggersScope,
): Promise<void> {
  const values = await workflowSecrets.values(row.tenant_id, [hook.secret]);
  const time = ctx.get('x-patchbay-timestamp');
  if (hook.timestamp && time === '') throw workflowErrors.bad_signature();
  if (time !== '') checkTime(time, clock.now());
  checkSignature(ctx.get('x-patchbay-signature'), getOwn(values, hook.secret), time, body);
}

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

/** Without a byte order mark; what is no UTF-8 is no JSON (RFC 8259 §8.1). */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function inputOf(body: Buffer, type: string): unknown {
  if (body.length === 0) return {};
  if (/urlencoded/i.test(type)) return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  try {
    return exactJson(utf8.decode(body));
  } catch {
    throw coreErrors.invalid_json();
  }
}
