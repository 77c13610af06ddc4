/**
 * What waits for a person: robots whose device was activated again, which their owner has done, or somebody else; robots that a
 * phone has made, and that nobody has named.
 */
import { TENANT_ADMINS, timeWindow } from '#core/kit.ts';
import { type AttentionSource, countedTo } from '#core/plugin.ts';
import { whereUnnamed } from './machine-names.ts';
import type { RobotsPartScope } from './services.ts';
import { seenBy } from './visibility.ts';

const RECENT_MS = 24 * 3_600_000;

export const ROBOT_ATTENTION: readonly AttentionSource[] = [
  {
    id: 'robots.reactivated',
    title: { en: 'Robots activated again today', zh: '今日重新激活的机器人' },
    path: '/assistants/log?type=robot',
    access: { scope: 'robots:read', tenant: true, roles: TENANT_ADMINS },
    count: (principal, { db, clock }: RobotsPartScope) =>
      countedTo(
        db
          .read('robots_codes')
          .where('tenant_id', principal.tenantId)
          .where('activations', '>', 1)
          .whereBetween('last_activated_at', timeWindow(clock.now(), RECENT_MS)),
      ),
  },
  {
    id: 'robots.unnamed',
    title: { en: 'Robots that have no name yet', zh: '尚未命名的机器人' },
    path: '/assistants',
    access: { scope: 'robots:manage', tenant: true },
    count: (principal, { db }: RobotsPartScope) =>
      countedTo(
        whereUnnamed(
          db
            .read('robots_robots')
            .where({ tenant_id: principal.tenantId ?? '', status: 'active' })
            .where(seenBy(principal)),
        ),
      ),
  },
];
