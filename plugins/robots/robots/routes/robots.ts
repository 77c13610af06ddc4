/** WorkBot: robots of people. */

import type { Knex } from 'knex';
import Type from 'typebox';
import { epochDay } from '#core/kit.ts';
import { type Principal, route } from '#core/plugin.ts';
import { answer } from '../../dialect.ts';
import { SENTENCES } from '../../dialect-messages.ts';
import { ListOf, numbered, PageNumber } from '../../paging.ts';
import { ONLINE_MS } from '../presence.ts';
import { SettingsPatch } from '../robot-settings.ts';
import type { RobotsPartScope } from '../services.ts';
import type { RobotRow } from '../tables.ts';
import { RobotDetail, RobotItem, robotDetail, robotItem } from '../views.ts';
import { seenBy } from '../visibility.ts';

// Without a tenant (the root token, a key of the platform): super-admins see all robots, others none.
const read = { scope: 'robots:read' } as const;
const manage = { scope: 'robots:manage' } as const;
const Id = Type.Object({ robotId: Type.String({ minLength: 1, maxLength: 60 }) });
const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });
export const ROBOT_STATES = ['online', 'offline', 'deleted'] as const;

export const robotRoutes = [
  route({
    method: 'GET',
    path: '/api/robots',
    access: read,
    summary: 'Your robots, newest first; without `status` those that are not deleted',
    query: Type.Object({ ...PageNumber, status: Type.Optional(Type.Enum([...ROBOT_STATES])) }),
    responses: { 200: ListOf(RobotItem) },
    async handler({ query, principal }, { db, clock }: RobotsPartScope) {
      const now = clock.now();
      const rows = db.read('robots_robots').where(seenBy(principal)).orderBy('id', 'desc');
      narrow(rows, query.status, now);
      const page = await numbered<RobotRow>(rows, query);
      const calls = await aiCalls(db, page.rows, now);
      const list = page.rows.map((robot) =>
        robotItem(robot, { now, viewer: principal, aiCallsToday: calls.get(robot.id) ?? 0 }),
      );
      return { total: page.total, list };
    },
  }),
  route({
    method: 'GET',
    path: '/api/robots/{robotId}',
    access: read,
    summary: 'One of your robots',
    params: Id,
    responses: { 200: RobotDetail },
    handler: ({ params, principal }, scope: RobotsPartScope) => detailOf(principal, params.robotId, scope),
  }),
  route({
    method: 'POST',
    path: '/api/robots',
    access: manage,
    summary: 'A new robot, without a device until a code is activated for it',
    body: Type.Object({ name: Name, ...SettingsPatch }, { additionalProperties: true }),
    responses: { 200: Type.Object({ robotId: Type.String(), name: Type.String() }) },
    async handler({ body, principal, ip, userAgent }, { robotChanges }: RobotsPartScope) {
      const { robot_id: robotId, name } = await robotChanges.create(
        principal,
        { ...body, isAutopilot: autopilotOf(body) },
        { ip, userAgent },
      );
      return answer(SENTENCES.created, { robotId, name });
    },
  }),
  route({
    method: 'PUT',
    path: '/api/robots/{robotId}',
    access: manage,
    summary: 'Changes what is named in the body',
    params: Id,
    body: Type.Object({ name: Type.Optional(Name), ...SettingsPatch }, { additionalProperties: true }),
    responses: { 200: Type.Null() },
    async handler({ params, body, principal }, { robotChanges }: RobotsPartScope) {
      await robotChanges.change(principal, params.robotId, { ...body, isAutopilot: autopilotOf(body) });
      return answer(SENTENCES.updated);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/robots/{robotId}',
    access: manage,
    summary: 'Deletes a robot: its tokens and its code end, its history is erased later',
    params: Id,
    responses: { 200: Type.Null() },
    async handler({ params, principal, ip, userAgent }, { robotChanges }: RobotsPartScope) {
      await robotChanges.remove(principal, params.robotId, { ip, userAgent });
      return answer(SENTENCES.deleted);
    },
  }),
];

/** A program that names who answers has said whether the robot does so by itself; what it does not name says nothing. */
function autopilotOf({ aiMode }: SettingsPatch): boolean | undefined {
  if (aiMode === undefined) return undefined;
  return aiMode === 'builtin' || aiMode === 'third_party';
}

/** A robot with the code that it was activated with last. Throws `ROBOT_NOT_FOUND`. */
async function detailOf(principal: Principal, robotId: string, { robots, db, clock }: RobotsPartScope) {
  const robot = await robots.ofPrincipal(principal, robotId);
  const now = clock.now();
  const code = await db
    .read('robots_codes')
    .where({ robot: robot.id })
    .whereNotNull('last_activated_at')
    .orderBy('last_activated_at', 'desc')
    .first();
  const calls = await aiCalls(db, [robot], now);
  return robotDetail(robot, code ?? null, { now, viewer: principal, aiCallsToday: calls.get(robot.id) ?? 0 });
}

/** Calls of the model today, by robot. */
async function aiCalls(
  db: RobotsPartScope['db'],
  robots: readonly Pick<RobotRow, 'id'>[],
  now: number,
): Promise<ReadonlyMap<number, number>> {
  const rows = await db
    .read('robots_counts')
    .whereIn(
      'robot',
      robots.map(({ id }) => id),
    )
    .where({ kind: 'ai_calls', day: epochDay(now) })
    .select('robot', 'value');
  return new Map(rows.map(({ robot, value }) => [robot, value]));
}

/** Leaves the robots of one state, as `isOnline` sees it. */
export function narrow(rows: Knex.QueryBuilder, state: (typeof ROBOT_STATES)[number] | undefined, now: number): void {
  const since = now - ONLINE_MS;
  rows.where((query) => {
    query.where('robots_robots.status', state === 'deleted' ? 'deleted' : 'active');
    if (state === 'online') query.where('is_online', 1).where('seen_at', '>', since);
    if (state === 'offline')
      query.where((either) => either.where('is_online', 0).orWhereNull('seen_at').orWhere('seen_at', '<=', since));
  });
}
