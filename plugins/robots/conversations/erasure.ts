/** Erasure: what goes from conversations with a person, before their robots, or with a tenant, after them. */
import { deleteInSteps } from '#core/kit.ts';
import type { EventHandler } from '#core/plugin.ts';
import type { ConversationsScope } from './services.ts';
import { deleteUnusedWords } from './words.ts';

/** What they wrote stays, without their name. */
export const erasePersonInInbox: EventHandler<'user.deleted'> = async ({ data }, { db }) => {
  const { id, tenant_id } = data;
  await db.write('robots_conversations').where({ tenant_id, assignee: id }).update({ assignee: null });
  await db.write('robots_team_members').where({ user_id: id }).delete();
};

/** Conversations go with the contacts, in steps. */
export const removeInboxOfTenant: EventHandler<'tenant.deleted'> = async (
  { data },
  { db, messageErasure }: ConversationsScope,
) => {
  const where = { tenant_id: data.tenant_id };
  await messageErasure.eraseAll((rows) => rows.where(where).orderBy('created_at'));
  await deleteInSteps(db, 'robots_contacts', 'id', (rows) => rows.where(where));
  await deleteUnusedWords(db);
};
