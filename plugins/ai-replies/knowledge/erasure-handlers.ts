/** What goes from knowledge when a person or a tenant is gone. */
import type { EventHandler } from '#core/plugin.ts';
import type { KnowledgeScope } from './services.ts';

/** What they were answered and nobody has approved goes; what was approved is the tenant's, and stays without whom it was said to. */
export const eraseContactInKnowledge: EventHandler<'contact.erased'> = async (
  { data },
  { db, wordIndex }: KnowledgeScope,
) => {
  const { contact_id } = data;
  const gone = await db.write('ai_replies_answers').where({ contact_id }).whereNot({ state: 'approved' }).delete();
  if (gone > 0) await wordIndex.deleteUnused('answer');
  const nobody = { contact_id: null, conversation_id: null };
  await db.write('ai_replies_answers').where({ contact_id }).update(nobody);
};

/** Questions and answers that nobody has approved are what was said; approved ones are knowledge of the tenant. */
export const eraseExpiredSuggestions: EventHandler<'robot.messages.expired'> = async (
  { data, tenantid },
  { db, wordIndex }: KnowledgeScope,
) => {
  const gone = await db
    .write('ai_replies_answers')
    .where({ tenant_id: tenantid ?? '' })
    .where('created_at', '<', Date.parse(data.before))
    .whereNot({ state: 'approved' })
    .delete();
  if (gone > 0) await wordIndex.deleteUnused('answer');
};

export const eraseTenantInKnowledge: EventHandler<'tenant.deleted'> = async ({ data }, scope: KnowledgeScope) => {
  await scope.knowledgeErasure.eraseTenant(data.tenant_id);
};
