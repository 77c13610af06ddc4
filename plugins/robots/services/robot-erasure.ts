/**
 * Erasing robots for good, in steps, so that nobody waits for a million messages: what a crash leaves is erased the next
 * time. Tables: robots_robots and all that belongs to a robot.
 */
import type { Services } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { ROBOTS } from '../meters.ts';
import type { RobotRow } from '../tables.ts';
import type { Robots } from './robots.ts';

export interface RobotErasure {
  /** Erases robots that were deleted `deletedDays` ago, with their history. */
  eraseDeleted(): Promise<void>;
  /** Erases everything of these robots now. */
  erase(where: Partial<Pick<RobotRow, 'tenant_id' | 'user_id'>>): Promise<void>;
  /** Forgets refused tries at codes after `logDays`. */
  forgetTries(): Promise<void>;
}

const DAY_MS = 24 * 3600_000;
const STEP = 1_000;
const ROBOTS_AT_ONCE = 50;

export function createRobotErasure({
  db,
  clock,
  blobs,
  events,
  usage,
  config,
  robots,
}: Services & { config: RobotsConfig; robots: Robots }): RobotErasure {
  return {
    async eraseDeleted() {
      const before = clock.now() - config.deletedDays * DAY_MS;
      await eraseAll(() => db.read('robots_robots').where({ status: 'deleted' }).where('deleted_at', '<', before));
    },
    erase: (where) => eraseAll(() => db.write('robots_robots').where(where)),
    async forgetTries() {
      const before = clock.now() - config.logDays * DAY_MS;
      for (let gone = STEP; gone === STEP; ) {
        const some = db.write('robots_code_history').where({ what: 'refused' }).where('at', '<', before).limit(STEP);
        gone = await db.write('robots_code_history').whereIn('id', some.select('id')).delete();
      }
    },
  };

  async function eraseAll(rows: () => ReturnType<typeof robotsOf>): Promise<void> {
    for (;;) {
      const some = await rows().orderBy('id').limit(ROBOTS_AT_ONCE).select('id', 'robot_id', 'tenant_id', 'status');
      for (const robot of some) await eraseOne(robot);
      if (some.length < ROBOTS_AT_ONCE) return;
    }
  }

  function robotsOf() {
    return db.read('robots_robots');
  }

  /** The rows that grow go first, in steps; the rest goes with the robot by its foreign keys. */
  async function eraseOne(robot: Pick<RobotRow, 'id' | 'robot_id' | 'tenant_id' | 'status'>): Promise<void> {
    const { id, robot_id, tenant_id, status } = robot;
    while ((await eraseMessages(id)) === STEP);
    while ((await eraseConversations(id)) === STEP);
    for (let gone = STEP; gone === STEP; ) {
      const some = db.write('robots_commands').where({ robot: id }).orderBy('id').limit(STEP).select('id');
      gone = await db.write('robots_commands').whereIn('id', some).delete();
    }
    await db.transaction(async (trx) => {
      const gone = await trx('robots_robots').where({ id }).delete();
      robots.changed(trx);
      if (gone > 0) await events.emit(trx, 'robot.erased', { robot_id }, { tenantId: tenant_id, subject: robot_id });
      if (gone > 0 && status === 'active') await usage.giveBack(trx, { tenantId: tenant_id, meter: ROBOTS });
    });
  }

  /** Some messages with their files; gives how many. */
  async function eraseMessages(robot: number): Promise<number> {
    return db.transaction(async (trx) => {
      const some = await trx('robots_messages').where({ robot }).orderBy('id').limit(STEP).select('id', 'blob');
      const ids = some.map(({ id }) => id);
      await trx('robots_messages').whereIn('id', ids).delete();
      const files = some.flatMap(({ blob }) => (blob === null ? [] : [blob]));
      const shared = await trx('robots_messages').whereIn('blob', files).distinct('blob');
      const kept = new Set(shared.map(({ blob }) => blob));
      await blobs.remove(
        trx,
        files.filter((blob) => !kept.has(blob)),
      );
      return some.length;
    });
  }

  /** Some conversations, with the contacts that have no other; gives how many. */
  async function eraseConversations(robot: number): Promise<number> {
    return db.transaction(async (trx) => {
      const some = await trx('robots_conversations').where({ robot }).orderBy('id').limit(STEP).select('id', 'contact');
      await trx('robots_conversations')
        .whereIn(
          'id',
          some.map(({ id }) => id),
        )
        .delete();
      const contacts = [...new Set(some.map(({ contact }) => contact))];
      const others = trx('robots_conversations').whereIn('contact', contacts).select('contact');
      await trx('robots_contacts').whereIn('id', contacts).whereNotIn('id', others).delete();
      return some.length;
    });
  }
}
