/**
 * Erasing robots for good, in steps, so that nobody waits for a million messages: what a crash leaves is erased the next
 * time. Tables: robots_robots and all that belongs to a robot.
 */
import { DAY_MS, deleteInSteps, inSteps } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { ROBOTS } from '../meters.ts';
import type { RobotHooks } from './hooks.ts';
import type { Robots } from './robots.ts';
import type { RobotRow } from './tables.ts';

export interface RobotErasure {
  /** Erases robots that were deleted `deletedDays` ago, with their history; gives how many. */
  eraseDeleted(): Promise<number>;
  /** Erases everything of these robots now, and the codes that would make others. */
  erase(where: Partial<Pick<RobotRow, 'tenant_id' | 'user_id'>>): Promise<void>;
  /** What somebody (uuid) did with the codes of others stays, without who they were. */
  unnameActor(actor: string): Promise<void>;
  /** Forgets refused tries at codes after `logDays`. */
  deleteTries(): Promise<void>;
}

export function createRobotErasure({
  db,
  clock,
  events,
  usage,
  config,
  robots,
  robotHooks,
}: Services & {
  config: RobotsConfig;
  robots: Robots;
  robotHooks: RobotHooks;
}): RobotErasure {
  return {
    async eraseDeleted() {
      const before = clock.now() - config.deletedDays * DAY_MS;
      return eraseAll(() => db.read('robots_robots').where({ status: 'deleted' }).where('deleted_at', '<', before));
    },
    async erase(where) {
      await eraseAll(() => db.write('robots_robots').where(where));
      await db.write('robots_codes').where(where).delete();
    },
    async unnameActor(actor) {
      await db.write('robots_code_history').where({ actor }).update({ actor: null, ip: '', user_agent: '' });
    },
    async deleteTries() {
      const before = clock.now() - config.logDays * DAY_MS;
      await deleteInSteps(db, 'robots_code_history', 'id', (rows) =>
        rows.where({ what: 'refused' }).where('at', '<', before),
      );
    },
  };

  async function eraseAll(rows: () => ReturnType<typeof robotsOf>): Promise<number> {
    return inSteps(async (limit) => {
      const some = await rows().orderBy('id').limit(limit).select('id', 'robot_id', 'tenant_id', 'status');
      for (const robot of some) await eraseOne(robot);
      return some.length;
    });
  }

  function robotsOf() {
    return db.read('robots_robots');
  }

  /** The rows that grow go first, in steps; the rest goes with the robot by its foreign keys. */
  async function eraseOne(robot: Pick<RobotRow, 'id' | 'robot_id' | 'tenant_id' | 'status'>): Promise<void> {
    const { id, robot_id, tenant_id, status } = robot;
    await robotHooks.erasing.run(id);
    await db.transaction(async (trx) => {
      await eraseDevice(trx, id);
      const gone = await trx('robots_robots').where({ id }).delete();
      robots.changed(trx);
      if (gone > 0) await events.emit(trx, 'robot.erased', { robot_id }, { tenantId: tenant_id, subject: robot_id });
      if (gone > 0 && status === 'active') await usage.giveBack(trx, { tenantId: tenant_id, meter: ROBOTS });
    });
  }

  /** The codes that made it stay, with what became of them and without the phone. */
  async function eraseDevice(trx: Transaction, robot: number): Promise<void> {
    const codes = await trx('robots_codes').where({ robot }).pluck('id');
    await trx('robots_codes').whereIn('id', codes).update({ device: null, device_id: null });
    await trx('robots_code_history').whereIn('code', codes).update({ device_id: null, ip: '', user_agent: '' });
  }
}
