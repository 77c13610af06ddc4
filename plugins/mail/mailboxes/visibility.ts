/** Visibility: which mailboxes and messages somebody sees, as queries for lists. Tables: mail_mailboxes, mail_messages. */
import type { Knex } from 'knex';
import { isSuperadmin } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import { isMailAdmin } from '../mail-admin.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { MailboxRow, MessageRow } from './tables.ts';
import type { MailboxTaking } from './taking.ts';

/** In an object, because a query is a promise of its rows. */
type Visible = Promise<{ query: Knex.QueryBuilder }>;

export interface MailVisibility {
  /** With `unseen_up_to`: the newest message of each that is hidden from the principal. */
  mailboxes(principal: Principal): Visible;
  /** Parsed messages with the address of their `mailbox`. */
  messages(principal: Principal, folder: MessageRow['folder']): Visible;
  /** Whether the principal may read a message at this moment: its mailbox may have another owner by now. */
  mayRead(principal: Principal, messageId: number): Promise<boolean>;
}

export function createMailVisibility({
  db,
  clock,
  config,
  mailboxes: known,
  mailboxTaking,
}: Services & { mailboxes: Mailboxes; mailboxTaking: MailboxTaking; config: MailConfig }): MailVisibility {
  /** Looks under way: all who follow a message share the one for it. */
  const looks = new Map<number, Promise<MailboxRow | null>>();

  return { mailboxes, messages, mayRead };

  async function mailboxes(principal: Principal): Visible {
    const query = db.read('mail_mailboxes').whereNull('removed_at');
    whereOwn(query, principal);
    const hidden = (await seesHidden(principal)) ? db.read.raw('0') : db.read.ref('hidden_up_to');
    return { query: query.select('mail_mailboxes.*', db.read.raw('? as unseen_up_to', [hidden])) };
  }

  async function messages(principal: Principal, folder: MessageRow['folder']): Visible {
    const query = db
      .read('mail_messages')
      .join('mail_mailboxes', 'mail_mailboxes.id', 'mail_messages.mailbox_id')
      .where('mail_messages.folder', folder)
      .whereNotNull('mail_messages.parsed_at')
      .whereNull('mail_mailboxes.removed_at')
      .select('mail_messages.*', 'mail_mailboxes.address as mailbox');
    whereOwn(query, principal);
    if (!(await seesHidden(principal))) query.whereRaw('mail_messages.id > mail_mailboxes.hidden_up_to');
    if (principal.kind === 'mailbox' && !isSuperadmin(principal)) {
      // Somebody signed in as a mailbox sees the last day of it.
      query.where('mail_messages.received_at', '>=', clock.now() - config.mailboxSessionWindow * 1000);
    }
    return { query };
  }

  async function mayRead(principal: Principal, messageId: number): Promise<boolean> {
    const mailbox = await mailboxOf(messageId);
    if (!mailbox || !known.mayRead(principal, mailbox)) return false;
    return messageId > (await known.hiddenUpTo(principal, mailbox));
  }

  /** The mailbox of a message, as it is now; one query, however many ask at the moment. */
  function mailboxOf(messageId: number): Promise<MailboxRow | null> {
    const underWay = looks.get(messageId);
    if (underWay) return underWay;
    const found: Promise<MailboxRow | undefined> = db
      .read('mail_mailboxes')
      .join('mail_messages', 'mail_messages.mailbox_id', 'mail_mailboxes.id')
      .where('mail_messages.id', messageId)
      .whereNull('mail_mailboxes.removed_at')
      .first('mail_mailboxes.*');
    const look = found.then((row) => row ?? null).finally(() => looks.delete(messageId));
    looks.set(messageId, look);
    return look;
  }

  /** Whether mail from before a mailbox had its owner is theirs to see. */
  async function seesHidden(principal: Principal): Promise<boolean> {
    if (isSuperadmin(principal)) return true;
    return isMailAdmin(principal) && (await mailboxTaking.isOperator(principal.tenantId));
  }
}

/** Their own; those of the tenant for its administrators; all for super-admins. Nobody has those that have no owner. */
export function whereOwn(query: Knex.QueryBuilder, principal: Principal): void {
  if (isSuperadmin(principal)) return;
  if (principal.kind === 'mailbox') query.where('mail_mailboxes.address', principal.id);
  else if (isMailAdmin(principal)) query.where('mail_mailboxes.tenant_id', principal.tenantId ?? '');
  else query.where('mail_mailboxes.user_id', principal.userId ?? 0);
}
