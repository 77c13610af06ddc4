/** What plugins declare to turn credentials into a principal. */

import type { Principal, PrincipalKind } from '../access/principal.ts';
import type { Services } from '../services.ts';
import type { Credentials } from './authentication.ts';

/** Credentials in a cookie, as the plugin declares them whose authenticator reads it. */
export interface CookieScheme {
  /** Its name in the document: `pageSession`. */
  scheme: string;
  /** The cookie's. */
  cookie: string;
  description: string;
  /** Whom it makes of a request. */
  kinds: readonly PrincipalKind[];
  /** A header that what changes something needs beside it. */
  proof?: { scheme: string; header: string; description: string };
}

export interface Authenticator {
  name: string;
  /** Asked after all that are not: for credentials that come along where another kind is at home. */
  isLast?: boolean;
  /**
   * The principal, or null when the credentials are not of its kind.
   * Throws an AppError when they are of its kind but wrong (expired, revoked): then nobody else is asked.
   */
  authenticate(credentials: Credentials, services: Services): Principal | null | Promise<Principal | null>;
  /** The cookie that it reads, for the OpenAPI document; of bearer tokens and API keys that knows already. */
  cookie?(services: Services): CookieScheme;
  /**
   * Called when nobody knows the credentials of a request, or when it has none: to count such tries. Null when there is nothing
   * to count; what it gives may reject with `rate_limited`.
   */
  refused?(credentials: Credentials, services: Services): Promise<void> | null;
}
