/** Rows of mailboxes and of what lies in them. */
import type { OwnedTables } from '#core/plugin.ts';

export interface MailboxRow {
  id: number;
  /** Lower-case. */
  address: string;
  domain: string;
  /** Who owns it; null for one that mail has made, until somebody claims it. */
  user_id: number | null;
  /** The owner's tenant (uuid). */
  tenant_id: string | null;
  created_at: number;
  /** When it is deleted with its mail; null keeps it. */
  expires_at: number | null;
  is_pinned: number;
  is_favorite: number;
  forward_to: string | null;
  /** Id of the user who set that, unless a super-admin did. */
  forward_by: number | null;
  password_hash: string | null;
  can_login: number;
  /** Nobody has had it: a mail to an unknown address made it, and who may take mailboxes of its domain may take it. */
  made_by_mail: number;
  /** Id of the newest message from before its owner had it, which its owner does not see; 0 for none. */
  hidden_up_to: number;
  /** Since when it is being deleted; its address is free then, and stands here no more. */
  removed_at: number | null;
}

/** One message in one mailbox. A message to several mailboxes has a row in each and one blob. */
export interface MessageRow {
  id: number;
  mailbox_id: number;
  blob_id: number;
  envelope_from: string;
  envelope_to: string;
  remote_ip: string;
  /** From the header: at acceptance by a quick look, then by the parser. */
  sender: string;
  /** What the sender calls themselves; null for nothing, and for mail that was parsed before names were kept. */
  sender_name: string | null;
  to_addrs: string;
  subject: string;
  preview: string;
  verification_code: string;
  size_bytes: number;
  received_at: number;
  is_read: number;
  /** Null until the parser has been there. */
  parsed_at: number | null;
  /** Why it could not be parsed; the raw message is there all the same. */
  parse_error: string | null;
  /** What the client called itself at EHLO. */
  helo: string;
  /** Message-ID without its brackets, at most 255 characters. */
  message_ref: string | null;
  /** Id of the first message of its conversation in this mailbox. */
  thread_id: number | null;
  /** JSON: MailAuthentication; null when it was not checked. */
  auth_results: string | null;
  folder: 'inbox' | 'quarantine';
  /** In quarantine, and nobody was told of it: whether a program wrote it. Null: it has arrived. */
  held: 'automatic' | 'ordinary' | null;
  /** Words, each between commas: `,invoice,urgent,`. */
  tags: string;
  attachment_count: number;
  /** How often parsing was begun; counted before the try. */
  parse_tries: number;
  /** Until then whoever parses it has it for itself. */
  parse_lease_until: number | null;
}

declare global {
  namespace Patchbay {
    interface Tables {
      mail_mailboxes: MailboxRow;
      mail_messages: MessageRow;
    }
  }
}

/** Whose they are. */
export const mailboxTables = {
  mail_mailboxes: { 'tenant.deleted': { by: 'mail/erasure.ts' }, 'user.deleted': { by: 'mail/erasure.ts' } },
} satisfies OwnedTables;
