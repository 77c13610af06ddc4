/** Temp-mail: sending, and what was sent. */
import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { closed, compileCheck, isAppError } from '#core/kit.ts';
import { type Principal, route } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import { checkMaySend } from '../../may-send.ts';
import { ACCOUNTS, MANAGE, MailboxAddress, SEND } from '../../shapes.ts';
import { badField, sentenceOf } from '../dialect-messages.ts';
import type { TempMailScope } from '../services.ts';
import { SentDetailView, SentView, sentDetailView, sentView, wireStatus } from '../views.ts';
import { listReply, PageOrOffset, pageOf, READERS, Success } from './paging.ts';

const SentId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200, pattern: '^[\\w.@<>:-]+$' }) });
const MAX_BATCH = 100;
const LONGEST_KEY = 200;
const MAX_BODY = 5 * 1024 * 1024;

const Mail = Type.Object({
  from: MailboxAddress,
  fromName: Type.Optional(Type.String({ maxLength: 200 })),
  to: Type.Union([
    Type.String({ minLength: 3, maxLength: 16_000 }),
    Type.Array(Type.String({ maxLength: 320 }), { minItems: 1, maxItems: 50 }),
  ]),
  subject: Type.String({ maxLength: 998 }),
  html: Type.Optional(Type.String({ maxLength: MAX_BODY })),
  text: Type.Optional(Type.String({ maxLength: MAX_BODY })),
  scheduledAt: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Null()])),
});

export const sendingRoutes = [
  route({
    method: 'POST',
    path: '/api/send',
    operationId: 'sendMail',
    access: SEND,
    summary: 'Sends a mail, at once or at a time; an Idempotency-Key header makes repeats safe',
    body: Mail,
    bodyLimit: 2 * MAX_BODY,
    responses: {
      200: Type.Object(
        { success: Type.Literal(true), id: Type.String() },
        { examples: [{ success: true, id: '7b0c…' }] },
      ),
    },
    async handler({ body, principal, ctx }, { outbox }: TempMailScope) {
      const idempotencyKey = shortKey(ctx.get('idempotency-key'));
      const { uuid } = await outbox.send(principal, {
        ...body,
        scheduledAt: timeOf(body.scheduledAt),
        ...(idempotencyKey && { idempotencyKey }),
      });
      return { success: true, id: uuid };
    },
  }),
  route({
    method: 'POST',
    path: '/api/send/batch',
    operationId: 'sendMails',
    access: SEND,
    summary: 'Sends up to a hundred mails, each judged on its own',
    body: Type.Array(Type.Unknown(), { minItems: 1, maxItems: MAX_BATCH }),
    bodyLimit: 2 * MAX_BODY,
    responses: {
      200: Type.Object({
        success: Type.Boolean(),
        result: Type.Array(Type.Union([Type.Object({ id: Type.String() }), Type.Object({ error: Type.String() })])),
      }),
    },
    async handler({ body, principal }, services: TempMailScope) {
      // One answer for all of them; each is asked again where it leaves.
      await checkMaySend(principal, services);
      const result: ({ id: string } | { error: string })[] = [];
      for (const mail of body) result.push(await sendOne(mail, principal, services));
      return { success: true, result };
    },
  }),
  route({
    method: 'GET',
    path: '/api/send/{id}',
    operationId: 'getSending',
    access: { scope: 'mail:read', kinds: ACCOUNTS },
    summary: 'What became of a mail, and of each of its recipients',
    params: SentId,
    responses: { 200: Type.Object({}, { additionalProperties: true }) },
    async handler({ params, principal }, services: TempMailScope) {
      await checkMaySend(principal, services);
      const row = await services.outbox.find(principal, params.id);
      const deliveries = await services.outbox.deliveriesOf(row.id);
      return {
        ...sentDetailView(row),
        id: row.uuid,
        to: row.recipients.split(','),
        last_event: wireStatus(row.status),
        recipients: deliveries.map(({ recipient, status, attempts, answer }) => ({
          recipient,
          status: wireStatus(status),
          attempts,
          answer,
        })),
      };
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/send/{id}',
    operationId: 'changeScheduledMail',
    access: SEND,
    summary: 'Calls a scheduled mail off, or changes its time',
    params: SentId,
    body: Type.Object({
      status: Type.Optional(Type.Literal('canceled')),
      scheduledAt: Type.Optional(Type.String({ maxLength: 40 })),
    }),
    responses: { 200: Success },
    async handler({ params, body, principal }, services: TempMailScope) {
      await checkMaySend(principal, services);
      const at = timeOf(body.scheduledAt);
      if (body.status === 'canceled') await services.outbox.cancel(principal, params.id);
      else if (at !== null) await services.outbox.reschedule(principal, params.id, at);
      else throw mailErrors.no_change();
      return { success: true };
    },
  }),
  route({
    method: 'POST',
    path: '/api/send/{id}/cancel',
    operationId: 'cancelScheduledMail',
    access: SEND,
    summary: 'Calls a scheduled mail off',
    params: SentId,
    responses: { 200: Success },
    async handler({ params, principal }, services: TempMailScope) {
      await checkMaySend(principal, services);
      await services.outbox.cancel(principal, params.id);
      return { success: true };
    },
  }),
  route({
    method: 'GET',
    path: '/api/sent',
    access: { scope: 'mail:read', kinds: READERS },
    summary: 'Mail that was sent from a mailbox, newest first',
    query: Type.Object({ from: MailboxAddress, ...PageOrOffset(20, 50) }),
    responses: {
      200: Type.Union([Type.Array(SentView), Type.Object({ list: Type.Array(SentView), total: Type.Integer() })]),
    },
    async handler({ query, principal }, { outbox }: TempMailScope) {
      const page = pageOf(query, 20);
      if (principal.kind === 'guest') return listReply([], 0, page.isPaged);
      const { rows, total } = await outbox.list(principal, query.from, page);
      return listReply(rows.map(sentView), total, page.isPaged);
    },
  }),
  route({
    method: 'GET',
    path: '/api/sent/{id}',
    access: { scope: 'mail:read', kinds: READERS },
    summary: 'One mail that was sent',
    params: SentId,
    responses: { 200: SentDetailView },
    async handler({ params, principal }, { outbox }: TempMailScope) {
      if (principal.kind === 'guest') throw mailErrors.sent_not_found();
      return sentDetailView(await outbox.find(principal, params.id));
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/sent/{id}',
    access: MANAGE,
    summary: 'Deletes the record of a sent mail',
    params: SentId,
    responses: { 200: Success },
    async handler({ params, principal }, { outbox }: TempMailScope) {
      await outbox.remove(principal, params.id);
      return { success: true };
    },
  }),
];

function timeOf(text: string | null | undefined): number | null {
  if (!text) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw mailErrors.bad_time();
  return at;
}

const checkMail = compileCheck(closed(Mail), 'mail');

function isMail(value: unknown): value is Static<typeof Mail> {
  return checkMail(value) === null;
}

/** One of a batch: what is wrong with it is its answer, and the others go on. */
async function sendOne(given: unknown, principal: Principal, { outbox }: TempMailScope) {
  if (!isMail(given)) {
    const [issue] = checkMail(given) ?? [];
    return { error: issue ? badField(issue) : '' };
  }
  try {
    const { uuid } = await outbox.send(principal, { ...given, scheduledAt: timeOf(given.scheduledAt) });
    return { id: uuid };
  } catch (error) {
    if (isAppError(error) && error.status < 500) return { error: sentenceOf(error) };
    throw error;
  }
}

/** As the column has it; a longer one must not become the beginning that it shares with others. */
function shortKey(given: string): string {
  return given.length > LONGEST_KEY ? createHash('sha256').update(given).digest('hex') : given;
}
