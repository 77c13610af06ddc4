/** What other plugins may use of mail: its events and hooks. It imports nothing from inside. */

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
  /** What the client called itself at EHLO. */
  helo: string;
}

/** A recipient in one of our domains. */
export interface OwnAddress {
  /** The mailbox: lower-case, without the `+detail`, the domain in ASCII. */
  address: string;
  domain: string;
  /** As it was written to, lower-case, with its detail. */
  recipient?: string;
}

/** What a message's header says, at a glance. */
export interface HeaderGlance {
  from: string;
  to: string;
  subject: string;
}

/** A message that is about to be stored, for hooks. */
export interface AcceptingMail {
  envelope: Envelope;
  recipients: readonly OwnAddress[];
  sizeBytes: number;
  /** From, To and Subject, at a glance. */
  header(): HeaderGlance;
  /** All bytes. */
  raw(): Promise<Buffer>;
}

export interface MailboxEvent {
  mailbox_id: number;
  address: string;
}

export interface SentEvent {
  id: string;
  from: string;
  to: string;
  subject: string;
}

declare global {
  namespace Patchbay {
    interface EventCatalogue {
      'mail.received': MailReceived;
      /** Handed to the next server. */
      'mail.sent': SentEvent;
      'mail.forwarded': SentEvent;
      /** Refused for good, or given up. */
      'mail.bounced': SentEvent & { reason: string };
      'mailbox.created': MailboxEvent;
      'mailbox.expired': MailboxEvent;
    }
    interface HookCatalogue {
      /** Before a message is stored; throw an AppError to refuse it with its sentence (SMTP 550). */
      'mail.accepting': AcceptingMail;
    }
  }
}
