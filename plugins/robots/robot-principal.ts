/** A robot as who calls. */
import type { Principal } from '#core/plugin.ts';
import type { KnownRobot } from './tables.ts';

/** `endsAt`: when its token does, in ms since the epoch. */
export type RobotPrincipal = Principal & { kind: 'robot'; detail: KnownRobot; endsAt: number };

export function isRobot(principal: Principal | null): principal is RobotPrincipal {
  return principal?.kind === 'robot';
}
