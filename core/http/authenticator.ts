/** What plugins declare to turn credentials into a principal. */
import type { Services } from '../services.ts';
import type { Credentials } from './authentication.ts';
import type { Principal } from './principal.ts';

export interface Authenticator {
  name: string;
  /**
   * The principal, or null when the credentials are not of its kind.
   * Throws an AppError when they are of its kind but wrong (expired, revoked): then nobody else is asked.
   */
  authenticate(credentials: Credentials, services: Services): Principal | null | Promise<Principal | null>;
  /** Called when nobody knows the credentials of a request: to count such tries. May throw `rate_limited`. */
  refused?(credentials: Credentials, services: Services): Promise<void>;
}
