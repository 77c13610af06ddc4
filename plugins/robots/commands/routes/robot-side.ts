/** What robots call about their commands: they poll for them, and report results. */

import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { ROBOT_ONLY } from '../../access.ts';
import { answer } from '../../dialect.ts';
import { SENTENCES } from '../../dialect-messages.ts';
import { robotErrors } from '../../errors.ts';
import { callingRobot } from '../../robots/robot-principal.ts';
import { Numeric } from '../../serialization.ts';
import { POLL } from '../dispatch.ts';
import { commandView, outcomeOf } from '../serialization.ts';
import type { CommandsScope } from '../services.ts';

const RobotId = Type.Optional(Type.String({ maxLength: 60 }));
const LONGEST_REASON = 20_000;
const POLLED_AT_ONCE = 50;
const TITLES_MAX = 1_000;
const Titles = Type.Optional(Type.Array(Type.String({ maxLength: 300 }), { maxItems: TITLES_MAX }));

const pollCommands = route({
  method: 'GET',
  path: '/api/robot/commands',
  access: ROBOT_ONLY,
  summary: 'Commands that wait for the robot, the most urgent and then the oldest first',
  query: Type.Object({ robotId: RobotId }),
  responses: {
    200: Type.Object({
      commands: Type.Array(
        Type.Object({
          commandId: Type.String(),
          commandType: Type.String(),
          commandParams: Type.Record(Type.String(), Type.Unknown()),
          createdAt: Type.String(),
        }),
      ),
    }),
  },
  async handler({ query, principal }, { commandDispatch, robotPresence, connectedRobots }: CommandsScope) {
    const { detail: robot } = callingRobot(principal, query.robotId);
    await robotPresence.polled(robot.id);
    const { offers } = await commandDispatch.claim({ robot: robot.id, over: POLL, limit: POLLED_AT_ONCE });
    // What it has taken over a poll, its socket has to reckon with.
    if (offers.length > 0) connectedRobots.pump(robot.id);
    return { commands: offers.map(commandView) };
  },
});

const reportResult = route({
  method: 'POST',
  path: '/api/robot/command-result',
  access: ROBOT_ONLY,
  summary: 'Records the outcome of a command, once; a repeat is answered in the same way',
  body: Type.Object(
    {
      robotId: RobotId,
      commandId: Type.String({ minLength: 1, maxLength: 60 }),
      errorCode: Type.Optional(Numeric()),
      errorReason: Type.Optional(Type.Union([Type.String({ maxLength: LONGEST_REASON }), Type.Null()])),
      executionTimeMs: Type.Optional(Numeric()),
      successList: Titles,
      failList: Titles,
    },
    { additionalProperties: true },
  ),
  responses: { 200: Type.Null() },
  async handler({ body, principal }, { robotResults, connectedRobots }: CommandsScope) {
    const { detail: robot } = callingRobot(principal, body.robotId);
    const recorded = await robotResults.record(robot, body.commandId, outcomeOf(body));
    if (recorded === 'unknown') throw robotErrors.COMMAND_NOT_FOUND();
    if (recorded === 'foreign') throw robotErrors.OTHER_ROBOT();
    connectedRobots.pump(robot.id);
    return answer(SENTENCES.resultRecorded);
  },
});

export const robotSideRoutes = [pollCommands, reportResult];
