/** Stages of a message on its way through the parser: it waits, something is found in it, and the rules judge that. */
import type { MailboxRow, MessageRow } from '../../mailboxes/tables.ts';
import type { Target } from '../../may-send.ts';
import type { AuthResults } from '../../messages/authentication/mail-authentication.ts';
import type { StoredMessage } from '../../messages/parser/stored-message.ts';
import type { Verdict } from '../../rules/rules.ts';
import type { DeliveryReport } from '../../sending/outcomes.ts';

export const MESSAGE_COLUMNS = [
  'id',
  'blob_id',
  'mailbox_id',
  'size_bytes',
  'received_at',
  'sender',
  'to_addrs',
  'subject',
  'envelope_from',
  'envelope_to',
  'remote_ip',
  'helo',
  'parse_tries',
] as const;
export const MAILBOX_COLUMNS = ['address', 'domain', 'tenant_id', 'user_id', 'forward_to', 'forward_by'] as const;

/** A message that waits for the parser, with what is needed of its mailbox. */
export type Waiting = Pick<MessageRow, (typeof MESSAGE_COLUMNS)[number]> &
  Pick<MailboxRow, (typeof MAILBOX_COLUMNS)[number]>;

export type ParseOutcome = { parsed: StoredMessage } | { error: string };

export interface Found {
  row: Waiting;
  outcome: ParseOutcome;
  auth: AuthResults | null;
}

/** What the rules of its mailbox say, and where copies go. */
export interface Judged {
  verdict: Verdict;
  targets: readonly Target[];
  /** Whether its tenant's plan has room for copies. */
  mayForward: boolean;
}

/** With what the rules of its mailbox say. */
export interface Result extends Judged {
  row: Waiting;
  parsed: StoredMessage;
  error: string | null;
  auth: AuthResults | null;
  /** What it reports of a delivery of ours, when that can be believed. */
  report: DeliveryReport | null;
}
