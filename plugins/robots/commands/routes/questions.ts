/** What robots of the newer dialect are told and asked beside commands. */
import Type from 'typebox';
import { coreErrors, route } from '#core/plugin.ts';
import type { CommandsScope } from '../services.ts';

const access = { scope: 'robots:manage' } as const;
const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 60, description: '`robot_…`' }) });
const LONGEST_CONFIG = 64_000;

const pushConfig = route({
  method: 'POST',
  path: '/api/platform/robots/robots/{id}/config-push',
  access,
  summary: 'Sends configuration to a robot whose socket speaks the newer dialect; nothing is kept',
  params,
  body: Type.Object({
    configType: Type.Enum(['risk_control', 'reply_template', 'behavior_pattern', 'keyword_filter']),
    config: Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 200 }),
    version: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Integer()])),
  }),
  responses: { 202: Type.Object({ sent: Type.Boolean() }) },
  async handler({ params, body, principal }, { robots, robotQuestions }: CommandsScope) {
    if (JSON.stringify(body).length > LONGEST_CONFIG) throw coreErrors.payload_too_large();
    const robot = await robots.ofPrincipal(principal, params.id);
    await robotQuestions.pushConfig(robot, body);
    return { sent: true };
  },
});

const queryStatus = route({
  method: 'POST',
  path: '/api/platform/robots/robots/{id}/status-query',
  access,
  summary: 'Asks a robot how it is, and waits up to five seconds for its answer',
  params,
  responses: { 200: Type.Object({ status: Type.Record(Type.String(), Type.Unknown()) }) },
  async handler({ params, principal }, { robots, robotQuestions }: CommandsScope) {
    const robot = await robots.ofPrincipal(principal, params.id);
    return { status: await robotQuestions.status(robot) };
  },
});

export const questionRoutes = [pushConfig, queryStatus];
