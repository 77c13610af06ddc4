/** What other plugins may use of mail: its events and hooks, and how to add actions of rules. It imports nothing from inside. */
import type { Static, TSchema } from 'typebox';
import type { Principal } from '#core/plugin.ts';

export interface MailReceived {
  message_id: number;
  mailbox: string;
  from: string;
  to: string;
  subject: string;
  received_at: number;
  verification_code: string;
  size_bytes: number;
  /** How many there are. */
  attachments: number;
  /** A bounce, an answer of a program, or mail of a list: it is to get no automatic answer (RFC 3834). */
  is_automatic: boolean;
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

export interface WebhookCalled {
  mailbox: string;
  webhook_id: number;
  call_id: number;
  state: 'waiting' | 'delivered' | 'failed';
}

export interface SentEvent {
  id: string;
  from: string;
  to: string;
  subject: string;
}

/** A mail that a rule is about, once it is stored. */
export interface RuledMail {
  message_id: number;
  mailbox: string;
  /** Whose mailbox it is; null for nobody's. */
  tenantId: string | null;
  from: string;
  to: string;
  subject: string;
  received_at: number;
  size_bytes: number;
}

/**
 * Something that rules of mailboxes and domains can do with a mail. A plugin that adds one requires `mail` and calls
 * `mailRuleActions.register(action)` in a service factory, so that it is there before the first rule runs.
 */
export interface MailRuleAction<S extends TSchema = TSchema> {
  /** `plugin.action`, as functions are called. */
  name: string;
  summary: string;
  /** What a rule says beside the name: its `settings`, an object. Other properties are refused. */
  input: S;
  /**
   * Throws an AppError to refuse the action to somebody who makes or changes a rule; asked again for each mail, of whoever made it,
   * so that a right which is taken away ends what was made with it.
   */
  mayUse?(principal: Principal): Promise<void>;
  /**
   * Does it, in a job that is repeated when it throws: a repeat has the same `idempotencyKey`. Nobody's mail waits for it,
   * and it does not change where the mail goes.
   */
  apply(
    mail: RuledMail,
    settings: Static<S>,
    call: { rule: number; idempotencyKey: string; signal: AbortSignal },
  ): Promise<void>;
}

export interface MailRuleActions {
  /** Adds one; throws when the name is taken, or when rules run already. */
  register<S extends TSchema>(action: MailRuleAction<S>): void;
}

/** What plugins that require `mail` see of it. */
export interface MailServices {
  mailRuleActions: MailRuleActions;
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
      /** A webhook was tried. */
      'webhook.called': WebhookCalled;
      'mailbox.created': MailboxEvent;
      'mailbox.expired': MailboxEvent;
    }
    interface HookCatalogue {
      /** Before a message is stored; throw an AppError to refuse it with its sentence (SMTP 550). */
      'mail.accepting': AcceptingMail;
    }
  }
}
