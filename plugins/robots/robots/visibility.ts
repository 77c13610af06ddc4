/** Who may see live what is told of a robot and of its conversations: who may see the robot. */
import type { CloudEvent, Principal, Services } from '#core/plugin.ts';
import { maySee, type Robots } from './robots.ts';

export const ROBOT_SEERS = {
  scope: 'robots:read',
  async isFor(
    { data }: CloudEvent<{ robot_id: string }>,
    principal: Principal,
    { robots }: Services & { robots: Robots },
  ) {
    const robot = await robots.byRobotId(data.robot_id);
    return robot !== null && maySee(principal, robot);
  },
};

/** Whose robot or contact it was cannot be asked any more. */
export const OF_TENANT = { scope: 'robots:read', tenant: true, roles: ['owner', 'admin'] };
