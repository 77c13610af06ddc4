/** What waits for a person, as plugins tell it: shown on the dashboard with the way there. */
import type { Knex } from 'knex';
import type { Access } from '../http/access.ts';
import type { Principal } from '../http/principal.ts';
import type { PageText } from '../pages/pages.ts';
import type { Services } from '../services.ts';

/** Nobody needs to know it more exactly, and counting stays cheap. */
export const MOST_COUNTED = 100;

export interface AttentionSource {
  /** `plugin.what` */
  id: string;
  title: PageText;
  /** The page of the web UI on which somebody does something about it. */
  path: string;
  /** Who is told; default: everybody who has signed in. That of the page behind it. */
  access?: Access;
  /** How many there are, for this person; `countedTo` is exact enough, and cheap. */
  count(principal: Principal, services: Services): Promise<number>;
}

/** A source that has been given the services of its plugin. */
export interface Attention extends Omit<AttentionSource, 'count'> {
  count(principal: Principal): Promise<number>;
}

/** Rows of a query, of which at most `MOST_COUNTED` are read. */
export async function countedTo(query: Knex.QueryBuilder): Promise<number> {
  const rows: unknown[] = await query
    .clone()
    .clearSelect()
    .clearOrder()
    .select(query.client.raw('1 as one'))
    .limit(MOST_COUNTED);
  return rows.length;
}

export const deadJobs: AttentionSource = {
  id: 'core.deadJobs',
  title: { en: 'Jobs that gave up', zh: '已放弃的作业' },
  path: '/jobs?state=dead',
  access: 'superadmin',
  count: (_, { db }) => countedTo(db.read('core_jobs').whereRaw("state = 'dead'")),
};
