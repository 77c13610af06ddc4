/** Erasure: what goes with a tenant, a person, a robot, a contact or old messages: each room says what of it. */
import type { EventHandler } from '#core/plugin.ts';
import {
  eraseContactInKnowledge,
  eraseExpiredSuggestions,
  eraseTenantInKnowledge,
} from './knowledge/erasure-handlers.ts';
import { eraseTenantInModels } from './models/erasure.ts';
import { eraseTenantInReplies, replyErasures } from './replies/erasure-handlers.ts';
import type { AiScope } from './scope.ts';

const tenantGone: EventHandler<'tenant.deleted'> = async (event, services) => {
  for (const remove of [eraseTenantInReplies, eraseTenantInKnowledge, eraseTenantInModels])
    await remove(event, services);
};

const contactGone: EventHandler<'contact.erased'> = async (event, services) => {
  await replyErasures['contact.erased'](event, services);
  await eraseContactInKnowledge(event, services);
};

const messagesExpired: EventHandler<'robot.messages.expired'> = async (event, scope: AiScope) => {
  if (!event.tenantid) return;
  await scope.replyErasure.ofTenantBefore(event.tenantid, Date.parse(event.data.before));
  await eraseExpiredSuggestions(event, scope);
};

export const goneSubscriptions = {
  'tenant.deleted': tenantGone,
  'robot.erased': replyErasures['robot.erased'],
  'contact.erased': contactGone,
  'robot.messages.expired': messagesExpired,
};
