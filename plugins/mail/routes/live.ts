/** Our own API: new mail as it comes, and waiting for one mail. */
import Type from 'typebox';
import { eventStream, HANDLED, reply, route, whileAllowed } from '#core/plugin.ts';
import type { MailScope } from '../scope.ts';

const read = { scope: 'mail:read', kinds: ['user', 'apiKey', 'root', 'mailbox'] } as const;
const Mailbox = Type.String({ minLength: 3, maxLength: 320 });
const MAX_WAIT_SECONDS = 120;

export const FoundMailView = Type.Object({
  id: Type.Integer(),
  from: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  received_at: Type.Integer(),
  code: Type.String(),
  links: Type.Array(Type.String()),
  text: Type.String(),
});

export const liveRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/mail/stream',
    access: read,
    summary: 'New mail as server-sent events, of one mailbox or of all that you may read',
    query: Type.Object({ mailbox: Type.Optional(Mailbox) }),
    responses: { 200: null },
    async handler({ query, principal, ctx, log }, { mailWaiting, mailboxes }: MailScope) {
      const only = principal.kind === 'mailbox' ? principal.id : (query.mailbox ?? null);
      const address = only && (await mailboxes.readable(principal, only)).address;
      const stream = eventStream(ctx);
      const stop = mailWaiting.watch(principal, address, {
        tell: (mail) => stream.send({ type: 'mail.received', id: String(mail.message_id), data: mail }),
        failed(error) {
          log.warn({ err: error }, 'A mail stream was ended');
          stream.close();
        },
      });
      stream.onClose(stop);
      return HANDLED;
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/mail/wait',
    access: read,
    summary: 'The newest mail that matches, held until there is one; 408 when none came in time',
    query: Type.Object({
      mailbox: Mailbox,
      from: Type.Optional(Type.String({ maxLength: 320 })),
      subject: Type.Optional(Type.String({ maxLength: 500 })),
      since: Type.Optional(Type.Integer({ minimum: 0, description: 'Only mail from then on (ms since the epoch)' })),
      timeout: Type.Optional(
        Type.Integer({ minimum: 0, maximum: MAX_WAIT_SECONDS, description: 'Seconds; default 30' }),
      ),
    }),
    responses: { 200: FoundMailView, 408: Type.Object({ code: Type.String(), detail: Type.String() }) },
    async handler({ query, principal, ctx }, { mailWaiting }: MailScope) {
      const { timeout = 30, ...filter } = query;
      const found = await whileAllowed(ctx, (signal) => mailWaiting.waitFor(principal, filter, timeout * 1000, signal));
      return found ?? reply(408, { code: 'no_mail', detail: 'No matching mail came in time' });
    },
  }),
];
