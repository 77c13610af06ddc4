/** The token of a robot: as a bearer, and in the query of the socket's address. */
import { type Authenticator, coreErrors } from '#core/plugin.ts';
import { SOCKET_PATH } from '../dialect.ts';
import { robotErrors } from '../errors.ts';
import type { RobotsPartScope } from './services.ts';

export const robotAuthenticator: Authenticator = {
  name: 'robot token',
  authenticate({ bearer, path, query }, { robotAccess }: RobotsPartScope) {
    if (path !== SOCKET_PATH) return bearer ? robotAccess.principalOf(bearer) : null;
    const [robotId, token] = [query('robotId'), query('token')];
    // A socket without either says who it is in its first frame.
    return robotId === '' && token === '' ? null : named(robotId, token, robotAccess);
  },
};

async function named(robotId: string, token: string, robotAccess: RobotsPartScope['robotAccess']) {
  const principal = await robotAccess.principalOf(token);
  if (!principal) throw coreErrors.unauthenticated();
  if (principal.id !== robotId) throw robotErrors.ROBOT_TOKEN_INVALID();
  return principal;
}
