/** Robots for pages: their list with live state, and changes that carry a version. */

import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { IF_MATCH, listRoute, type Principal, preconditionOf, route, versioned, versionOf } from '#core/plugin.ts';
import { TextOrNull } from '../../serialization.ts';
import { isNamed } from '../machine-names.ts';
import { robotStatus } from '../presence.ts';
import { termsOf } from '../robot-changes.ts';
import { SettingsPatch, settingsOf } from '../robot-settings.ts';
import type { RobotsPartScope } from '../services.ts';
import { maySeeCredentials, shownTo } from '../shown-credentials.ts';
import type { RobotRow } from '../tables.ts';
import { seenBy } from '../visibility.ts';
import { narrow, ROBOT_STATES } from './robots.ts';

const read = { scope: 'robots:read' } as const;
const manage = { scope: 'robots:manage' } as const;
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 60 }) });
const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });

const ListedRobot = Type.Object({
  id: Type.String({ examples: ['robot_1703123456789_abc123'] }),
  name: Type.String(),
  named: Type.Boolean({
    description: 'False: the name was made when its phone was activated, and nobody has given it one',
  }),
  status: Type.Enum([...ROBOT_STATES]),
  channel: Type.String(),
  user_id: Type.Union([Type.Integer(), Type.Null()], { description: 'Null: its tenant’s' }),
  device_id: TextOrNull,
  total_messages: Type.Integer(),
  last_active_at: TextOrNull,
  created_at: Type.String(),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});

const Settings = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()]));
const RobotWithSettings = Type.Object({ ...ListedRobot.properties, settings: Settings });

const robotList = listRoute({
  path: '/api/platform/robots/robots',
  access: read,
  summary: 'Your robots, newest first; without `status` those that are not deleted',
  item: ListedRobot,
  columns: {
    status: {
      type: 'text',
      filter: 'equals',
      values: ROBOT_STATES,
      narrow(rows, wanted, { clock }) {
        rows.where((either) => {
          for (const state of ROBOT_STATES)
            if (wanted.includes(state)) either.orWhere((one) => narrow(one, state, clock.now()));
        });
      },
    },
    channel: { type: 'text', filter: 'equals' },
    user_id: { type: 'integer', filter: 'equals' },
    created_at: { type: 'time', filter: 'range' },
  },
  search: {
    description: 'A robot’s id, its name as it is spelt, or the id of its device',
    find(rows, text, _services, { principal }) {
      const wanted = text.trim();
      rows.where((either) => {
        either.where({ robot_id: wanted }).orWhere({ name: wanted });
        if (maySeeCredentials(principal)) either.orWhere({ device_id: wanted });
      });
    },
  },
  rows({ principal, query }, { db }: RobotsPartScope) {
    const rows = db.read('robots_robots').where(seenBy(principal));
    return query.status === undefined ? rows.where({ status: 'active' }) : rows;
  },
  items: (rows: RobotRow[], { clock }, { principal }) =>
    rows.map((robot) => listedRobot(robot, principal, clock.now())),
});

export const platformRobotRoutes = [
  robotList,
  route({
    method: 'POST',
    path: '/api/platform/robots/robots',
    access: manage,
    summary: 'A new robot, without a device until a code is activated for it',
    body: Type.Object({ name: Name, ...SettingsPatch }),
    responses: { 201: RobotWithSettings },
    async handler({ body, principal, ip, userAgent }, { robotChanges, clock }: RobotsPartScope) {
      return shown(await robotChanges.create(principal, body, { ip, userAgent }), principal, clock.now(), 201);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/robots/robots/{id}',
    access: read,
    summary: 'A robot with its settings',
    params: Id,
    responses: { 200: RobotWithSettings },
    async handler({ params, principal }, { robots, clock }: RobotsPartScope) {
      return shown(await robots.ofPrincipal(principal, params.id), principal, clock.now());
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/robots/robots/{id}',
    access: manage,
    summary: 'Changes its name and its settings',
    params: Id,
    body: Type.Object({ name: Type.Optional(Name), ...SettingsPatch }),
    requestHeaders: IF_MATCH,
    responses: { 200: RobotWithSettings },
    async handler({ params, body, principal, ctx }, { robotChanges, clock }: RobotsPartScope) {
      const changed = await robotChanges.change(principal, params.id, body, preconditionOf(ctx));
      return shown(changed, principal, clock.now());
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/robots/robots/{id}',
    access: manage,
    summary: 'Deletes a robot: its tokens and its code end, its history is erased later',
    params: Id,
    responses: { 204: null },
    async handler({ params, principal, ip, userAgent }, { robotChanges }: RobotsPartScope) {
      await robotChanges.remove(principal, params.id, { ip, userAgent });
    },
  }),
];

function listedRobot(robot: RobotRow, viewer: Principal, now: number): Static<typeof ListedRobot> {
  const { robot_id: id, name, channel, user_id, device_id, total_messages, seen_at, created_at } = robot;
  return {
    id,
    name,
    named: isNamed(robot),
    channel,
    user_id,
    device_id: shownTo(viewer, device_id),
    total_messages,
    status: robotStatus(robot, now),
    last_active_at: isoSeconds(seen_at),
    created_at: isoSeconds(created_at),
    version: versionOf(termsOf(robot)),
  };
}

function shown(robot: RobotRow, viewer: Principal, now: number, status = 200) {
  return versioned(termsOf(robot), { ...listedRobot(robot, viewer, now), settings: settingsOf(robot) }, status);
}
