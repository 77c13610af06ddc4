/** Which credentials an operation takes. */
import { kindsOf } from '../access/access.ts';
import type { PrincipalKind } from '../access/principal.ts';
import type { CookieScheme } from '../http/authenticator.ts';
import type { Route } from '../http/route.ts';
import type { Json } from './json.ts';

type Requirement = Record<string, string[]>;

/** Of mailboxes and guests there are no keys. */
const BY_TOKEN: readonly PrincipalKind[] = ['user', 'apiKey', 'root', 'robot'];
const BY_KEY: readonly PrincipalKind[] = ['apiKey', 'robot'];

export function securitySchemes(cookies: readonly CookieScheme[]): Json {
  const schemes: Json = {
    bearer: { type: 'http', scheme: 'bearer', description: 'Access token of a sign-in, or an API key' },
    apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key' },
  };
  for (const { scheme, cookie, description, proof } of cookies) {
    schemes[scheme] = { type: 'apiKey', in: 'cookie', name: cookie, description };
    if (proof)
      schemes[proof.scheme] = { type: 'apiKey', in: 'header', name: proof.header, description: proof.description };
  }
  return schemes;
}

/** Any one of these; none for public operations, and an empty one where strangers may come too. */
export function securityOf(route: Route, cookies: readonly CookieScheme[]): Requirement[] {
  if (route.access === 'public') return [];
  const kinds = kindsOf(route.access);
  const takes = (made: readonly PrincipalKind[]): boolean => made.some((kind) => kinds.includes(kind));
  const changes = route.method !== 'GET' || route.changes === true;
  return [
    ...(takes(BY_TOKEN) ? [{ bearer: [] }] : []),
    ...(takes(BY_KEY) ? [{ apiKey: [] }] : []),
    ...cookies
      .filter((cookie) => takes(cookie.kinds))
      .map(({ scheme, proof }) => ({ [scheme]: [], ...(changes && proof && { [proof.scheme]: [] }) })),
    ...(route.access === 'optional' ? [{}] : []),
  ];
}
