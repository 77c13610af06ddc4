/** What third parties are told, made of the stored rows, in the words of their documents. */

import { isoTime } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { StoredResult } from '../commands/results.ts';
import type { CommandRow } from '../commands/tables.ts';
import type { ConversationRow, MessageRow } from '../conversations/tables.ts';
import type { RobotRow } from '../robots/tables.ts';
import type { CallbackJob } from './callbacks.ts';

/** A message with the room that it was heard in. */
export type ReceivedRow = MessageRow & Pick<ConversationRow, 'group_name' | 'person'>;

export interface CallbackNews {
  body: Record<string, unknown>;
  /** The message that may be answered. */
  message: ReceivedRow | null;
}

export interface CallbackBodies {
  /** What a callback is about; null when it is no longer there. */
  of(job: CallbackJob, robot: RobotRow): Promise<CallbackNews | null>;
  /** The picture of a message, which its body has to carry; null without one. */
  pictureOf(message: ReceivedRow | null): Promise<string | null>;
}

/** Pictures alone are sent along (integration document, `fileBase64`). */
const PICTURE = 2;
/** WorkTool's numbers of the callbacks about a robot's state. */
const STATE_TYPES: Readonly<Record<string, number>> = { online: 5, offline: 6 };

export function createCallbackBodies({ db, blobs }: Services): CallbackBodies {
  return {
    of(job, robot) {
      if (job.kind === 'message') return messageOf(job, robot);
      if (job.kind === 'status') return Promise.resolve(withoutMessage(statusBody(job, robot)));
      return commandOf(job, robot);
    },
    async pictureOf(message) {
      if (!message || !hasPicture(message) || message.blob === null) return null;
      return (await blobs.read(message.blob)).toString('base64');
    },
  };

  async function messageOf({ subject }: CallbackJob, robot: RobotRow): Promise<CallbackNews | null> {
    const message: ReceivedRow | undefined = await db
      .read('robots_messages')
      .join('robots_conversations', 'robots_conversations.id', 'robots_messages.conversation')
      .where('robots_messages.message_id', subject)
      .first('robots_messages.*', 'group_name', 'person');
    return message ? { body: messageBody(message, robot), message } : null;
  }

  async function commandOf({ kind, subject }: CallbackJob, robot: RobotRow): Promise<CallbackNews | null> {
    const command = await db.read('robots_commands').where({ command_id: subject }).first();
    if (!command?.result) return null;
    const result: StoredResult = JSON.parse(command.result);
    if (kind === 'result') return withoutMessage(resultBody(command, result, robot));
    return command.status === 'succeeded' ? withoutMessage(qrcodeBody(command, result, robot)) : null;
  }
}

export function hasPicture({ text_type, blob }: Pick<MessageRow, 'text_type' | 'blob'>): boolean {
  return text_type === PICTURE && blob !== null;
}

function withoutMessage(body: CallbackNews['body']): CallbackNews {
  return { body, message: null };
}

/** As it was uploaded, with the robot's uuid and our id, which is the same whenever it is told again. */
function messageBody(message: ReceivedRow, { robot_id, uuid }: RobotRow): CallbackNews['body'] {
  return {
    robotId: robot_id,
    robotUuid: uuid,
    messageId: message.message_id,
    spoken: message.spoken,
    rawSpoken: message.raw_spoken,
    receivedName: message.person,
    groupName: message.group_name,
    groupRemark: message.group_remark,
    roomType: message.room_type,
    atMe: message.at_me === 1,
    textType: message.text_type,
    timestamp: message.phone_time ?? isoTime(message.created_at),
    receivedAt: isoTime(message.created_at),
  };
}

function resultBody(command: CommandRow, result: StoredResult, { robot_id, uuid }: RobotRow): CallbackNews['body'] {
  const { command_id, code, status } = command;
  const { errorCode, errorReason, runTime, executionTimeMs, successList, failList, data } = result;
  return {
    robotId: robot_id,
    robotUuid: uuid,
    commandId: command_id,
    messageId: command_id,
    commandType: code,
    type: code,
    status,
    errorCode,
    errorReason,
    runTime,
    timeCost: executionTimeMs / 1000,
    rawMsg: rawMessage(command),
    successList,
    failList,
    ...(data !== undefined && { data }),
  };
}

/** The command as WorkTool writes it: its number as `type`, its text as `receivedContent`. */
function rawMessage({ code, params }: CommandRow): string {
  const { type: _kind, content, ...rest }: Record<string, unknown> = JSON.parse(params);
  return JSON.stringify({ type: code, ...rest, ...(content !== undefined && { receivedContent: content }) });
}

function qrcodeBody(
  command: CommandRow,
  { data = null }: StoredResult,
  { robot_id, uuid }: RobotRow,
): CallbackNews['body'] {
  return {
    robotId: robot_id,
    robotUuid: uuid,
    commandId: command.command_id,
    messageId: command.command_id,
    type: 0,
    groupName: command.recipient,
    qrcode: data,
  };
}

function statusBody({ subject, at }: CallbackJob, { robot_id, uuid, name }: RobotRow): CallbackNews['body'] {
  return {
    robotId: robot_id,
    robotUuid: uuid,
    name,
    status: subject,
    type: STATE_TYPES[subject],
    timestamp: isoTime(at),
  };
}
