/** Erasure: what goes with a person or a tenant, part by part. */
import type { EventHandler } from '#core/plugin.ts';
import { erasePersonInInbox, removeInboxOfTenant } from './conversations/erasure.ts';
import { deleteUnusedWords } from './conversations/words.ts';
import type { RobotsScope } from './scope.ts';

/** The robots of somebody who is gone go too, with what they have heard. */
export const removeRobotsOfUser: EventHandler<'user.deleted'> = async (event, scope: RobotsScope) => {
  const { id: user_id, user_id: uuid, tenant_id } = event.data;
  const { db, broadcasts, scheduledMessages, robotErasure, robotLogs } = scope;
  // First: what they were to answer is for others from now on, however much there is to erase.
  await erasePersonInInbox(event, scope);
  await broadcasts.erase({ user_id });
  await scheduledMessages.erase({ user_id });
  await robotErasure.erase({ user_id });
  await robotErasure.unnameActor(uuid);
  await deleteUnusedWords(db);
  await robotLogs.erase(tenant_id, uuid);
};

export const removeRobotsOfTenant: EventHandler<'tenant.deleted'> = async (event, scope: RobotsScope) => {
  const { tenant_id } = event.data;
  const { db, broadcasts, scheduledMessages, channelNames, robotErasure, robotLogs } = scope;
  await broadcasts.erase({ tenant_id });
  await scheduledMessages.erase({ tenant_id });
  await channelNames.erase(tenant_id);
  await robotErasure.erase({ tenant_id });
  await removeInboxOfTenant(event, scope);
  await robotLogs.erase(tenant_id);
  // One that runs at this moment finds nothing any more.
  await db
    .write('core_jobs')
    .where({ lane: tenant_id })
    .where('name', 'like', 'robots.%')
    .whereNot({ state: 'running' })
    .delete();
};
