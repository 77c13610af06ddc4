/** Ratings: how contacts have rated the conversations that they had. Table: robots_counts. */
import Type from 'typebox';
import { epochDay } from '#core/kit.ts';
import { coreErrors, route } from '#core/plugin.ts';
import { ROBOTS_READ } from '../access.ts';
import { seenBy } from '../robots/visibility.ts';
import type { StatisticsScope } from './services.ts';

const MOST_DAYS = 366;

export const ratingsRoute = route({
  method: 'GET',
  path: '/api/platform/robots/ratings',
  operationId: 'getRatings',
  access: ROBOTS_READ,
  summary: 'How often contacts have given which rating',
  query: Type.Object({
    from: Type.Optional(Type.String({ format: 'date', description: 'Day, UTC; default: 30 days ago' })),
    to: Type.Optional(Type.String({ format: 'date', description: 'Last day, included; default: today' })),
  }),
  responses: {
    200: Type.Object({
      ratings: Type.Array(Type.Object({ rating: Type.Integer(), count: Type.Integer() })),
      average: Type.Union([Type.Number(), Type.Null()]),
    }),
  },
  async handler({ query, principal }, { db, clock }: StatisticsScope) {
    const to = query.to === undefined ? epochDay(clock.now()) : epochDay(Date.parse(query.to));
    const from = query.from === undefined ? to - 29 : epochDay(Date.parse(query.from));
    if (from > to || to - from > MOST_DAYS)
      throw coreErrors.bad_request({ message: `\`from\` is at most ${MOST_DAYS} days before \`to\`` });
    const robots = db.read('robots_robots').where(seenBy(principal)).select('id');
    const rows: { name: string; total: string | number }[] = await db
      .read('robots_counts')
      .whereIn('robot', robots)
      .where({ kind: 'rating' })
      .whereBetween('day', [from, to])
      .groupBy('name')
      .select('name', db.read.raw('sum(value) as total'));
    return figuresOf(new Map(rows.map(({ name, total }) => [name, Number(total)])));
  },
});

function figuresOf(counts: ReadonlyMap<string, number>) {
  const ratings = [1, 2, 3, 4, 5].map((rating) => ({ rating, count: counts.get(String(rating)) ?? 0 }));
  const all = ratings.reduce((sum, { count }) => sum + count, 0);
  const points = ratings.reduce((sum, { rating, count }) => sum + rating * count, 0);
  return { ratings, average: all === 0 ? null : Math.round((points / all) * 100) / 100 };
}
