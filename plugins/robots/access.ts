/** Who may call the routes of robots, and the rate that all of them share. */
import type { PrincipalKind } from '#core/kit.ts';

export const ROBOTS_READ = { scope: 'robots:read', tenant: true } as const;
export const ROBOTS_MANAGE = { scope: 'robots:manage', tenant: true } as const;
export const ROBOT_ONLY = { kinds: ['robot'] as const satisfies readonly PrincipalKind[], tenant: true } as const;
/** People and programs of theirs, and a robot for itself. */
export const MAY_SEND = {
  kinds: ['user', 'apiKey', 'root', 'robot'] as const satisfies readonly PrincipalKind[],
  scope: 'messages:send',
} as const;
