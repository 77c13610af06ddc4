/** Our own API: waiting for one mail. New mail as it comes is on the live channel. */
import Type from 'typebox';
import { whileAllowed } from '#core/kit.ts';
import { reply, route } from '#core/plugin.ts';
import { MailboxAddress, READ } from '../../shapes.ts';
import type { ReadingScope } from '../services.ts';

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

export const waitingRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/mail/wait',
    operationId: 'waitForMail',
    access: READ,
    summary: 'The newest mail that matches, held until there is one; 408 when none arrived in time',
    query: Type.Object({
      mailbox: MailboxAddress,
      from: Type.Optional(Type.String({ maxLength: 320 })),
      subject: Type.Optional(Type.String({ maxLength: 500 })),
      since: Type.Optional(Type.Integer({ minimum: 0, description: 'Only mail from then on (ms since the epoch)' })),
      timeout: Type.Optional(
        Type.Integer({ minimum: 0, maximum: MAX_WAIT_SECONDS, description: 'Seconds; default 30' }),
      ),
    }),
    responses: { 200: FoundMailView, 408: Type.Object({ code: Type.String(), detail: Type.String() }) },
    async handler({ query, principal, ctx }, { mailWaiting }: ReadingScope) {
      const { timeout = 30, ...filter } = query;
      const found = await whileAllowed(ctx, (signal) => mailWaiting.waitFor(principal, filter, timeout * 1000, signal));
      return found ?? reply(408, { code: 'no_mail', detail: 'No matching mail arrived in time' });
    },
  }),
];
