/** Erasure: what goes with a person or a tenant. */
import type { EventHandler } from '#core/plugin.ts';
import { deleteUnusedWords } from './receiving/word-index.ts';
import type { MailScope } from './scope.ts';

/** The mailboxes of somebody who is gone go too, with their mail and what was sent from them. */
export const removeMailOfUser: EventHandler<'user.deleted'> = async (
  { data },
  { db, mailboxSettings, mailDeletion, sentDeletion, auditLog }: MailScope,
) => {
  const mailboxes = await mailboxSettings.ofUser(data.id);
  await db.transaction(async (trx) => {
    for (const { id } of mailboxes) await auditLog.erase(trx, String(id));
  });
  // One that somebody has been given meanwhile is theirs.
  await mailDeletion.mailboxes(mailboxes, (now) => now.user_id === data.id);
  await sentDeletion.removeOf({ user_id: data.id });
  await deleteUnusedWords(db);
};

/** What a tenant had beside the mailboxes of its people: those of its workflows, rules, suppressions, queued work. */
export const removeMailOfTenant: EventHandler<'tenant.deleted'> = async (
  { data },
  { db, mailDeletion, mailRules, sentDeletion }: MailScope,
) => {
  const { tenant_id } = data;
  const mailboxes = await db.read('mail_mailboxes').where({ tenant_id }).select('id');
  await mailDeletion.mailboxes(mailboxes, (now) => now.tenant_id === tenant_id);
  await sentDeletion.removeOf({ tenant_id });
  await deleteUnusedWords(db);
  await db.transaction(async (trx) => {
    await mailRules.deleteOfTenant(trx, tenant_id);
    // Jobs carry mail in their payloads; one that runs at this moment finds nothing any more.
    await trx('core_jobs')
      .where({ lane: tenant_id })
      .whereIn('name', ['mail.deliver', 'mail.callWebhook', 'mail.applyRule'])
      .whereNot({ state: 'running' })
      .delete();
  });
};
