/** Our own API: the first minutes with mail, where it goes to, and a first mail. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { mailErrors } from '../errors.ts';
import { MailboxAddress } from '../shapes.ts';
import { firstMail } from './first-mail.ts';
import { acceptWhole } from './receive-message.ts';
import type { ReceivingScope } from './services.ts';
import { isTryout } from './tryout-names.ts';

const access = 'superadmin';

export const receivingRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/mail/receiving',
    access,
    summary: 'Where this server takes mail, and for which domain first of all',
    responses: {
      200: Type.Object({
        domain: Type.String({ description: 'The first of the configuration' }),
        is_tryout: Type.Boolean({ description: 'A reserved name, that no other server can send to' }),
        port: Type.Union([Type.Integer(), Type.Null()], { description: 'Of the SMTP receiver; null while it is off' }),
        is_local: Type.Boolean({ description: 'It listens for programs of this machine alone' }),
        host: Type.String({ description: 'Its name for other servers, for the DNS records of the domain' }),
      }),
    },
    handler(_, { mailboxes, smtpReceiver }: ReceivingScope) {
      const domain = mailboxes.domains()[0] ?? '';
      const { hostname, isLocal } = smtpReceiver.listening;
      return {
        domain,
        is_tryout: isTryout(domain),
        port: smtpReceiver.port(),
        is_local: isLocal,
        host: isTryout(hostname) ? `mail.${domain}` : hostname,
      };
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/test-mail',
    access,
    summary: 'Puts a test mail into one of your mailboxes, on the way that all mail takes',
    rateLimit: { name: 'mail.testMail', points: 10, windowSeconds: 60, by: 'principal' },
    body: Type.Object({
      mailbox: MailboxAddress,
      language: Type.Enum(['en', 'zh'], { default: 'en' }),
    }),
    responses: { 202: null },
    async handler({ body, principal }, services: ReceivingScope) {
      const { mailboxes, receivingLimit, clock } = services;
      const { address } = await mailboxes.readable(principal, body.mailbox);
      const own = mailboxes.own(address);
      if (!own) throw mailErrors.mailbox_not_found();
      if (await receivingLimit.isReached(own)) throw mailErrors.mailbox_full();
      const { from, raw } = firstMail(own, body.language, clock.now());
      const envelope = { from, to: [address], remoteIp: '127.0.0.1', helo: 'localhost' };
      await acceptWhole(raw, { envelope, recipients: [own], services });
    },
  }),
];
