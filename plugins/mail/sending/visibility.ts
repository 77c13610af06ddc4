/** Visibility of sent mail, as a query for lists. Tables: mail_sent, mail_mailboxes. */
import type { Knex } from 'knex';
import { isSuperadmin } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import { isMailAdmin } from '../mail-admin.ts';

/** What people have sent; not what was forwarded for them. */
export type VisibleSent = (principal: Principal) => Knex.QueryBuilder;

export function createVisibleSent({ db }: Services): VisibleSent {
  return (principal) => {
    const query = db.read('mail_sent').whereNot('mail_sent.kind', 'forwarded');
    if (isSuperadmin(principal)) return query;
    if (principal.kind === 'mailbox') {
      return query.where('mail_sent.from_addr', principal.id).whereExists(sentByOwnerOf(principal.id));
    }
    if (isMailAdmin(principal)) return query.where('mail_sent.tenant_id', principal.tenantId ?? '');
    return query.where('mail_sent.user_id', principal.userId ?? 0);
  };

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
}
