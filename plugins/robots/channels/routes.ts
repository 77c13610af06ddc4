/** Robots of other networks. */

import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { listRoute, reply, route } from '#core/plugin.ts';
import { ROBOTS_MANAGE, ROBOTS_READ } from '../access.ts';
import { isOnline } from '../robots/presence.ts';
import type { RobotRow } from '../robots/tables.ts';
import { seenBy } from '../robots/visibility.ts';
import { TextOrNull } from '../serialization.ts';
import type { ChannelsScope } from './services.ts';
import type { ChannelRobotRow } from './tables.ts';

const path = '/api/platform/robots/channels';

const ListedChannelRobot = Type.Object({
  id: Type.String({ examples: ['robot_1703123456789_abc123'] }),
  name: Type.String(),
  channel: Type.String({ examples: ['telegram'] }),
  account: Type.String({ description: 'What the network calls it' }),
  status: Type.Enum(['online', 'offline']),
  problem: Type.String({ description: 'What is wrong; empty when all is well' }),
  configured: TextOrNull,
  last_active_at: TextOrNull,
  created_at: Type.String(),
});
type Row = RobotRow & Pick<ChannelRobotRow, 'account' | 'problem' | 'configured'>;

export const channelRoutes = [
  listRoute({
    path: `${path}/robots`,
    access: ROBOTS_READ,
    summary: 'Robots that are accounts of other networks, newest first, with what is wrong',
    description: '`configured` is its name in the configuration file; null when a person made it.',
    item: ListedChannelRobot,
    key: 'robots_robots.id',
    columns: { channel: { type: 'text', column: 'robots_robots.channel', filter: 'equals' } },
    rows: ({ principal }, { db }: ChannelsScope) =>
      db
        .read('robots_robots')
        .join('robots_channel_robots as own', 'own.robot', 'robots_robots.id')
        .where('robots_robots.status', 'active')
        .where(seenBy(principal))
        .select('robots_robots.*', 'own.account', 'own.problem', 'own.configured'),
    items: (rows: Row[], { clock }) => rows.map((row) => listed(row, clock.now())),
  }),
  route({
    method: 'GET',
    path,
    access: ROBOTS_READ,
    summary: 'The networks whose accounts may be robots, with what each asks for',
    responses: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            name: Type.String(),
            summary: Type.String(),
            config: Type.Record(Type.String(), Type.Unknown()),
          }),
        ),
      }),
    },
    handler: (_request, { robotChannels }: ChannelsScope) => ({
      items: robotChannels.list().map(({ name, summary, config }) => ({ name, summary, config })),
    }),
  }),
  route({
    method: 'POST',
    path: `${path}/{channel}`,
    access: ROBOTS_MANAGE,
    summary: 'Makes an account of another network a robot: a bot of Telegram by its token',
    description:
      'The network is asked whose token it is. The values the channel asks for go beside the name, and are kept sealed.',
    params: Type.Object({ channel: Type.String({ minLength: 1, maxLength: 40 }) }),
    body: Type.Object(
      {
        name: Type.Optional(
          Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', description: 'Default: the account’s' }),
        ),
        token: Type.Optional(Type.String({ maxLength: 500, description: 'Of a bot of Telegram', writeOnly: true })),
      },
      { additionalProperties: true },
    ),
    responses: { 201: Type.Object({ robot_id: Type.String(), name: Type.String(), channel: Type.String() }) },
    async handler({ params, body, principal, ip, userAgent }, { channelRobots, channelRunner }: ChannelsScope) {
      const { name = null, ...config } = body;
      const robot = await channelRobots.create(principal, params.channel, { name, config }, { ip, userAgent });
      await channelRunner.poll();
      return reply(201, { robot_id: robot.robot_id, name: robot.name, channel: robot.channel });
    },
  }),
];

function listed(row: Row, now: number): Static<typeof ListedChannelRobot> {
  const { robot_id: id, name, channel, account, problem, configured, seen_at, created_at } = row;
  return {
    id,
    name,
    channel,
    account,
    problem,
    configured,
    status: isOnline(row, now) ? 'online' : 'offline',
    last_active_at: isoSeconds(seen_at),
    created_at: isoSeconds(created_at),
  };
}
