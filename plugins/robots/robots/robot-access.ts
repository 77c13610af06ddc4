/** Who a robot's token is. */
import type { Suspensions } from '#plugins/auth/contract.ts';
import { MAY_SEND } from '../access.ts';
import { robotErrors } from '../errors.ts';
import type { RobotPrincipal } from './robot-principal.ts';
import type { RobotTokens } from './robot-tokens.ts';
import type { Robots } from './robots.ts';

export interface RobotAccess {
  /** Null for tokens of another kind. Throws `ROBOT_TOKEN_INVALID`, `ROBOT_TOKEN_EXPIRED`, `TENANT_SUSPENDED`. */
  principalOf(token: string): Promise<RobotPrincipal | null>;
}

export function createRobotAccess({
  robots,
  robotTokens,
  suspensions,
}: {
  robots: Robots;
  robotTokens: RobotTokens;
  suspensions: Suspensions;
}): RobotAccess {
  return {
    async principalOf(token) {
      const claims = await robotTokens.verify(token);
      if (!claims) return null;
      const robot = await robots.known(claims.robotId);
      if (robot?.status !== 'active' || robot.token_version !== claims.version) throw robotErrors.ROBOT_TOKEN_INVALID();
      if (await suspensions.of(robot.tenant_id)) throw robotErrors.TENANT_SUSPENDED();
      return {
        kind: 'robot',
        id: robot.robot_id,
        userId: null,
        tenantId: robot.tenant_id,
        roles: [],
        scopes: [MAY_SEND.scope],
        detail: robot,
        endsAt: claims.endsAt,
      };
    },
  };
}
