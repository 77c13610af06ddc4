/** Auth's scheduled work: what has expired is deleted. */
import { defineCron } from '#core/plugin.ts';
import type { AuthScope } from './scope.ts';

const DAY_MS = 24 * 3600_000;
const KEEP_EXPIRED_MS = 30 * DAY_MS;
const KEEP_ATTEMPTS_MS = 90 * DAY_MS;

export const removeExpired = defineCron({
  name: 'auth.removeExpired',
  summary:
    'Deletes sessions, links, invitations and challenges that expired a month ago, and failed tries after 90 days',
  schedule: '23 3 * * *',
  async run(_run, { db, clock, auditChains }: AuthScope) {
    const before = clock.now() - KEEP_EXPIRED_MS;
    await db.write('auth_sessions').where('expires_at', '<', before).delete();
    await db.write('auth_sessions').where('revoked_at', '<', before).delete();
    await db.write('auth_links').where('expires_at', '<', before).delete();
    await db.write('auth_invitations').where('expires_at', '<', before).delete();
    await db.write('auth_challenges').where('expires_at', '<', clock.now()).delete();
    await auditChains.prune(clock.now() - KEEP_ATTEMPTS_MS);
  },
});
