/** Making robots, and taking them away: counted against the plan of their tenant. Tables: robots_robots, robots_codes. */

import { randomFrom } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { ROBOTS } from '../meters.ts';
import { machineName, TAIL_LENGTH } from './machine-names.ts';
import type { Presence } from './presence.ts';
import type { RobotSettings } from './robot-settings.ts';
import type { RobotTokens } from './robot-tokens.ts';
import type { RobotRow } from './tables.ts';

export interface NewRobot {
  tenantId: string;
  /** Whose it is; null: the tenant's. */
  userId: number | null;
  /** Null: named after its id, in the language of the server, until somebody names it. */
  name: string | null;
  settings: Partial<RobotSettings>;
  isAutopilot?: boolean;
}

export interface RobotMaking {
  /** A robot without a device. Throws `limit_exceeded`. */
  make(trx: Transaction, robot: NewRobot): Promise<RobotRow>;
  /** It is deleted: its tokens and its socket end, its codes are dead, and who listens hears that it is offline. What is deleted already stays so. */
  remove(trx: Transaction, robot: number): Promise<void>;
}

const TAIL = 'abcdefghijklmnopqrstuvwxyz0123456789';

export function createRobotMaking({
  clock,
  coreConfig,
  usage,
  robotTokens,
  robotPresence,
}: Services & { robotTokens: RobotTokens; robotPresence: Presence }): RobotMaking {
  return { make, remove };

  async function make(trx: Transaction, wish: NewRobot): Promise<RobotRow> {
    const { tenantId, userId, name, settings, isAutopilot = false } = wish;
    const now = clock.now();
    const tail = randomFrom(TAIL, TAIL_LENGTH);
    const [robot] = await trx('robots_robots')
      .insert({
        robot_id: `robot_${now}_${tail}`,
        uuid: crypto.randomUUID(),
        tenant_id: tenantId,
        user_id: userId,
        name: name ?? machineName(tail, coreConfig.mailer.language),
        settings: JSON.stringify(settings),
        is_autopilot: isAutopilot ? 1 : 0,
        created_at: now,
        updated_at: now,
      })
      .returning('*');
    if (!robot) throw new Error('The robot was not stored');
    await usage.consume(trx, { tenantId, meter: ROBOTS });
    return robot;
  }

  async function remove(trx: Transaction, id: number): Promise<void> {
    const now = clock.now();
    const robot = await trx('robots_robots').where({ id, status: 'active' }).forUpdate().first();
    if (!robot) return;
    await trx('robots_robots')
      .where({ id })
      .update({ status: 'deleted', deleted_at: now, updated_at: now, is_online: 0, connection: null });
    if (robot.is_online === 1) await robotPresence.ended(trx, robot);
    await robotTokens.end(trx, id);
    await trx('robots_codes').where({ robot: id }).update({ status: 'disabled' });
    await usage.giveBack(trx, { tenantId: robot.tenant_id, meter: ROBOTS });
  }
}
