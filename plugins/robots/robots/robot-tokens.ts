/** Tokens of robots: JWTs (RFC 7519) of audience `robot`, and refresh tokens that are kept by their hash. Table: robots_refresh_tokens. */
import { audienceOf, lazily, randomToken, rememberTokens, sha256 } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { Suspensions } from '#plugins/auth/contract.ts';
import type { RobotsConfig } from '../config.ts';
import { robotErrors } from '../errors.ts';
import type { Robots } from './robots.ts';
import type { RobotRow } from './tables.ts';

const jose = lazily<typeof import('jose')>('jose', import.meta.url);

export interface RobotTokenPair {
  token: string;
  refreshToken: string;
  /** ISO: the end of the access token. */
  expiresAt: string;
}

export interface RobotClaims {
  robotId: string;
  version: number;
  /** Ms since the epoch. */
  endsAt: number;
}

type Holder = Pick<RobotRow, 'id' | 'robot_id' | 'token_version'>;

export interface RobotTokens {
  /** A new pair, inside the caller's transaction. */
  issue(trx: Transaction, robot: Holder): Promise<RobotTokenPair>;
  /** A new pair beside those that count: they end when it is renewed for the first time. */
  issueBeside(trx: Transaction, robot: Holder): Promise<RobotTokenPair>;
  /**
   * A new pair for a refresh token. It counts until the new one is used, since the document's answer does not name a new
   * one; used once more after that, it ends all of them. Throws `ROBOT_TOKEN_INVALID`, `ROBOT_TOKEN_EXPIRED`.
   */
  refresh(refreshToken: string): Promise<RobotTokenPair>;
  /** Null when it is no token of a robot. Throws `ROBOT_TOKEN_EXPIRED`, `ROBOT_TOKEN_INVALID`. */
  verify(token: string): Promise<RobotClaims | null>;
  /** Ends all tokens of a robot, and the socket that was opened with one, in whichever process it is. */
  end(trx: Transaction, robot: number): Promise<void>;
  /** Forgets what has expired; gives how many. */
  tidy(): Promise<number>;
}

/** Told when all tokens of a robot (its integer key) have ended. */
export const TOKENS_ENDED = 'robots.ended';
const ISSUER = 'patchbay';
const AUDIENCE = 'robot';
const PREFIX = 'rbr_';
/** Clients that heard no answer ask again. */
const MOST_UNUSED = 5;

export function createRobotTokens({
  db,
  clock,
  notices,
  secrets,
  config,
  robots,
  suspensions,
}: Services & { config: RobotsConfig; robots: Robots; suspensions: Suspensions }): RobotTokens {
  const key = secrets.derive('robots.jwt');
  const claimsOf = rememberTokens(clock, async (token) => {
    const rules = { algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE, currentDate: new Date(clock.now()) };
    return (await jose().jwtVerify<{ sub: string; ver: number; exp: number }>(token, key, rules)).payload;
  });

  return {
    issue: (trx, robot) => issue(trx, robot, null),
    issueBeside,
    async refresh(refreshToken) {
      const hash = sha256(refreshToken);
      await refuseSuspended(hash);
      const outcome = await db.transaction((trx) => exchange(trx, hash));
      if (outcome === 'invalid') throw robotErrors.ROBOT_TOKEN_INVALID();
      if (outcome === 'expired') throw robotErrors.ROBOT_TOKEN_EXPIRED();
      return outcome;
    },
    async verify(token) {
      if (audienceOf(token) !== AUDIENCE) return null;
      try {
        const { sub, ver, exp } = await claimsOf(token);
        // A signature says who has made a token, and not that it has all its parts: another version makes others.
        if (typeof sub !== 'string' || !Number.isSafeInteger(ver) || !Number.isFinite(exp))
          throw robotErrors.ROBOT_TOKEN_INVALID();
        return { robotId: sub, version: ver, endsAt: exp * 1000 };
      } catch (error) {
        throw error instanceof jose().errors.JWTExpired
          ? robotErrors.ROBOT_TOKEN_EXPIRED()
          : robotErrors.ROBOT_TOKEN_INVALID();
      }
    },
    end,
    tidy: () => db.write('robots_refresh_tokens').where('expires_at', '<', clock.now()).delete(),
  };

  /** Before the transaction: what is refused is not used up. */
  async function refuseSuspended(hash: string): Promise<void> {
    const holder = await db
      .read('robots_refresh_tokens as own')
      .join('robots_robots as robot', 'robot.id', 'own.robot')
      .where('own.token_hash', hash)
      .first('robot.tenant_id');
    if (holder && (await suspensions.of(holder.tenant_id))) throw robotErrors.TENANT_SUSPENDED();
  }

  async function exchange(trx: Transaction, hash: string): Promise<RobotTokenPair | 'invalid' | 'expired'> {
    // The robot is locked first: two of its refreshes take turns, on every replica.
    const known = await trx('robots_refresh_tokens').where({ token_hash: hash }).first();
    if (!known) return 'invalid';
    const robot = await trx('robots_robots').where({ id: known.robot }).forUpdate().first();
    const row = await trx('robots_refresh_tokens').where({ token_hash: hash }).first();
    if (!robot || !row || robot.status === 'deleted' || row.token_version !== robot.token_version) return 'invalid';
    if (row.expires_at <= clock.now()) return 'expired';
    if (row.replaced_at !== null) {
      await end(trx, robot.id);
      return 'invalid';
    }
    if (row.is_beside === 1) {
      await trx('robots_refresh_tokens').where({ robot: robot.id }).whereNot({ token_hash: hash }).delete();
      await trx('robots_refresh_tokens').where({ token_hash: hash }).update({ is_beside: 0 });
    }
    if (row.parent_hash !== null) {
      await trx('robots_refresh_tokens')
        .where({ token_hash: row.parent_hash, replaced_at: null })
        .update({ replaced_at: clock.now() });
      await deleteChildren(trx, robot.id, row.parent_hash, [hash]);
    }
    const newest = await trx('robots_refresh_tokens')
      .where({ robot: robot.id, parent_hash: hash })
      .orderBy('created_at', 'desc')
      .limit(MOST_UNUSED - 1)
      .pluck('token_hash');
    await deleteChildren(trx, robot.id, hash, newest);
    return issue(trx, robot, hash);
  }

  /** Of those that one token has brought, one is used: another one that turns up later is somebody else's. */
  async function deleteChildren(trx: Transaction, robot: number, parent: string, kept: string[]): Promise<void> {
    await trx('robots_refresh_tokens').where({ robot, parent_hash: parent }).whereNotIn('token_hash', kept).delete();
  }

  async function issueBeside(trx: Transaction, robot: Holder): Promise<RobotTokenPair> {
    const others = () => trx('robots_refresh_tokens').where({ robot: robot.id });
    const newest = await others()
      .where({ is_beside: 1 })
      .orderBy('created_at', 'desc')
      .limit(MOST_UNUSED - 1)
      .pluck('token_hash');
    await others().where({ is_beside: 1 }).whereNotIn('token_hash', newest).delete();
    return issue(trx, robot, null, 1);
  }

  async function issue(trx: Transaction, robot: Holder, parent: string | null, isBeside = 0): Promise<RobotTokenPair> {
    const now = clock.now();
    const refreshToken = PREFIX + randomToken();
    await trx('robots_refresh_tokens').insert({
      token_hash: sha256(refreshToken),
      robot: robot.id,
      token_version: robot.token_version,
      parent_hash: parent,
      is_beside: isBeside,
      created_at: now,
      expires_at: now + config.refreshTokenDays * 24 * 3600_000,
      replaced_at: null,
    });
    const seconds = Math.floor(now / 1000);
    const ends = seconds + config.accessTokenHours * 3600;
    const token = await new (jose().SignJWT)({ ver: robot.token_version, jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(robot.robot_id)
      .setIssuedAt(seconds)
      .setExpirationTime(ends)
      .sign(key);
    return { token, refreshToken, expiresAt: new Date(ends * 1000).toISOString() };
  }

  async function end(trx: Transaction, robot: number): Promise<void> {
    await trx('robots_refresh_tokens').where({ robot }).delete();
    await trx('robots_robots').where({ id: robot }).increment('token_version', 1);
    robots.changed(trx);
    await notices.send(trx, TOKENS_ENDED, robot);
  }
}
