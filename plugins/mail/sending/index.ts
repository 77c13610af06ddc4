/** Sending: mail that people and programs write or forward, its deliveries, what becomes of them, and who gets no more. */
import Type from 'typebox';
import { type CloudEvent, definePart, type Principal } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { SentEvent } from '../contract.ts';
import { isFound } from '../mailboxes/event-access.ts';
import { SENT_TO_THEM } from './about-people.ts';
import { SENDING_ACTIVITY } from './activity.ts';
import { undeliveredAlert } from './alerts.ts';
import { SENDING_ATTENTION } from './attention.ts';
import { mailDnsCommand } from './command.ts';
import { resumeDeliveries } from './cron.ts';
import { sendingFunctions } from './functions.ts';
import { deliverMail } from './jobs.ts';
import { dnsRecordRoutes } from './routes/dns-records.ts';
import { ListedSent, sentRoutes } from './routes/sent.ts';
import { SuppressionView, suppressionRoutes } from './routes/suppressions.ts';
import { SENT_METER } from './sent-meter.ts';
import { type SendingScope, sendingServices } from './services.ts';
import { domainSettings } from './settings.ts';
import { sendingTables } from './tables.ts';

const Sent = Type.Object({
  id: Type.String(),
  from: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  reason: Type.Optional(Type.String({ description: 'Why it bounced' })),
});

const ofSent = {
  scope: 'mail:read',
  isFor: ({ data }: CloudEvent<SentEvent>, principal: Principal, { outbox }: SendingScope) =>
    isFound(() => outbox.find(principal, data.id)),
};

export const sending = definePart<SendingScope & { config: MailConfig }>({
  name: 'sending',
  summary: 'Outgoing mail: deliveries, their status, and suppressed addresses',
  needs: ['mailboxes', 'messages'],
  tables: sendingTables,
  services: sendingServices,
  routes: [...sentRoutes, ...suppressionRoutes, ...dnsRecordRoutes],
  settings: [domainSettings],
  schemas: { ListedSent, Suppression: SuppressionView },
  cron: [resumeDeliveries],
  jobs: [deliverMail],
  events: { 'mail.sent': Sent, 'mail.forwarded': Sent, 'mail.bounced': Sent },
  eventAccess: { 'mail.sent': ofSent, 'mail.forwarded': ofSent, 'mail.bounced': ofSent },
  functions: sendingFunctions,
  meters: [SENT_METER],
  activity: SENDING_ACTIVITY,
  attention: SENDING_ATTENTION,
  aboutPeople: [SENT_TO_THEM],
  alerts: [undeliveredAlert],
  commands: [mailDnsCommand],
  start: ({ delivering }) => delivering.resume(),
});
