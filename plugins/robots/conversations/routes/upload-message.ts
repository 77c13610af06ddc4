/** What robots call about what they have heard: each message is uploaded, once. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { ROBOT_ONLY } from '../../access.ts';
import { answer } from '../../dialect.ts';
import { SENTENCES } from '../../dialect-messages.ts';
import { robotErrors } from '../../errors.ts';
import { callingRobot } from '../../robots/robot-principal.ts';
import { booleanOf, Numeric, numberOf, Truthy } from '../../serialization.ts';
import { receivedFile } from '../received-message.ts';
import type { ConversationsScope } from '../services.ts';

const Name = Type.Optional(Type.String({ maxLength: 200 }));
const Spoken = Type.Optional(Type.String({ maxLength: 20_000 }));
/** Four characters for three bytes, and the rest of the body. */
const BODY_BYTES = 16 * 1024 * 1024;

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
      receivedId: Type.Optional(
        Type.String({
          maxLength: 64,
          description: 'What the network calls `receivedName`, where the client can tell: it proves who the contact is',
        }),
      ),
      accountId: Type.Optional(
        Type.String({
          maxLength: 64,
          description:
            'The account for which `receivedId` is one person, on all robots of one owner; left out: on this robot alone',
        }),
      ),
      fileBase64: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      timestamp: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Number()])),
    },
    { additionalProperties: true },
  ),
  responses: { 200: Type.Object({ messageId: Type.String() }) },
  async handler({ body, principal }, scope: ConversationsScope) {
    const robot = callingRobot(principal, body.robotId).detail;
    const { person, ownId } = await scope.heardNames.of(robot, {
      name: body.receivedName ?? '',
      id: body.receivedId ?? '',
      account: body.accountId ?? '',
    });
    const roomType = inTable(body.roomType, 0, 4);
    const textType = inTable(body.textType ?? 1, 0, 18);
    const messageId = await scope.robotMessages.receive(robot, {
      clientId: body.messageId ?? null,
      spoken: body.spoken ?? body.rawSpoken ?? '',
      rawSpoken: body.rawSpoken ?? body.spoken ?? '',
      person,
      ownId,
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
async function fileOf(text: string, { blobs, robotsConfig }: ConversationsScope) {
  const base64 = text.replace(/^data:[^,]{0,100},/, '').replace(/\s+/g, '');
  if (base64.length / 4 > robotsConfig.fileBytes / 3 + 4) throw robotErrors.FILE_TOO_LARGE();
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(base64)) throw robotErrors.FILE_INVALID();
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > robotsConfig.fileBytes) throw robotErrors.FILE_TOO_LARGE();
  return bytes.length === 0 ? null : receivedFile(blobs, bytes);
}
