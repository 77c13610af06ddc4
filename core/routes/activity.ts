/** How often things happened, hour by hour, and what waits for a person: what a dashboard shows. */
import Type from 'typebox';
import { refusalOf } from '../access/access.ts';
import { isSuperadmin } from '../access/principal.ts';
import { HOUR_MS, SHOWN_HOURS } from '../activity/activity.ts';
import { type Attention, MOST_COUNTED } from '../activity/attention.ts';
import { route } from '../http/route.ts';
import { inTime } from '../in-time.ts';
import type { Logger } from '../observability/log.ts';
import { TextView, textOf } from '../pages/entries.ts';

const tag = 'activity';

export function activityRoutes(attention: readonly Attention[]) {
  return [
    route({
      method: 'GET',
      path: '/api/platform/activity',
      access: 'user',
      tag,
      summary: 'How often things happened in your tenant, hour by hour; for super-admins in all tenants together',
      query: Type.Object({ hours: Type.Integer({ default: 24, minimum: 1, maximum: SHOWN_HOURS }) }),
      responses: {
        200: Type.Object({
          times: Type.Array(Type.Integer(), {
            description: 'Beginnings of hours, ms since the epoch; the last is now',
          }),
          series: Type.Array(
            Type.Object({
              name: Type.String({ description: '`plugin.what`' }),
              title: TextView,
              values: Type.Array(Type.Integer(), { description: 'One for each hour' }),
            }),
          ),
        }),
      },
      async handler({ principal, query: { hours } }, { activity, catalogue, clock }) {
        const now = clock.now();
        const last = now - (now % HOUR_MS);
        const times = Array.from({ length: hours }, (_, index) => last - (hours - 1 - index) * HOUR_MS);
        const kinds = Object.entries(catalogue.activity).filter(
          ([, { access = 'user' }]) => refusalOf(access, principal) === null,
        );
        const reach = isSuperadmin(principal) ? null : principal.tenantId;
        // Who is in no tenant has done nothing in one.
        const names = reach === null && !isSuperadmin(principal) ? [] : kinds.map(([name]) => name);
        const rows = await activity.since(times[0] ?? last, names, reach);
        const amounts = new Map(rows.map(({ name, hour, amount }) => [`${name}\n${hour}`, amount]));
        return {
          times,
          series: kinds.map(([name, { title }]) => ({
            name,
            title: textOf(title),
            values: times.map((time) => amounts.get(`${name}\n${time}`) ?? 0),
          })),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/api/platform/attention',
      access: 'user',
      tag,
      summary: 'What waits for a person: of you, of your tenant, for super-admins of the platform',
      responses: {
        200: Type.Object({
          items: Type.Array(
            Type.Object({
              id: Type.String({ description: '`plugin.what`' }),
              title: TextView,
              path: Type.String({ description: 'Page of the web UI' }),
              count: Type.Integer({ maximum: MOST_COUNTED, description: `${MOST_COUNTED} means that, or more` }),
            }),
          ),
        }),
      },
      async handler({ principal, log }) {
        const mine = attention.filter(({ access = 'user' }) => refusalOf(access, principal) === null);
        const counted = await Promise.all(
          mine.map(async ({ id, title, path, count }) => ({
            id,
            title: textOf(title),
            path,
            count: await countOf(id, () => count(principal), log),
          })),
        );
        return { items: counted.filter(({ count }) => count > 0) };
      },
    }),
  ];
}

/** What cannot be counted at the moment hides nothing of what the others tell. */
async function countOf(id: string, counting: () => Promise<number>, log: Logger): Promise<number> {
  try {
    return Math.min(MOST_COUNTED, Math.trunc(Number(await inTime(counting))));
  } catch (error) {
    log.error({ err: error, source: id }, 'What waits for a person could not be counted');
    return 0;
  }
}
