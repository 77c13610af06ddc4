/** What the guest sees: made-up mail, so that somebody can look around without seeing anybody's. */
import type { MailboxRow } from '../mailboxes/tables.ts';
import type { OpenMessage } from '../reading/reading.ts';

const HOUR_MS = 3600_000;

export function demoMailboxes(domain: string, now: number): MailboxRow[] {
  return ['demo', 'newsletter', 'signup'].map((local, index) => ({
    id: index + 1,
    address: `${local}@${domain}`,
    domain,
    user_id: null,
    tenant_id: null,
    created_at: now - (index + 1) * HOUR_MS,
    expires_at: null,
    is_pinned: index === 0 ? 1 : 0,
    is_favorite: 0,
    forward_to: null,
    forward_by: null,
    password_hash: null,
    can_login: 0,
    made_by_mail: 0,
    hidden_up_to: 0,
    removed_at: null,
  }));
}

const MAILS = [
  {
    sender: 'team@shop.example',
    subject: 'Your verification code',
    text: 'Your verification code is 482913.',
    code: '482913',
  },
  {
    sender: 'news@weekly.example',
    subject: 'This week in gardening',
    text: 'Tomatoes, roses, and a look at compost.',
    code: '',
  },
  { sender: 'support@bank.example', subject: '登录验证码', text: '您的验证码是 730164,5 分钟内有效。', code: '730164' },
];

export type DemoMessage = OpenMessage;

export function demoMessages(address: string, now: number): DemoMessage[] {
  return MAILS.map(({ sender, subject, text, code }, index) => ({
    id: index + 1,
    mailbox_id: 1,
    blob_id: 0,
    envelope_from: sender,
    envelope_to: address,
    remote_ip: '192.0.2.1',
    sender,
    sender_name: null,
    to_addrs: address,
    subject,
    preview: text,
    verification_code: code,
    size_bytes: text.length,
    received_at: now - (index + 1) * HOUR_MS,
    is_read: index === 0 ? 0 : 1,
    parsed_at: now,
    parse_error: null,
    helo: 'mx.example',
    message_ref: null,
    thread_id: index + 1,
    auth_results: null,
    folder: 'inbox',
    held: null,
    tags: '',
    parse_tries: 1,
    parse_lease_until: null,
    attachment_count: 0,
    text,
    html: `<p>${text}</p>`,
    attachments: '[]',
  }));
}
