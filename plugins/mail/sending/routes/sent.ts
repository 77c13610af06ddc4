/** Our own API: writing mail, with files and as an answer to another one, lists of it, and what became of each. */
import Type, { type Static } from 'typebox';
import { hasScope, isoTime } from '#core/kit.ts';
import { coreErrors, listRoute, type Principal, reply, route } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import { checkMaySend } from '../../may-send.ts';
import { MailboxAddress, READ, SEND, Time, TimeOrNull } from '../../shapes.ts';
import { answerTo } from '../automatic-answers.ts';
import { MOST_FILES } from '../outgoing-message.ts';
import type { SendingScope } from '../services.ts';
import { SENT_STATUSES } from '../states.ts';
import type { SentRow } from '../tables.ts';

const SentId = Type.Object({ id: Type.String({ format: 'uuid' }) });
const MAX_TEXT = 2 * 1024 * 1024;
/** Of all files together, as base64. */
const MAX_FILES = 14 * 1024 * 1024;

const File = Type.Object({
  filename: Type.String({ pattern: '^[^\\x00-\\x1f\\x7f/\\\\]{1,200}$' }),
  content_type: Type.String({ pattern: '^[\\w.+-]{1,100}/[\\w.+-]{1,100}$' }),
  content: Type.String({ maxLength: MAX_FILES, description: 'Base64' }),
});

const Written = Type.Object({
  from: Type.String({ minLength: 3, maxLength: 320, description: 'One of your mailboxes' }),
  from_name: Type.Optional(Type.String({ maxLength: 200 })),
  to: Type.Array(MailboxAddress, { minItems: 1, maxItems: 50 }),
  subject: Type.String({ maxLength: 998 }),
  text: Type.Optional(Type.String({ maxLength: MAX_TEXT })),
  html: Type.Optional(Type.String({ maxLength: MAX_TEXT })),
  answer_to: Type.Optional(Type.Integer({ minimum: 1, description: 'A mail in whose thread this one is' })),
  files: Type.Optional(Type.Array(File, { maxItems: MOST_FILES })),
  scheduled_at: Type.Optional(Time),
});

export const ListedSent = Type.Object({
  id: Type.String({ description: 'For `/api/send/{id}`' }),
  from: Type.String(),
  from_name: Type.Union([Type.String(), Type.Null()]),
  to: Type.Array(Type.String()),
  subject: Type.String(),
  kind: Type.Enum(['composed', 'submitted', 'forwarded']),
  status: Type.Enum([...SENT_STATUSES]),
  created_at: Time,
  updated_at: Time,
  scheduled_at: TimeOrNull,
});

const SentDetail = Type.Object({
  ...ListedSent.properties,
  text: Type.String(),
  html: Type.String(),
  recipients: Type.Array(
    Type.Object({
      recipient: Type.String(),
      status: Type.String(),
      attempts: Type.Integer(),
      answer: Type.Union([Type.String(), Type.Null()], { description: 'The last reply of the receiving server' }),
      updated_at: Time,
    }),
  ),
});

const FROM = {
  type: 'text',
  column: 'mail_sent.from_addr',
  filter: 'prefix',
  description: 'The beginning of the sending address, in lower case',
} as const;
const CREATED = { type: 'time', filter: 'range', sort: true } as const;

export const sentRoutes = [
  listRoute({
    path: '/api/platform/mail/sent',
    access: READ,
    summary: 'Mail that was sent, newest first: by you, in the tenant for its administrators, by all for super-admins',
    item: ListedSent,
    columns: {
      from: FROM,
      status: { type: 'text', filter: 'equals', values: SENT_STATUSES },
      kind: { type: 'text', filter: 'equals', values: ['composed', 'submitted'] },
      created_at: CREATED,
    },
    key: 'mail_sent.id',
    rows: ({ principal }, { visibleSent }: SendingScope) => visibleSent(principal),
    items: (rows: SentRow[]) => rows.map(listedSent),
  }),
  listRoute({
    path: '/api/platform/mail/scheduled',
    access: READ,
    summary: 'Mail that is to leave later, the next one first',
    item: ListedSent,
    columns: {
      from: FROM,
      scheduled_at: { type: 'time', filter: 'range', sort: true },
      created_at: { type: 'time', filter: 'range' },
    },
    key: 'mail_sent.id',
    sort: 'scheduled_at',
    rows: ({ principal }, { visibleSent }: SendingScope) => visibleSent(principal).where({ status: 'scheduled' }),
    items: (rows: SentRow[]) => rows.map(listedSent),
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/sent',
    access: SEND,
    summary: 'Sends a mail, at once or at a time',
    body: Written,
    bodyLimit: MAX_FILES + 2 * MAX_TEXT,
    requestHeaders: {
      'Idempotency-Key': 'A second request with the same key from the same mailbox sends nothing more',
    },
    responses: { 201: SentDetail },
    async handler({ body, principal, ctx }, services: SendingScope) {
      const { from_name: fromName, scheduled_at, answer_to, files = [], ...mail } = body;
      await checkMaySend(principal, services);
      const idempotencyKey = ctx.get('idempotency-key').slice(0, 200);
      const row = await services.outbox.send(principal, {
        ...mail,
        ...(fromName && { fromName }),
        ...(idempotencyKey && { idempotencyKey }),
        headers: answer_to === undefined ? {} : await headersFor(principal, answer_to, services),
        files: files.map(({ content, ...file }) => ({ ...file, content: Buffer.from(content, 'base64') })),
        scheduledAt: scheduled_at === undefined ? null : Date.parse(scheduled_at),
      });
      return reply(201, await detailOf(row, services));
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/sent/{id}',
    access: READ,
    summary: 'A sent or scheduled mail, with its delivery status for each recipient',
    params: SentId,
    responses: { 200: SentDetail },
    handler: async ({ params, principal }, services: SendingScope) =>
      detailOf(await services.outbox.find(principal, params.id), services),
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/mail/sent/{id}',
    access: SEND,
    summary: 'Calls a scheduled mail off, or changes its time',
    params: SentId,
    body: Type.Object({ status: Type.Optional(Type.Literal('canceled')), scheduled_at: Type.Optional(Time) }),
    responses: { 200: SentDetail },
    async handler({ params, body, principal }, services: SendingScope) {
      await checkMaySend(principal, services);
      const { outbox } = services;
      if (body.status === 'canceled') await outbox.cancel(principal, params.id);
      else if (body.scheduled_at === undefined) throw mailErrors.no_change();
      else await outbox.reschedule(principal, params.id, Date.parse(body.scheduled_at));
      return detailOf(await outbox.find(principal, params.id), services);
    },
  }),
];

/** Who answers has read: a key needs the scope for that too. */
async function headersFor(principal: Principal, id: number, { automaticAnswers, messageOpening }: SendingScope) {
  if (!hasScope(principal, 'mail:read')) throw coreErrors.insufficient_scope({ extra: { required: 'mail:read' } });
  const message = await messageOpening.peek(principal, id);
  return answerTo(message, (await automaticAnswers.about(message)).references);
}

async function detailOf(row: SentRow, { outbox }: SendingScope): Promise<Static<typeof SentDetail>> {
  const deliveries = await outbox.deliveriesOf(row.id);
  return {
    ...listedSent(row),
    text: row.text,
    html: row.html,
    recipients: deliveries.map(({ recipient, status, attempts, answer, updated_at }) => ({
      recipient,
      status,
      attempts,
      answer,
      updated_at: isoTime(updated_at),
    })),
  };
}

function listedSent(row: SentRow): Static<typeof ListedSent> {
  const { uuid, from_addr, from_name, recipients, subject, kind, status, scheduled_at } = row;
  return {
    id: uuid,
    from: from_addr,
    from_name,
    to: recipients.split(','),
    subject,
    kind,
    status,
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
    scheduled_at: scheduled_at === null ? null : isoTime(scheduled_at),
  };
}
