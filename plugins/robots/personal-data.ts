import { deleteInSteps, isoSeconds, likePattern } from '#core/kit.ts';
import type { EventHandler, HookHandler } from '#core/plugin.ts';
import { forgetPersonInInbox, removeInboxOfTenant } from './inbox/personal-data.ts';
import { forgetDeletedWords } from './inbox/words.ts';
import type { RobotsScope } from './scope.ts';
import { statusOf } from './services/code-rows.ts';
import { settingsOf } from './services/robot-settings.ts';
import { secondsOrNull } from './views.ts';

const MOST_EXPORTED = 10_000;

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

export const exportRobots: HookHandler<'user.exporting'> = async (context, next, { db, clock }: RobotsScope) => {
  const own = { user_id: context.user.id };
  const robots = await db.read('robots_robots').where(own).orderBy('id').limit(MOST_EXPORTED);
  const codes = await db.read('robots_codes').where(own).orderBy('id').limit(MOST_EXPORTED);
  context.sections.robots = robots.map((robot) => ({
    id: robot.robot_id,
    name: robot.name,
    status: robot.status,
    total_messages: robot.total_messages,
    device: JSON.parse(robot.device ?? 'null'),
    settings: settingsOf(robot),
    created_at: isoSeconds(robot.created_at),
  }));
  context.sections.activation_codes = codes.map((code) => ({
    code: code.code,
    status: statusOf(code, clock.now()),
    device: JSON.parse(code.device ?? 'null'),
    first_activated_at: secondsOrNull(code.first_activated_at),
  }));
  await next();
};
