/** A robot as who calls. */
import type { Principal } from '#core/plugin.ts';
import type { RobotRow } from './tables.ts';

export type RobotPrincipal = Principal & { kind: 'robot'; detail: RobotRow };

export function isRobot(principal: Principal | null): principal is RobotPrincipal {
  return principal?.kind === 'robot';
}
