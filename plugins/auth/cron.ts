/** Auth's scheduled work: what has expired is deleted. */
import { defineCron } from '#core/plugin.ts';

const KEEP_EXPIRED_MS = 30 * 24 * 3600_000;

export const removeExpired = defineCron({
  name: 'auth.removeExpired',
  summary: 'Deletes sessions, links and challenges that expired a month ago',
  schedule: '23 3 * * *',
  async run(_run, { db, clock }) {
    const before = clock.now() - KEEP_EXPIRED_MS;
    await db.write('auth_sessions').where('expires_at', '<', before).delete();
    await db.write('auth_sessions').where('revoked_at', '<', before).delete();
    await db.write('auth_links').where('expires_at', '<', before).delete();
    await db.write('auth_challenges').where('expires_at', '<', clock.now()).delete();
  },
});
