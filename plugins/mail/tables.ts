/** Rows of mail's tables. */

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
  password_hash: string | null;
  can_login: number;
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
}

/** Text and HTML, apart from the rows that lists read. */
export interface ContentRow {
  message_id: number;
  text: string;
  html: string;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    mail_mailboxes: MailboxRow;
    mail_messages: MessageRow;
    mail_contents: ContentRow;
  }
}
