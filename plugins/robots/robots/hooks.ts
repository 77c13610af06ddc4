/** What happens to robots, for the parts above: that they come and go, and that one is erased. */

import { createHook, type Hook } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import type { RobotRow } from './tables.ts';

export interface StateChange {
  robot: Pick<RobotRow, 'id' | 'tenant_id'>;
  state: 'online' | 'offline';
}

export interface RobotHooks {
  /** These have come online, or gone. */
  statesChanged: Hook<[trx: Transaction, changes: readonly StateChange[]]>;
  /** One (its integer key) is erased for good: what belongs to it goes first, in steps, what stands highest before the rest. */
  erasing: Hook<[robot: number]>;
}

export function createRobotHooks(): RobotHooks {
  return { statesChanged: createHook(), erasing: createHook({ highestFirst: true }) };
}
