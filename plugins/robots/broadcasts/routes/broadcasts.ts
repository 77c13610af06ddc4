/** Broadcasts: drafts, and what is done with them. */
import Type, { type Static } from 'typebox';
import { once } from '#core/kit.ts';
import { IF_MATCH, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { ROBOTS_READ } from '../../access.ts';
import { Audience, Names } from '../audience-terms.ts';
import { type BroadcastStep, type BroadcastWish, termsOf } from '../broadcasts.ts';
import type { BroadcastsScope } from '../services.ts';
import { BroadcastView, broadcastView } from './views.ts';

/** Who sends to many may manage robots, and may send. */
export const MAY_BROADCAST = { scope: 'robots:manage', also: ['messages:send'], tenant: true } as const;

const LONGEST_CONTENT = 2_000;
export const Content = Type.String({
  minLength: 1,
  maxLength: LONGEST_CONTENT,
  pattern: '\\S',
  description: 'May have the variables `{{contact.name}}`, `{{contact.fields.…}}` and `{{robot.name}}`',
});
export const RobotId = Type.String({ minLength: 1, maxLength: 60 });

const Terms = {
  name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
  content: Content,
  robots: Type.Array(RobotId, { minItems: 1, maxItems: 100, description: 'Those that send it' }),
  audience: Audience,
  excluded: Names,
  per_minute: Type.Integer({ minimum: 1, maximum: 600, description: 'Messages a minute of each robot' }),
};
const { excluded, per_minute, ...needed } = Terms;
export const NewBroadcast = Type.Object(
  { ...needed, excluded: Type.Optional(excluded), per_minute: Type.Optional(per_minute) },
  { additionalProperties: false },
);
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 60 }) });
const path = '/api/platform/robots/broadcasts';
const tag = 'broadcasts';

const STEPS: Record<BroadcastStep, string> = {
  start: 'Starts a draft: its audience is frozen, and each robot sends at its pace',
  pause: 'Pauses it: what a robot was told arrives, nothing more is sent',
  resume: 'Goes on with one that was paused',
  cancel: 'Ends it for good: who was still to get it is skipped, and what no robot was told yet is taken back',
  retry: 'Sends it again to those with whom it failed, and to them alone',
};

export const broadcastItems = [
  route({
    method: 'POST',
    path,
    access: MAY_BROADCAST,
    tag,
    summary: 'Makes a draft of a broadcast',
    requestHeaders: { 'Idempotency-Key': 'A repeat with the same key gets the first draft' },
    body: NewBroadcast,
    responses: { 201: BroadcastView },
    async handler({ body, principal, ctx }, { db, clock, broadcasts }: BroadcastsScope) {
      const wish = wishOf(body);
      await broadcasts.check(principal, wish);
      const repeatable = {
        scope: `robots.broadcast/${principal.tenantId}`,
        key: ctx.get('idempotency-key'),
        request: body,
        now: clock.now(),
      };
      const row = await db.transaction((trx) =>
        once(trx, repeatable, () => broadcasts.createWithin(trx, principal, wish)),
      );
      return reply(201, broadcastView(row));
    },
  }),
  route({
    method: 'POST',
    path: `${path}/audience`,
    operationId: 'countAudience',
    access: MAY_BROADCAST,
    tag,
    summary: 'How many a broadcast would reach if it started now; nothing is stored',
    body: Type.Object(
      { robots: Terms.robots, audience: Terms.audience, excluded: Type.Optional(excluded) },
      { additionalProperties: false },
    ),
    responses: {
      200: Type.Object({
        recipients: Type.Integer(),
        skipped: Type.Integer({ description: 'On the list of exceptions, or wanting to hear no more' }),
        is_complete: Type.Boolean({ description: 'False: there are more than were looked at' }),
      }),
    },
    async handler({ body, principal }, { broadcasts }: BroadcastsScope) {
      return broadcasts.sizeOf(principal, { ...body, excluded: body.excluded ?? [] });
    },
  }),
  route({
    method: 'GET',
    path: `${path}/{id}`,
    access: ROBOTS_READ,
    tag,
    summary: 'A broadcast with its progress',
    description: 'The live topic `broadcast.changed/<id>` says when that changes.',
    params: Id,
    responses: { 200: BroadcastView },
    async handler({ params, principal }, { broadcasts }: BroadcastsScope) {
      const row = await broadcasts.find(principal, params.id);
      return versioned(termsOf(row), broadcastView(row));
    },
  }),
  route({
    method: 'PATCH',
    path: `${path}/{id}`,
    access: MAY_BROADCAST,
    tag,
    summary: 'Changes what is named, of a draft',
    requestHeaders: IF_MATCH,
    params: Id,
    body: Type.Partial(Type.Object(Terms), { additionalProperties: false }),
    responses: { 200: BroadcastView },
    async handler({ params, body, principal, ctx }, { broadcasts }: BroadcastsScope) {
      const { per_minute: perMinute, ...rest } = body;
      const patch = { ...rest, ...(perMinute !== undefined && { perMinute }) };
      const row = await broadcasts.change(principal, params.id, patch, preconditionOf(ctx));
      return versioned(termsOf(row), broadcastView(row));
    },
  }),
  route({
    method: 'DELETE',
    path: `${path}/{id}`,
    access: MAY_BROADCAST,
    tag,
    summary: 'Deletes a broadcast that sends nothing any more, with its recipients',
    params: Id,
    responses: { 204: null },
    async handler({ params, principal }, { broadcasts }: BroadcastsScope) {
      await broadcasts.remove(principal, params.id);
      return reply(204, null);
    },
  }),
  route({
    method: 'POST',
    path: `${path}/{id}/retry`,
    access: MAY_BROADCAST,
    tag,
    summary: STEPS.retry,
    params: Id,
    query: Type.Object({
      unknown: Type.Optional(
        Type.Boolean({ description: 'Also to those of whom nobody knows whether they have had it: some get it twice' }),
      ),
    }),
    responses: { 200: BroadcastView },
    handler: async ({ params, query, principal }, { broadcasts }: BroadcastsScope) =>
      broadcastView(await broadcasts.take(principal, params.id, 'retry', { withUnknown: query.unknown === true })),
  }),
  ...(['start', 'pause', 'resume', 'cancel'] as const).map((step) =>
    route({
      method: 'POST',
      path: `${path}/{id}/${step}`,
      access: MAY_BROADCAST,
      tag,
      summary: STEPS[step],
      params: Id,
      responses: { 200: BroadcastView },
      handler: async ({ params, principal }, { broadcasts }: BroadcastsScope) =>
        broadcastView(await broadcasts.take(principal, params.id, step)),
    }),
  ),
];

/** What a body asks for, with what it leaves out. */
export function wishOf({ per_minute: perMinute, excluded: out = [], ...rest }: Body): BroadcastWish {
  return { ...rest, excluded: out, perMinute: perMinute ?? null };
}

type Body = Static<typeof NewBroadcast>;
