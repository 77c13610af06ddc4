/** Visibility: which mailboxes, messages and sent mail somebody sees, as queries for lists. Tables: mail_mailboxes, mail_messages, mail_sent. */
import type { Knex } from 'knex';
import { isSuperadmin } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { MessageRow } from '../tables.ts';
import { isMailAdmin } from './legacy-roles.ts';
import type { MailboxTaking } from './mailbox-taking.ts';

/** In an object, because a query is a promise of its rows. */
type Sight = Promise<{ query: Knex.QueryBuilder }>;

export interface MailSight {
  /** With `unseen_up_to`: the newest message of each that is hidden from the principal. */
  mailboxes(principal: Principal): Sight;
  /** Parsed messages with the address of their `mailbox`. */
  messages(principal: Principal, folder: MessageRow['folder']): Sight;
  /** What people have sent; not what was forwarded for them. */
  sent(principal: Principal): Knex.QueryBuilder;
}

export function createMailSight({
  db,
  clock,
  config,
  mailboxTaking,
}: Services & { mailboxTaking: MailboxTaking; config: MailConfig }): MailSight {
  return { mailboxes, messages, sent };

  async function mailboxes(principal: Principal): Sight {
    const query = db.read('mail_mailboxes').whereNull('removed_at');
    whereOwn(query, principal);
    const hidden = (await seesHidden(principal)) ? db.read.raw('0') : db.read.ref('hidden_up_to');
    return { query: query.select('mail_mailboxes.*', db.read.raw('? as unseen_up_to', [hidden])) };
  }

  async function messages(principal: Principal, folder: MessageRow['folder']): Sight {
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

  function sent(principal: Principal): Knex.QueryBuilder {
    const query = db.read('mail_sent').whereNot('mail_sent.kind', 'forwarded');
    if (isSuperadmin(principal)) return query;
    if (principal.kind === 'mailbox') {
      return query.where('mail_sent.from_addr', principal.id).whereExists(sentByOwnerOf(principal.id));
    }
    if (isMailAdmin(principal)) return query.where('mail_sent.tenant_id', principal.tenantId ?? '');
    return query.where('mail_sent.user_id', principal.userId ?? 0);
  }

  /** What an earlier owner of the address has sent is not the present one's. */
  function sentByOwnerOf(address: string): Knex.QueryBuilder {
    return db
      .read('mail_mailboxes')
      .where({ address })
      .whereRaw('mail_sent.from_addr = mail_mailboxes.address')
      .whereRaw('mail_sent.user_id is not distinct from mail_mailboxes.user_id')
      .whereRaw('mail_sent.tenant_id is not distinct from mail_mailboxes.tenant_id')
      .select('mail_mailboxes.id');
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
