/**
 * The effects of a message: what follows from a mail that has come into an inbox: `mail.received`, copies to where it is forwarded, webhooks. At once when
 * it was parsed; of what lay in quarantine when somebody takes it out.
 */
import type { News } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import type { MessageRow } from '../mailboxes/tables.ts';
import type { AuthResults } from '../messages/authentication/authenticate.ts';
import type { MailRules } from '../rules/rules.ts';
import type { MailForwarding } from '../sending/forwarding.ts';
import { MAILS_SENT } from '../sending/sent-meter.ts';
import type { MailWebhooks } from '../webhooks/webhooks.ts';
import { type Judged, MAILBOX_COLUMNS, type Waiting } from './parse-queue/stages.ts';

/** Places that one mail goes on to. */
const MOST_TARGETS = 10;

export interface ReceivedMail {
  row: Waiting;
  sender: string;
  to: string;
  subject: string;
  verificationCode: string;
  attachments: number;
  isAutomatic: boolean;
  auth: AuthResults | null;
}

/** With what was decided about it. `isHidden`: it came before its mailbox had its owner, who is told nothing of it. */
export type Announced = ReceivedMail & Pick<Judged, 'targets' | 'mayForward'> & { isHidden: boolean };

export interface MailEffects {
  judge(arrived: Pick<ReceivedMail, 'row' | 'sender' | 'subject' | 'auth'>): Promise<Judged>;
  announce(trx: Transaction, mails: readonly Announced[]): Promise<void>;
  /** Out of quarantine into the inbox: what nobody was told of arrives now, once. */
  release(message: MessageRow): Promise<void>;
}

export function createMailEffects({
  db,
  events,
  usage,
  mailRules,
  mailForwarding,
  mailWebhooks,
  mailboxes,
}: Services & {
  mailboxes: Mailboxes;
  mailRules: MailRules;
  mailForwarding: MailForwarding;
  mailWebhooks: MailWebhooks;
}): MailEffects {
  return { judge, announce, release };

  async function judge({ row, sender, subject, auth }: Pick<ReceivedMail, 'row' | 'sender' | 'subject' | 'auth'>) {
    const { address, domain, size_bytes: sizeBytes } = row;
    const verdict = await mailRules.judge({ address, domain, sender, subject, sizeBytes, auth });
    const wanted = [{ to: row.forward_to ?? '', by: row.forward_by }, ...verdict.forwards];
    // To the mailbox itself, however it is spelled, a copy would only come back; and one mail must not make hundreds.
    const others = wanted.filter(({ to }) => to && mailboxes.own(to)?.address !== address);
    const targets = others
      .filter(({ to }, index) => others.findIndex((one) => one.to === to) === index)
      .slice(0, MOST_TARGETS);
    const mayForward = targets.length === 0 || (await usage.room(row.tenant_id, MAILS_SENT)) !== 'none';
    return { verdict, targets, mayForward };
  }

  async function announce(trx: Transaction, mails: readonly Announced[]): Promise<void> {
    const made = await events.emitAll(trx, 'mail.received', mails.map(newsOf));
    for (const [place, { row, auth, targets, mayForward, isHidden }] of mails.entries()) {
      if (isHidden) continue;
      const event = made[place];
      if (targets.length > 0) await mailForwarding.forward(trx, { ...row, auth }, targets, mayForward);
      if (event) await mailWebhooks.enqueue(trx, row.mailbox_id, event, row.id);
    }
  }

  async function release(message: MessageRow): Promise<void> {
    const mailbox = await db
      .read('mail_mailboxes')
      .where({ id: message.mailbox_id })
      .first(...MAILBOX_COLUMNS, 'hidden_up_to');
    if (!mailbox) return;
    const { id, sender, to_addrs: to, subject, verification_code: verificationCode, held } = message;
    const auth: AuthResults | null = message.auth_results === null ? null : JSON.parse(message.auth_results);
    const { hidden_up_to, ...own } = mailbox;
    const row = { ...message, ...own };
    const isHidden = id <= hidden_up_to;
    const judged = await judge({ row, sender, subject, auth });
    await db.transaction(async (trx) => {
      const isNews = await trx('mail_messages')
        .where({ id, folder: 'quarantine' })
        .whereNotNull('held')
        .update({ folder: 'inbox', held: null });
      if (isNews === 0) return;
      const isAutomatic = held === 'automatic';
      const { attachment_count: attachments } = message;
      const arrived = { row, sender, to, subject, verificationCode, attachments, isAutomatic, auth, isHidden };
      await announce(trx, [{ ...arrived, ...judged }]);
    });
  }
}

function newsOf({
  row,
  sender,
  to,
  subject,
  verificationCode,
  attachments,
  isAutomatic,
  isHidden,
}: Announced): News<'mail.received'> {
  return {
    data: {
      message_id: row.id,
      mailbox: row.address,
      from: sender,
      to,
      subject,
      received_at: row.received_at,
      verification_code: verificationCode,
      size_bytes: row.size_bytes,
      attachments,
      is_automatic: isAutomatic,
    },
    tenantId: isHidden ? null : row.tenant_id,
    subject: row.address,
  };
}
