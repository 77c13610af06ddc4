/** What plans may count of robots. */
import type { Knex } from 'knex';
import type { Meter } from '#core/plugin.ts';

export const ROBOTS = 'robots';
export const ROBOT_MESSAGES = 'robot_messages';
export const ROBOT_COMMANDS = 'robot_commands';

export const ROBOT_METERS: readonly Meter[] = [
  { name: ROBOTS, summary: 'Robots', period: 'current', present: robotsOf },
  { name: ROBOT_MESSAGES, summary: 'Messages that robots have received', period: 'month' },
  { name: ROBOT_COMMANDS, summary: 'Commands to robots', period: 'month' },
];

async function robotsOf(on: Knex, tenantId: string | null): Promise<ReadonlyMap<string, number>> {
  const query = on('robots_robots').where({ status: 'active' }).groupBy('tenant_id');
  if (tenantId !== null) query.where({ tenant_id: tenantId });
  const rows = await query.select('tenant_id').count({ total: '*' });
  return new Map(rows.map(({ tenant_id, total }) => [tenant_id, Number(total)]));
}
