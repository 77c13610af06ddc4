/** Access and refresh tokens as JWTs (RFC 7519), HS256 with keys of their own. */
import { audienceOf, lazily, rememberTokens } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AuthConfig } from '../config.ts';
import { authErrors } from '../errors.ts';

const jose = lazily<typeof import('jose')>('jose', import.meta.url);

export interface AccessClaims {
  /** User uuid. */
  sub: string;
  /** User's integer key. */
  uid: number;
  tenant_id: string;
  role: string;
  /** Session id. */
  sid: string;
}

export interface Tokens {
  access(claims: AccessClaims): Promise<string>;
  refresh(session: { id: string; jti: string; expiresAt: number }): Promise<string>;
  /** Whether it says that it is an access token of ours, as is seen without waiting. */
  isAccess(token: string): boolean;
  /** Null when it is no access token of ours. Throws `token_expired` or `invalid_token` when it was one. */
  verifyAccess(token: string): Promise<AccessClaims | null>;
  /** Throws `invalid_token`. */
  verifyRefresh(token: string): Promise<{ sid: string; jti: string }>;
  accessSeconds: number;
}

const ISSUER = 'patchbay';

export function createTokens({ clock, secrets, config }: Services & { config: AuthConfig }): Tokens {
  const accessKey = secrets.derive('auth.jwt.access');
  const refreshKey = secrets.derive('auth.jwt.refresh');
  const accessSeconds = config.accessTokenMinutes * 60;
  const rules = (audience: string) => ({
    algorithms: ['HS256'],
    issuer: ISSUER,
    audience,
    requiredClaims: ['exp'],
    currentDate: new Date(clock.now()),
  });
  const seconds = (ms: number): number => Math.floor(ms / 1000);

  const claimsOf = rememberTokens(
    clock,
    async (token) => (await jose().jwtVerify<AccessClaims & { exp: number }>(token, accessKey, rules('api'))).payload,
  );

  return {
    accessSeconds,
    access: ({ sub, ...claims }) =>
      new (jose().SignJWT)({ ...claims, jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience('api')
        .setSubject(sub)
        .setIssuedAt(seconds(clock.now()))
        .setExpirationTime(seconds(clock.now()) + accessSeconds)
        .sign(accessKey),
    refresh: ({ id, jti, expiresAt }) =>
      new (jose().SignJWT)({ sid: id, jti })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience('refresh')
        .setIssuedAt(seconds(clock.now()))
        .setExpirationTime(seconds(expiresAt))
        .sign(refreshKey),
    isAccess: isAccessToken,
    async verifyAccess(token) {
      if (!isAccessToken(token)) return null;
      try {
        const claims = await claimsOf(token);
        if (!isAccess(claims)) throw authErrors.invalid_token();
        return claims;
      } catch (error) {
        throw error instanceof jose().errors.JWTExpired ? authErrors.token_expired() : authErrors.invalid_token();
      }
    },
    async verifyRefresh(token) {
      try {
        const { payload } = await jose().jwtVerify<{ sid: string; jti: string }>(token, refreshKey, rules('refresh'));
        if (!isText(payload.sid) || !isText(payload.jti)) throw authErrors.invalid_token();
        return payload;
      } catch {
        throw authErrors.invalid_token({ message: 'The refresh token is not valid or has expired' });
      }
    },
  };
}

/** A signature says who has made a token, and not that it has all its parts: another version makes others. */
function isAccess({ sub, uid, sid }: Partial<AccessClaims>): boolean {
  return isText(sub) && isText(sid) && Number.isSafeInteger(uid);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Tokens of another kind (a robot's) are other authenticators' business. */
function isAccessToken(token: string): boolean {
  return audienceOf(token) === 'api';
}
