/** Erasure: what goes with a person or a tenant, part by part. */
import { deleteInSteps, likePattern } from '#core/kit.ts';
import type { EventHandler } from '#core/plugin.ts';
import { forgetPersonInInbox, removeInboxOfTenant } from './conversations/erasure.ts';
import { forgetDeletedWords } from './conversations/words.ts';
import type { RobotsScope } from './scope.ts';

/** The robots of somebody who is gone go too, with what they have heard; so do codes that would make others. */
export const removeRobotsOfUser: EventHandler<'user.deleted'> = async (event, scope: RobotsScope) => {
  const { data } = event;
  const { db, robotErasure, broadcasts, scheduledMessages } = scope;
  await forgetPersonInInbox(event, scope);
  await broadcasts.erase({ user_id: data.id });
  await scheduledMessages.erase({ user_id: data.id });
  await robotErasure.erase({ user_id: data.id });
  await db.write('robots_codes').where({ user_id: data.id }).delete();
  // What they did with the codes of others stays, without who they were.
  await db.write('robots_code_history').where({ actor: data.user_id }).update({ actor: null, ip: '', user_agent: '' });
  const named = `details like ? escape '\\'`;
  await forgetDeletedWords(db);
  await deleteInSteps(db, 'robots_logs', 'id', (rows) =>
    rows.where({ tenant_id: data.tenant_id }).whereRaw(named, [likePattern(data.user_id)]),
  );
};

export const removeRobotsOfTenant: EventHandler<'tenant.deleted'> = async (event, scope: RobotsScope) => {
  const { tenant_id } = event.data;
  const { db, robotErasure, broadcasts, scheduledMessages } = scope;
  await broadcasts.erase({ tenant_id });
  await scheduledMessages.erase({ tenant_id });
  await db.write('robots_channel_names').where({ tenant_id }).delete();
  await robotErasure.erase({ tenant_id });
  await removeInboxOfTenant(event, scope);
  await db.write('robots_codes').where({ tenant_id }).delete();
  await deleteInSteps(db, 'robots_contacts', 'id', (rows) => rows.where({ tenant_id }));
  await forgetDeletedWords(db);
  await deleteInSteps(db, 'robots_logs', 'id', (rows) => rows.where({ tenant_id }));
  // One that runs at this moment finds nothing any more.
  await db
    .write('core_jobs')
    .where({ lane: tenant_id })
    .where('name', 'like', 'robots.%')
    .whereNot({ state: 'running' })
    .delete();
};
