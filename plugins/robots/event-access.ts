/** Who may see live what is told of a robot and of its conversations: who may see the robot. */
import type { CloudEvent, Principal } from '#core/plugin.ts';
import type { RobotsScope } from './scope.ts';
import { maySee } from './services/robots.ts';

export const ROBOT_SEERS = {
  scope: 'robots:read',
  async isFor({ data }: CloudEvent<{ robot_id: string }>, principal: Principal, { robots }: RobotsScope) {
    const robot = await robots.byRobotId(data.robot_id);
    return robot !== null && maySee(principal, robot);
  },
};
