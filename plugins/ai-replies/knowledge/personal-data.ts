/** What goes from knowledge when a person or a tenant is gone. */
import type { EventHandler } from '#core/plugin.ts';
import type { AiScope } from '../scope.ts';

/** What they sent belongs to the tenant and stays, without who they were. */
export const forgetPersonInKnowledge: EventHandler<'user.deleted'> = async ({ data }, { db }) => {
  await db.write('ai_replies_documents').where({ user_id: data.id }).update({ user_id: null });
  await db.write('ai_replies_answers').where({ user_id: data.id }).update({ user_id: null });
};

export const removeKnowledgeOfTenant: EventHandler<'tenant.deleted'> = async ({ data }, scope: AiScope) => {
  await scope.knowledgeErasure.eraseTenant(data.tenant_id);
};
