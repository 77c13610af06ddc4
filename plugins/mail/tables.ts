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

/** A cookie that was signed out before its time. */
export interface EndedSessionRow {
  id: string;
  /** When the cookie ends by itself. */
  expires_at: number;
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

/** Text and HTML, apart from the rows that lists read. */
export interface ContentRow {
  message_id: number;
  text: string;
  html: string;
  /** JSON list of AttachmentInfo. */
  attachments: string;
  /** JSON list of addresses; null for mail that was parsed before they were kept. */
  links: string | null;
  /** 1 when text and HTML are too long to be stored twice: they are empty, and in the bytes of the mail. */
  is_long: number;
}

export interface RuleRow {
  id: number;
  tenant_id: string | null;
  mailbox_id: number | null;
  domain: string | null;
  name: string;
  position: number;
  is_enabled: number;
  /** JSON: RuleConditions. */
  conditions: string;
  /** One of mail's own, or of another plugin: `plugin.action`. */
  action: string;
  /** Where to forward, or the tag. */
  value: string | null;
  /** JSON: settings of an action that another plugin brings. */
  settings: string | null;
  created_at: number;
  /** Id of the user who made or changed it, unless a super-admin did. */
  made_by: number | null;
}

export type SentStatus = 'scheduled' | 'queued' | 'sent' | 'delivered' | 'bounced' | 'failed' | 'canceled';

/** One message that somebody sent, or that is forwarded. */
export interface SentRow {
  id: number;
  uuid: string;
  user_id: number | null;
  tenant_id: string | null;
  from_addr: string;
  from_name: string | null;
  /** Comma-separated. */
  recipients: string;
  subject: string;
  html: string;
  text: string;
  blob_id: number | null;
  kind: 'composed' | 'submitted' | 'forwarded';
  status: SentStatus;
  provider_id: string | null;
  idempotency_key: string | null;
  /** JSON. */
  headers: string;
  /** Id of the user whose right to send it leaves by; null when nobody is asked. */
  sent_by: number | null;
  scheduled_at: number | null;
  created_at: number;
  updated_at: number;
}

/** One recipient of it. */
export interface DeliveryRow {
  id: number;
  sent_id: number;
  recipient: string;
  domain: string;
  envelope_from: string;
  status: Exclude<SentStatus, 'scheduled'>;
  attempts: number;
  /** What the other side said last. */
  answer: string | null;
  first_try_at: number | null;
  updated_at: number;
}

export interface SuppressionRow {
  id: number;
  tenant_id: string | null;
  address: string;
  reason: string;
  created_at: number;
}

export interface DkimKeyRow {
  domain: string;
  selector: string;
  /** PEM, sealed for purpose `mail.dkim`. */
  private_key: string;
  /** Base64 of the SubjectPublicKeyInfo. */
  public_key: string;
  created_at: number;
}

export interface WebhookRow {
  id: number;
  mailbox_id: number;
  url: string;
  /** Sealed for purpose `mail.webhook`. */
  secret: string;
  created_at: number;
}

/** One event to one webhook, with its tries. */
export interface WebhookCallRow {
  id: number;
  webhook_id: number;
  /** Of the mail that it tells of; null for a test. */
  message_id: number | null;
  event_id: string;
  event_type: string;
  /** JSON: the CloudEvent that is sent. */
  event: string;
  state: 'waiting' | 'delivered' | 'failed';
  tries: number;
  /** Of the last answer. */
  status: number | null;
  /** Why there was none. */
  failure: string | null;
  /** The job of the last try: it knows when the next one is. */
  job_id: number | null;
  /** Where no job has tried it yet. */
  next_try_at: number | null;
  tried_at: number | null;
  created_at: number;
}

export interface GreylistRow {
  triplet: string;
  first_seen_at: number;
  passed_at: number | null;
  last_seen_at: number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    mail_mailboxes: MailboxRow;
    mail_ended_sessions: EndedSessionRow;
    mail_messages: MessageRow;
    mail_contents: ContentRow;
    mail_rules: RuleRow;
    mail_sent: SentRow;
    mail_deliveries: DeliveryRow;
    mail_suppressions: SuppressionRow;
    mail_dkim_keys: DkimKeyRow;
    mail_webhooks: WebhookRow;
    mail_webhook_calls: WebhookCallRow;
    mail_greylist: GreylistRow;
  }
}
