/** Robots of other networks. */
import Type from 'typebox';
import { reply, route } from '#core/plugin.ts';
import { ROBOTS_MANAGE, ROBOTS_READ } from '../access.ts';
import type { RobotsScope } from '../scope.ts';

const path = '/api/platform/robots/channels';

export const channelRoutes = [
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
    handler: (_request, { robotChannels }: RobotsScope) => ({
      items: robotChannels.list().map(({ name, summary, config }) => ({ name, summary, config })),
    }),
  }),
  route({
    method: 'POST',
    path: `${path}/{channel}`,
    access: ROBOTS_MANAGE,
    summary: 'Makes an account of another network a robot: a bot of Telegram by its token',
    description:
      'The network is asked whose token it is. What the channel asks for stands beside the name, and is kept sealed.',
    params: Type.Object({ channel: Type.String({ minLength: 1, maxLength: 40 }) }),
    body: Type.Object(
      {
        name: Type.Optional(
          Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', description: 'Default: the account’s' }),
        ),
        token: Type.Optional(Type.String({ maxLength: 500, description: 'Of a bot of Telegram' })),
      },
      { additionalProperties: true },
    ),
    responses: { 201: Type.Object({ robot_id: Type.String(), name: Type.String(), channel: Type.String() }) },
    async handler({ params, body, principal, ip, userAgent }, { channelRobots, channelRunner }: RobotsScope) {
      const { name = null, ...config } = body;
      const robot = await channelRobots.create(principal, params.channel, { name, config }, { ip, userAgent });
      await channelRunner.look();
      return reply(201, { robot_id: robot.robot_id, name: robot.name, channel: robot.channel });
    },
  }),
];
