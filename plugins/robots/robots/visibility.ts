/** Who may see a robot, and live what is told of it and of its conversations. */
import type { Knex } from 'knex';
import { isSuperadmin, isTenantAdmin, TENANT_ADMINS } from '#core/kit.ts';
import type { CloudEvent, Principal, Services } from '#core/plugin.ts';
import type { RobotRow } from './tables.ts';

/** Whether it is one of the principal's, or of a tenant that the principal administers. */
export function maySee(principal: Principal, robot: Pick<RobotRow, 'tenant_id' | 'user_id'>): boolean {
  if (isSuperadmin(principal)) return true;
  if (principal.tenantId === null || robot.tenant_id !== principal.tenantId) return false;
  return robot.user_id === null || robot.user_id === principal.userId || isTenantAdmin(principal);
}

/** The same as a condition on `robots_robots` (or another table with `tenant_id` and `user_id`). */
export function seenBy(principal: Principal, table = 'robots_robots'): (query: Knex.QueryBuilder) => void {
  return (query) => {
    if (isSuperadmin(principal)) return;
    query.where(`${table}.tenant_id`, principal.tenantId ?? '');
    if (isTenantAdmin(principal)) return;
    query.where((own) => own.whereNull(`${table}.user_id`).orWhere(`${table}.user_id`, principal.userId ?? -1));
  };
}

export const ROBOT_SEERS = {
  scope: 'robots:read',
  async isFor(
    { data }: CloudEvent<{ robot_id: string }>,
    principal: Principal,
    { robots }: Services & { robots: { byRobotId(robotId: string): Promise<RobotRow | null> } },
  ) {
    const robot = await robots.byRobotId(data.robot_id);
    return robot !== null && maySee(principal, robot);
  },
};

/** Whose robot or contact it was cannot be asked any more. */
export const OF_TENANT = { scope: 'robots:read', tenant: true, roles: TENANT_ADMINS };
