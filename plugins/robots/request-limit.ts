/** The rate of the WorkBot document: so many requests a minute for each principal, for each address without one. */
import type { RateLimit } from '#core/kit.ts';
import { workBotDialect } from './dialect.ts';
import type { RobotsGround } from './services.ts';

const PREFIXES = workBotDialect.prefixes.map((itself) => ({ itself, below: `${itself}/` }));

function requestLimit(points: number): RateLimit {
  return { name: 'robots.requests', points, windowSeconds: 60 };
}

/** Counts every request with credentials to an address of the dialect. */
export function addRequestLimit({ rateLimits, robotsConfig }: RobotsGround): void {
  const { requestsPerMinute } = robotsConfig;
  if (requestsPerMinute === 0) return;
  const limit = requestLimit(requestsPerMinute);
  rateLimits.addCheck(({ kind, id }, { path }) =>
    isOfDialect(path) ? rateLimits.consume(limit, `${kind} ${id}`) : null,
  );
}

/** Counts a request of a stranger, for routes without credentials. */
export async function countStranger({ rateLimits, robotsConfig }: RobotsGround, ip: string): Promise<void> {
  const { requestsPerMinute } = robotsConfig;
  if (requestsPerMinute > 0) await rateLimits.consume(requestLimit(requestsPerMinute), ip);
}

function isOfDialect(path: string): boolean {
  return PREFIXES.some(({ itself, below }) => path.startsWith(below) || path === itself);
}
