/** Messages that are sent later. */
import Type, { type Static } from 'typebox';
import { once } from '#core/kit.ts';
import { listRoute, reply, route } from '#core/plugin.ts';
import { ROBOTS_READ } from '../../access.ts';
import { seenBy } from '../../robots/visibility.ts';
import { Name } from '../audience-terms.ts';
import type { ScheduleWish } from '../scheduled-messages.ts';
import type { BroadcastsScope } from '../services.ts';
import type { ScheduledMessageRow } from '../tables.ts';
import { Content, MAY_BROADCAST, RobotId } from './broadcasts.ts';
import { SCHEDULE_STATES, ScheduleView, scheduleView } from './views.ts';

const path = '/api/platform/robots/scheduled-messages';
const tag = 'broadcasts';
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 60 }) });

export const NewSchedule = Type.Object(
  {
    robot_id: RobotId,
    names: Type.Array(Name, { minItems: 1, maxItems: 200 }),
    content: Content,
    at: Type.Optional(
      Type.String({ maxLength: 40, description: 'Once: `2026-05-01T09:00` in the zone, or with its own offset' }),
    ),
    cron: Type.Optional(
      Type.String({ maxLength: 100, description: 'Again and again: five fields, in the zone: `0 9 * * 1-5`' }),
    ),
    zone: Type.Optional(Type.String({ minLength: 1, maxLength: 60, default: 'UTC', description: '`Asia/Shanghai`' })),
  },
  { additionalProperties: false },
);

export const scheduleRoutes = [
  listRoute({
    path,
    access: ROBOTS_READ,
    summary: 'Scheduled messages with their next time, newest first',
    tag,
    item: ScheduleView,
    key: 'own.id',
    columns: { state: { type: 'text', column: 'own.state', filter: 'equals', values: SCHEDULE_STATES } },
    rows: ({ principal }, { db }: BroadcastsScope) =>
      db
        .read('robots_scheduled_messages as own')
        .join('robots_robots as robot', 'robot.id', 'own.robot')
        .where(seenBy(principal, 'own'))
        .select('own.*', 'robot.robot_id'),
    items: (rows: (ScheduledMessageRow & { robot_id: string })[]) => rows.map(scheduleView),
  }),
  route({
    method: 'POST',
    path,
    access: MAY_BROADCAST,
    tag,
    summary: 'Schedules a message, once or again and again',
    description: 'It is sent within a minute of its time. What was missed is sent late, or is marked as missed.',
    requestHeaders: { 'Idempotency-Key': 'A repeat with the same key gets the first one' },
    body: NewSchedule,
    responses: { 201: ScheduleView },
    async handler({ body, principal, ctx }, { db, clock, scheduledMessages }: BroadcastsScope) {
      const checked = await scheduledMessages.check(principal, scheduleOf(body));
      const repeatable = {
        scope: `robots.schedule/${principal.tenantId}`,
        key: ctx.get('idempotency-key'),
        request: body,
        now: clock.now(),
      };
      const row = await db.transaction((trx) =>
        once(trx, repeatable, () => scheduledMessages.createWithin(trx, principal, checked)),
      );
      return reply(201, scheduleView({ ...row, robot_id: checked.robot.robot_id }));
    },
  }),
  route({
    method: 'GET',
    path: `${path}/{id}`,
    access: ROBOTS_READ,
    tag,
    summary: 'A scheduled message',
    params: Id,
    responses: { 200: ScheduleView },
    async handler({ params, principal }, scope: BroadcastsScope) {
      return shown(await scope.scheduledMessages.find(principal, params.id), scope);
    },
  }),
  route({
    method: 'POST',
    path: `${path}/{id}/cancel`,
    access: MAY_BROADCAST,
    tag,
    summary: 'It is sent no more',
    params: Id,
    responses: { 200: ScheduleView },
    async handler({ params, principal }, scope: BroadcastsScope) {
      return shown(await scope.scheduledMessages.cancel(principal, params.id), scope);
    },
  }),
];

/** What a body asks for, with what it leaves out. */
export function scheduleOf(body: Static<typeof NewSchedule>): ScheduleWish {
  const { robot_id: robotId, names, content, at = null, cron = null, zone = 'UTC' } = body;
  return { robotId, names, content, at, cron, zone };
}

async function shown(row: ScheduledMessageRow, { db }: BroadcastsScope): Promise<Static<typeof ScheduleView>> {
  const robot = await db.write('robots_robots').where({ id: row.robot }).first('robot_id');
  return scheduleView({ ...row, robot_id: robot?.robot_id ?? '' });
}
