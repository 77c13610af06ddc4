/** Asking again for what a robot could not do. Table: robots_commands. */

import { once } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { AcceptedCommand, RobotCommands } from '../contract.ts';
import { robotErrors } from '../errors.ts';
import { refuseOverLimit } from '../limits.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import type { Robots } from '../robots/robots.ts';
import { reachedNobody, type StoredResult } from './results.ts';
import type { CommandRow } from './tables.ts';

export interface CommandRepeats {
  /**
   * The same command as a new one, once: a second try of the same command gets the first one's. Throws `ROBOT_NOT_FOUND`,
   * `COMMAND_NOT_FOUND`, `COMMAND_NOT_REPEATABLE`, `limit_exceeded`.
   */
  repeat(principal: Principal, robotId: string, commandId: string): Promise<AcceptedCommand>;
}

export function createCommandRepeats({
  db,
  clock,
  usage,
  robots,
  robotCommands,
}: Services & { robots: Robots; robotCommands: RobotCommands }): CommandRepeats {
  return {
    async repeat(principal, robotId, commandId) {
      const robot = await robots.ofPrincipal(principal, robotId);
      await refuseOverLimit(usage, robot.tenant_id, ROBOT_COMMANDS);
      return db.transaction(async (trx) => {
        const row = await trx('robots_commands').where({ command_id: commandId, robot: robot.id }).first();
        if (!row) throw robotErrors.COMMAND_NOT_FOUND();
        if (!isRepeatable(row)) throw robotErrors.COMMAND_NOT_REPEATABLE();
        const { code, type, priority, max_retries: maxRetries, source } = row;
        const command = {
          robotId,
          tenantId: robot.tenant_id,
          code,
          type,
          params: JSON.parse(row.params),
          priority,
          maxRetries,
          // What a person has written stays a person's.
          origin: source === 'inbox' ? ('inbox' as const) : ('api' as const),
          userId: principal.userId || null,
        };
        const repeatable = { scope: 'robots.repeat', key: commandId, request: null, now: clock.now() };
        return once(trx, repeatable, async () => {
          const [accepted] = await robotCommands.sendWithin(trx, [command]);
          return accepted as AcceptedCommand;
        });
      });
    },
  };
}

/**
 * Whether nobody gets anything twice by asking again: it failed for all, or it never reached the robot in time. Broadcasts have
 * their own way to send again to the failed, which counts.
 */
export function isRepeatable({
  status,
  source,
  tries,
  result,
}: Pick<CommandRow, 'status' | 'source' | 'tries' | 'result'>): boolean {
  if (source === 'broadcast') return false;
  if (status === 'expired') return tries === 0;
  if (status !== 'failed' || result === null) return false;
  const outcome: StoredResult = JSON.parse(result);
  return reachedNobody(outcome);
}
