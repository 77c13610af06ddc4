/** Auth's scheduled work: what has expired is deleted. */
import { DAY_MS, deleteBelow } from '#core/kit.ts';
import { defineCron } from '#core/plugin.ts';
import type { AuthScope } from './scope.ts';

const KEEP_EXPIRED_MS = 30 * DAY_MS;
const KEEP_ATTEMPTS_MS = 90 * DAY_MS;

export const removeExpired = defineCron({
  name: 'auth.removeExpired',
  summary:
    'Deletes sessions, used refresh tokens, links, invitations and challenges that expired a month ago, codes for phones, and failed tries after 90 days',
  schedule: '23 3 * * *',
  async run(_run, { db, clock, auditChains }: AuthScope) {
    const before = clock.now() - KEEP_EXPIRED_MS;
    await deleteBelow(db, 'auth_sessions', 'expires_at', before);
    await deleteBelow(db, 'auth_sessions', 'revoked_at', before);
    // One that was used so long ago is refused as unknown; of younger ones a second use is found.
    await deleteBelow(db, 'auth_refresh_tokens', 'used_at', before);
    await deleteBelow(db, 'auth_links', 'expires_at', before);
    await deleteBelow(db, 'auth_invitations', 'expires_at', before);
    await deleteBelow(db, 'auth_challenges', 'expires_at', clock.now());
    // Until then they hold the limit of a day.
    await deleteBelow(db, 'auth_phone_codes', 'expires_at', clock.now() - 2 * DAY_MS);
    await auditChains.prune(clock.now() - KEEP_ATTEMPTS_MS);
  },
});
