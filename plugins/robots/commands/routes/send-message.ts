/** Sending through a robot: by its people, their programs, third parties, and the robot itself. */
import Type from 'typebox';
import { isSuperadmin } from '#core/kit.ts';
import { coreErrors, type Principal, route } from '#core/plugin.ts';
import { MAY_SEND } from '../../access.ts';
import type { NewCommand } from '../../contract.ts';
import { answer } from '../../dialect.ts';
import { SENTENCES } from '../../dialect-messages.ts';
import { robotErrors } from '../../errors.ts';
import { isRobot } from '../../robots/robot-principal.ts';
import { maySee } from '../../robots/visibility.ts';
import { Numeric, numberOf } from '../../serialization.ts';
import { nameOfCommand, recipientsOf, SEND_MESSAGE, SEND_TYPES, type SendType } from '../command-types.ts';
import type { CommandsScope } from '../services.ts';

const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }));
const Names = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 200 });
/** As many as `titleList` takes. */
const MOST_RECIPIENTS = 200;
const URL_MAX = 2_000;
const CONTENT_MAX = 20_000;
const HIGHEST_CODE = 999;
/** Fifty of them are held in memory for a poll, and sent to a phone in one answer. */
const BODY_BYTES = 256 * 1024;

const Priority = Type.Optional(Numeric({ minimum: 0, maximum: 3 }));
const Retries = Type.Optional(Numeric({ minimum: 0, maximum: 10 }));
const RobotId = Type.String({ minLength: 1, maxLength: 60 });

const Sent = Type.Object(
  {
    robotId: RobotId,
    type: Type.Union(Object.keys(SEND_TYPES).map((type) => Type.Literal(type))),
    titleList: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: MOST_RECIPIENTS }),
    content: Text(CONTENT_MAX),
    atList: Type.Optional(Names),
    fileUrl: Text(URL_MAX),
    fileType: Text(100),
    objectName: Text(500),
    extraText: Text(CONTENT_MAX),
    priority: Priority,
    maxRetries: Retries,
  },
  { additionalProperties: true },
);

const Numbered = Type.Object(
  {
    robotId: RobotId,
    commandType: Numeric({ minimum: 1, maximum: HIGHEST_CODE }),
    commandData: Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 100 }),
    priority: Priority,
    maxRetries: Retries,
  },
  { additionalProperties: true },
);

export const sendMessage = route({
  method: 'POST',
  path: '/api/robot/send-message',
  access: MAY_SEND,
  summary: 'Stores a command for a robot and offers it at once: a message, or any command by its number',
  bodyLimit: BODY_BYTES,
  body: Type.Union([Sent, Numbered]),
  responses: {
    200: Type.Object({ commandId: Type.String(), messageId: Type.String(), status: Type.String() }),
  },
  async handler({ body, principal }, scope: CommandsScope) {
    const { tenantId } = await addressee(principal, body.robotId, scope);
    const base = {
      robotId: body.robotId,
      tenantId,
      priority: Math.trunc(numberOf(body.priority, 1)),
      maxRetries: Math.trunc(numberOf(body.maxRetries, 0)),
      origin: isRobot(principal) ? ('robot' as const) : ('api' as const),
    };
    const { commandId, status } = await scope.robotCommands.send({ ...base, ...contentOf(body) });
    return answer(SENTENCES.commandAccepted, { commandId, messageId: commandId, status });
  },
});

/** Whose robot it is. Throws `OTHER_ROBOT`, `ROBOT_NOT_FOUND`. */
async function addressee(
  principal: Principal,
  robotId: string,
  { robots }: CommandsScope,
): Promise<{ tenantId: string }> {
  if (isRobot(principal)) {
    if (principal.id !== robotId) throw robotErrors.OTHER_ROBOT();
    return { tenantId: principal.detail.tenant_id };
  }
  if (principal.tenantId === null && !isSuperadmin(principal)) throw robotErrors.ROBOT_NOT_FOUND();
  const robot = await robots.known(robotId);
  if (!robot || robot.status === 'deleted' || !maySee(principal, robot)) throw robotErrors.ROBOT_NOT_FOUND();
  return { tenantId: robot.tenant_id };
}

type Content = Pick<NewCommand, 'code' | 'type' | 'params'>;

/** What is sent along to the robot: everything that was asked for, without what is ours. */
function contentOf(body: Readonly<Record<string, unknown>>): Content {
  const { robotId: _robotId, priority: _priority, maxRetries: _retries, commandType, commandData, ...params } = body;
  if (commandType !== undefined && params.type === undefined) {
    const code = Math.trunc(numberOf(commandType, 0));
    const data = (commandData ?? {}) as Record<string, unknown>;
    if (recipientsOf(data).length > MOST_RECIPIENTS)
      throw coreErrors.bad_request({ message: `A command goes to ${MOST_RECIPIENTS} recipients at most` });
    return { code, type: nameOfCommand(code), params: data };
  }
  const type = params.type as SendType;
  const missing = type === 'text' ? 'content' : isFile(type) ? 'fileUrl' : null;
  if (missing && !params[missing])
    throw coreErrors.bad_request({ message: `A message of type ${type} needs ${missing}` });
  return { code: SEND_TYPES[type], type: SEND_MESSAGE, params };
}

function isFile(type: SendType): boolean {
  return type === 'image' || type === 'video' || type === 'file';
}
