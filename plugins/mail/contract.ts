/** What other plugins may use of mail: its services, events and hooks. */

import type { MailAcceptance } from './services/acceptance.ts';
import type { Mailboxes } from './services/mailboxes.ts';
import type { ParseLoop } from './services/parse-loop.ts';
import type { MailReading } from './services/reading.ts';
import type { MailSessions } from './services/sessions.ts';
import type { SmtpReceiver } from './services/smtp-receiver.ts';

export interface MailReceived {
  message_id: number;
  mailbox: string;
  from: string;
  to: string;
  subject: string;
  received_at: number;
  verification_code: string;
  size_bytes: number;
}

export interface Envelope {
  from: string;
  /** Addresses that were accepted at RCPT, lower-case. */
  to: readonly string[];
  remoteIp: string;
}

declare module '#core/plugin.ts' {
  interface Services {
    mailboxes: Mailboxes;
    mailAcceptance: MailAcceptance;
    mailParseLoop: ParseLoop;
    mailReading: MailReading;
    mailSessions: MailSessions;
    smtpReceiver: SmtpReceiver;
  }
  interface EventCatalogue {
    'mail.received': MailReceived;
  }
  interface HookCatalogue {
    /** Before a message is stored; throw an AppError to refuse it with its sentence (SMTP 550). */
    'mail.accepting': { envelope: Envelope; sizeBytes: number };
  }
}
