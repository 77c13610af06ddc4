/** Receiving: SMTP and submission, acceptance, the queue of the parser, and what follows from a mail that has come. */
import Type from 'typebox';
import { processHasRole } from '#core/kit.ts';
import { type CloudEvent, definePart, type Principal } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { MailReceived } from '../contract.ts';
import { mayFollow } from '../mailboxes/event-access.ts';
import { READ } from '../shapes.ts';
import { RECEIVING_ACTIVITY } from './activity.ts';
import { RECEIVING_STEPS } from './first-steps.ts';
import { pastMails } from './past-events.ts';
import { RECEIVED_METER } from './receiving-limit.ts';
import { receivingRoutes } from './routes.ts';
import { type ReceivingScope, receivingServices } from './services.ts';
import './tables.ts';

export const receiving = definePart<ReceivingScope & { config: MailConfig }>({
  name: 'receiving',
  summary: 'SMTP and submission, acceptance, the queue of the parser, and what follows from a mail that has come',
  needs: ['mailboxes', 'messages', 'rules', 'webhooks', 'sending'],
  services: receivingServices,
  routes: receivingRoutes,
  events: {
    'mail.received': Type.Object({
      message_id: Type.Integer(),
      mailbox: Type.String(),
      from: Type.String(),
      to: Type.String(),
      subject: Type.String(),
      received_at: Type.Integer(),
      verification_code: Type.String(),
      size_bytes: Type.Integer(),
      attachments: Type.Integer({ description: 'How many there are' }),
      is_automatic: Type.Boolean({
        description: 'A bounce, an answer of a program, or mail of a list: it is to get no automatic answer (RFC 3834)',
      }),
    }),
  },
  eventAccess: {
    'mail.received': {
      ...READ,
      mayFollow,
      isFor: ({ data }: CloudEvent<MailReceived>, principal: Principal, { mailVisibility }: ReceivingScope) =>
        mailVisibility.mayRead(principal, data.message_id),
    },
  },
  lastEvents: { 'mail.received': pastMails },
  hookPoints: { 'mail.accepting': 'Before a message is stored' },
  meters: [RECEIVED_METER],
  activity: RECEIVING_ACTIVITY,
  firstSteps: RECEIVING_STEPS,
  gauges: [
    {
      name: 'patchbay_mail_unparsed',
      help: 'Mails that were accepted and wait to be parsed',
      read: async ({ mailHealth }: ReceivingScope) => [{ value: (await mailHealth.backlog()).unparsed }],
    },
    {
      name: 'patchbay_mail_oldest_unparsed_seconds',
      help: 'Age of the oldest mail that waits to be parsed',
      read: async ({ mailHealth }: ReceivingScope) => [{ value: (await mailHealth.backlog()).oldestMs / 1000 }],
    },
  ],
  async start({ coreConfig, mailParseLoop }) {
    if (processHasRole(coreConfig, 'parse')) await mailParseLoop.start();
  },
  async stop({ smtpReceiver, submissionServer, mailParseLoop }) {
    await Promise.all([smtpReceiver.stop(), submissionServer.stop()]);
    await mailParseLoop.stop();
  },
});
