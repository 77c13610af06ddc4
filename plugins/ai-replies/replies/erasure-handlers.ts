/** Erasure: what goes of replies with a robot, a contact, a tenant or a person. */
import type { EventHandler } from '#core/plugin.ts';
import type { RepliesScope } from './services.ts';

const robotErased: EventHandler<'robot.erased'> = async ({ data }, { replyErasure }: RepliesScope) => {
  await replyErasure.ofRobot(data.robot_id);
};

const contactErased: EventHandler<'contact.erased'> = async ({ data }, { replyErasure }: RepliesScope) => {
  await replyErasure.ofContact(data.contact_id);
};

export const eraseTenantInReplies: EventHandler<'tenant.deleted'> = async (
  { data },
  { replyErasure }: RepliesScope,
) => {
  await replyErasure.ofTenant(data.tenant_id);
};

export const replyErasures = { 'robot.erased': robotErased, 'contact.erased': contactErased };
