/** Who may see live what is told of a robot and of its conversations: who may see the robot. */
import type { CloudEvent, Principal } from '#core/plugin.ts';
import type { RobotsScope } from './scope.ts';

export const ROBOT_SEERS = {
  scope: 'robots:read',
  isFor: ({ data }: CloudEvent<{ robot_id: string }>, principal: Principal, { spoken }: RobotsScope) =>
    spoken.maySee(principal, data.robot_id),
};
