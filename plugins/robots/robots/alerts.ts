/** What administrators are told of: robots that were there this week, and are not any more. */
import { timeWindow } from '#core/kit.ts';
import { type AlertCondition, MOST_COUNTED } from '#core/plugin.ts';
import type { RobotsPartScope } from './services.ts';

/** A phone that changes its network is back by then. */
const SILENT_MS = 10 * 60_000;
/** Who was away for longer is not missed. */
const MISSED_MS = 7 * 24 * 3_600_000;
const NAMED = 5;

export const offlineAlert: AlertCondition = {
  name: 'robots.offline',
  path: '/assistants',
  templates: new URL('../mail-templates/', import.meta.url),
  async holds({ db, clock }: RobotsPartScope) {
    const silent = await db
      .read('robots_robots')
      .where({ is_online: 0, status: 'active' })
      .whereBetween('seen_at', timeWindow(clock.now(), MISSED_MS))
      .where('seen_at', '<=', clock.now() - SILENT_MS)
      .orderBy('seen_at', 'desc')
      .limit(MOST_COUNTED)
      .select('name', 'robot_id');
    if (silent.length === 0) return null;
    const names = silent.slice(0, NAMED).map(({ name, robot_id }) => name || robot_id);
    const more = silent.length - names.length;
    return more > 0 ? `${names.join(', ')} + ${more}` : names.join(', ');
  },
};
