/** What is given out to a person of their robots and codes. */
import { isoSeconds } from '#core/kit.ts';
import type { HookHandler } from '#core/plugin.ts';
import { statusOf } from './code-rows.ts';
import { settingsOf } from './robot-settings.ts';
import type { RobotsPartScope } from './services.ts';

const MOST_EXPORTED = 10_000;

export const exportRobots: HookHandler<'user.exporting'> = async (context, next, { db, clock }: RobotsPartScope) => {
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
    first_activated_at: isoSeconds(code.first_activated_at),
  }));
  await next();
};
