/** What robots themselves call: messages they have heard, commands they poll for, results. */
import Type from 'typebox';
import { type Principal, route } from '#core/plugin.ts';
import { ROBOT_ONLY } from '../access.ts';
import { answer } from '../dialect.ts';
import { SENTENCES } from '../dialect-messages.ts';
import { robotErrors } from '../errors.ts';
import { isRobot, type RobotPrincipal } from '../robot-principal.ts';
import type { RobotsScope } from '../scope.ts';
import { booleanOf, commandView, Numeric, numberOf, outcomeOf, Truthy } from '../serialization.ts';
import { POLL } from '../services/dispatch.ts';
import { heardFile } from '../services/heard-message.ts';

const RobotId = Type.Optional(Type.String({ maxLength: 60 }));
const Name = Type.Optional(Type.String({ maxLength: 200 }));
const SPOKEN_MAX = 20_000;
const Spoken = Type.Optional(Type.String({ maxLength: SPOKEN_MAX }));
/** Four characters for three bytes, and the rest of the body. */
const BODY_BYTES = 16 * 1024 * 1024;
const POLLED_AT_ONCE = 50;
const TITLES_MAX = 1_000;
const Titles = Type.Optional(Type.Array(Type.String({ maxLength: 300 }), { maxItems: TITLES_MAX }));

export const uploadMessage = route({
  method: 'POST',
  path: '/api/robot/messages',
  access: ROBOT_ONLY,
  summary: 'Stores a message that a robot has heard; a repeat of `messageId` is stored once',
  bodyLimit: BODY_BYTES,
  body: Type.Object(
    {
      robotId: Type.String({ minLength: 1, maxLength: 60 }),
      messageId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      spoken: Spoken,
      rawSpoken: Spoken,
      receivedName: Name,
      groupName: Name,
      groupRemark: Name,
      roomType: Type.Optional(Numeric({ minimum: 0, maximum: 4 })),
      textType: Type.Optional(Numeric({ minimum: 0, maximum: 18 })),
      atMe: Type.Optional(Truthy()),
      isSelf: Type.Optional(Truthy()),
      fileBase64: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      timestamp: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Number()])),
    },
    { additionalProperties: true },
  ),
  responses: { 200: Type.Object({ messageId: Type.String() }) },
  async handler({ body, principal }, scope: RobotsScope) {
    const robot = own(principal, body.robotId).detail;
    const roomType = inTable(body.roomType, 0, 4);
    const textType = inTable(body.textType ?? 1, 0, 18);
    const messageId = await scope.robotMessages.hear(robot, {
      clientId: body.messageId ?? null,
      spoken: body.spoken ?? body.rawSpoken ?? '',
      rawSpoken: body.rawSpoken ?? body.spoken ?? '',
      person: body.receivedName ?? '',
      group: body.groupName ?? '',
      groupRemark: body.groupRemark ?? '',
      roomType,
      textType,
      atMe: booleanOf(body.atMe),
      isSelf: knownOf(body.isSelf),
      phoneTime: body.timestamp === undefined ? null : String(body.timestamp),
      file: body.fileBase64 ? await fileOf(body.fileBase64, scope) : null,
    });
    return answer(SENTENCES.messageReceived, { messageId });
  },
});

export const pollCommands = route({
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
  async handler({ query, principal }, { robotOffers, robotPresence, connectedRobots }: RobotsScope) {
    const { detail: robot } = own(principal, query.robotId);
    await robotPresence.polled(robot.id);
    const { offers } = await robotOffers.claim({ robot: robot.id, over: POLL, limit: POLLED_AT_ONCE });
    // What it has taken over a poll, its socket has to reckon with.
    if (offers.length > 0) connectedRobots.pump(robot.id);
    return { commands: offers.map(commandView) };
  },
});

export const reportResult = route({
  method: 'POST',
  path: '/api/robot/command-result',
  access: ROBOT_ONLY,
  summary: 'Records what became of a command, once; a repeat is answered in the same way',
  body: Type.Object(
    {
      robotId: RobotId,
      commandId: Type.String({ minLength: 1, maxLength: 60 }),
      errorCode: Type.Optional(Numeric()),
      errorReason: Type.Optional(Type.Union([Type.String({ maxLength: SPOKEN_MAX }), Type.Null()])),
      executionTimeMs: Type.Optional(Numeric()),
      successList: Titles,
      failList: Titles,
    },
    { additionalProperties: true },
  ),
  responses: { 200: Type.Null() },
  async handler({ body, principal }, { robotResults, connectedRobots }: RobotsScope) {
    const { detail: robot } = own(principal, body.robotId);
    const recorded = await robotResults.record(robot, body.commandId, outcomeOf(body));
    if (recorded === 'unknown') throw robotErrors.COMMAND_NOT_FOUND();
    if (recorded === 'foreign') throw robotErrors.OTHER_ROBOT();
    connectedRobots.pump(robot.id);
    return answer(SENTENCES.resultRecorded);
  },
});

export const robotSideRoutes = [uploadMessage, pollCommands, reportResult];

/** The robot that calls; the one that it names has to be itself. */
function own(principal: Principal, robotId: string | undefined): RobotPrincipal {
  if (!isRobot(principal) || (robotId !== undefined && robotId !== principal.id)) throw robotErrors.OTHER_ROBOT();
  return principal;
}

/** Null when nothing is said. */
function knownOf(value: unknown): boolean | null {
  return value === undefined || value === '' ? null : booleanOf(value);
}

/** A number of a table; 0, unknown, for what no table has. */
function inTable(value: unknown, least: number, most: number): number {
  const number = Math.trunc(numberOf(value, least));
  return number >= least && number <= most ? number : 0;
}

/** The bytes of a file, with the type that they show themselves to be. Throws `FILE_INVALID`, `FILE_TOO_LARGE`. */
async function fileOf(text: string, { blobs, robotsConfig }: RobotsScope) {
  const base64 = text.replace(/^data:[^,]{0,100},/, '').replace(/\s+/g, '');
  if (base64.length / 4 > robotsConfig.fileBytes / 3 + 4) throw robotErrors.FILE_TOO_LARGE();
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(base64)) throw robotErrors.FILE_INVALID();
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > robotsConfig.fileBytes) throw robotErrors.FILE_TOO_LARGE();
  return bytes.length === 0 ? null : heardFile(blobs, bytes);
}
