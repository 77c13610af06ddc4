/** A robot as who calls. */
import type { Principal } from '#core/plugin.ts';
import { robotErrors } from '../errors.ts';
import type { KnownRobot } from './tables.ts';

/** `endsAt`: when its token does, in ms since the epoch. */
export type RobotPrincipal = Principal & { kind: 'robot'; detail: KnownRobot; endsAt: number };

export function isRobot(principal: Principal | null): principal is RobotPrincipal {
  return principal?.kind === 'robot';
}

/** The robot that calls; the one that it names has to be itself. Throws `OTHER_ROBOT`. */
export function callingRobot(principal: Principal, robotId: string | undefined): RobotPrincipal {
  if (!isRobot(principal) || (robotId !== undefined && robotId !== principal.id)) throw robotErrors.OTHER_ROBOT();
  return principal;
}
