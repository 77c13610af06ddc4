/** Mailboxes with a built-in SMTP receiver. Speaks the temp-mail dialect. */
import Type from 'typebox';
import { definePlugin } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { cookieAuthenticator } from './authenticator.ts';
import { MailConfig } from './config.ts';
import './contract.ts';
import { removeExpired } from './cron.ts';
import { tempMailDialect } from './dialect.ts';
import { mailboxRoutes } from './routes/mailboxes.ts';
import { messageRoutes } from './routes/messages.ts';
import { sessionRoutes } from './routes/session.ts';
import { createMailAcceptance } from './services/acceptance.ts';
import { createMailboxes } from './services/mailboxes.ts';
import { createParseLoop } from './services/parse-loop.ts';
import { createMailReading } from './services/reading.ts';
import { createMailSessions } from './services/sessions.ts';
import { createSmtpReceiver } from './services/smtp-receiver.ts';

export default definePlugin({
  name: 'mail',
  summary: 'Mailboxes with a built-in SMTP receiver',
  requires: ['auth'],
  config: MailConfig,
  migrations: new URL('./migrations/', import.meta.url),
  services: {
    mailboxes: createMailboxes,
    mailParseLoop: createParseLoop,
    mailAcceptance: createMailAcceptance,
    mailReading: createMailReading,
    mailSessions: createMailSessions,
    smtpReceiver: createSmtpReceiver,
  },
  dialects: [tempMailDialect],
  authenticators: [cookieAuthenticator],
  routes: [...sessionRoutes, ...mailboxRoutes, ...messageRoutes],
  cron: [removeExpired],
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
    }),
  },
  scopes: {
    'mail:read': 'Read mail and see mailboxes',
    'mail:manage': 'Make and change mailboxes',
    'mail:send': 'Send mail',
  },
  async start({ smtpReceiver, mailParseLoop }) {
    await smtpReceiver.start();
    mailParseLoop.start();
  },
  async stop({ smtpReceiver, mailParseLoop }) {
    await smtpReceiver.stop();
    await mailParseLoop.stop();
  },
  health: async ({ smtpReceiver }) => ({ ok: true, detail: { smtp_port: smtpReceiver.port() } }),
  async announce({ smtpReceiver, mailboxes }) {
    const port = smtpReceiver.port();
    return port === null ? [] : [`SMTP listens on port ${port} for ${mailboxes.domains().join(', ')}`];
  },
});
