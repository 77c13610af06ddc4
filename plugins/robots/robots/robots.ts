/** Robots by what they are known by. Table: robots_robots. */
import { createRowCache, groupedReads, padded } from '#core/kit.ts';
import type { Principal, Services, Transaction } from '#core/plugin.ts';
import { robotErrors } from '../errors.ts';
import { KNOWN_COLUMNS, type KnownRobot, type RobotRow } from './tables.ts';
import { maySee } from './visibility.ts';

export interface Robots {
  /** Null when there is none; deleted ones are there. */
  byRobotId(robotId: string): Promise<RobotRow | null>;
  /** The same from memory, where this process is the only writer: for what is asked with every request. */
  known(robotId: string): Promise<KnownRobot | null>;
  /** What is remembered of it; undefined says nothing. */
  remembered(robotId: string): KnownRobot | undefined;
  /** Those of these that there are, by their ids: from memory, or read in the transaction. */
  knownWithin(trx: Transaction, robotIds: readonly string[]): Promise<Map<string, KnownRobot>>;
  /** Something of a `KnownRobot` has been changed in this transaction. */
  changed(trx: Transaction): void;
  /**
   * One that the principal may see: a member's own and those of the tenant as such, all of the tenant for its
   * administrators, any for super-admins. Throws `ROBOT_NOT_FOUND`, also for those of others and deleted ones.
   */
  ofPrincipal(principal: Principal, robotId: string): Promise<RobotRow>;
}

export function createRobots({ db }: Services): Robots {
  const byRobotId = groupedReads(async (keys: readonly string[]) => {
    const rows = await db.read('robots_robots').whereIn('robot_id', padded(keys));
    const found = new Map(rows.map((row) => [row.robot_id, row]));
    return keys.map((key) => found.get(key) ?? null);
  });
  const readKnown = groupedReads(async (keys: readonly string[]) => {
    const rows: KnownRobot[] = await db
      .read('robots_robots')
      .whereIn('robot_id', padded(keys))
      .select(...KNOWN_COLUMNS);
    const found = new Map(rows.map((row) => [row.robot_id, row]));
    return keys.map((key) => found.get(key) ?? null);
  });
  const remembered = createRowCache(db, readKnown);

  return {
    byRobotId,
    known: remembered.get,
    remembered: remembered.known,
    async knownWithin(trx, robotIds) {
      const wanted = [...new Set(robotIds)];
      const found = wanted.flatMap((robotId) => remembered.known(robotId) ?? []);
      const known = new Map(found.map((robot) => [robot.robot_id, robot]));
      const others = wanted.filter((robotId) => !known.has(robotId));
      if (others.length === 0) return known;
      for (const robot of await trx('robots_robots')
        .whereIn('robot_id', others)
        .select(...KNOWN_COLUMNS))
        known.set(robot.robot_id, robot);
      return known;
    },
    changed: (trx) => db.afterCommit(trx, remembered.clear),
    async ofPrincipal(principal, robotId) {
      const robot = await byRobotId(robotId);
      if (!robot || robot.status === 'deleted' || !maySee(principal, robot)) throw robotErrors.ROBOT_NOT_FOUND();
      return robot;
    },
  };
}

/** That of phones, which report nothing of a person but the name. */
const CHANNEL_OF_NAMES = 'workbot';

export function isPhone({ channel }: Pick<KnownRobot, 'channel'>): boolean {
  return channel === CHANNEL_OF_NAMES;
}
