/**
 * What people write in the inbox: answers, which become commands in the same transaction, and notes for each other. Table:
 * robots_messages.
 */

import { randomBytes } from 'node:crypto';
import { isAppError, once } from '#core/kit.ts';
import type { AppError, Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { splitFor } from '../commands/channel-text.ts';
import { SEND_MESSAGE, SEND_TYPES } from '../commands/command-types.ts';
import { textCommand } from '../commands/text-command.ts';
import type { AcceptedCommand, NewCommand, RobotCommands } from '../contract.ts';
import { robotErrors } from '../errors.ts';
import { refusalOverLimit } from '../limits.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import { emitAnswered, knownConversation } from './conversation-events.ts';
import type { Handover } from './handover.ts';
import { inboxMessages } from './message-view.ts';
import type { ConversationRow } from './tables.ts';
import type { TakingOn } from './taking-on.ts';
import { visibleConversation } from './visibility.ts';
import { indexWords } from './words.ts';

export interface AnswerFile {
  url: string;
  type: 'image' | 'video' | 'file';
  name: string;
}

export interface Answer {
  text?: string;
  file?: AnswerFile;
}

export interface AnswerOptions {
  key?: string;
  /** Id of a message: refused when somebody else has answered behind it. */
  seen?: string | undefined;
}

export interface InboxAnswers {
  /**
   * Sends it, a long text as several commands in their order, and pauses automatic answers. Once for each idempotency key.
   * Who answers first has the conversation from then on (`taking-on.ts`). `seen` is the newest message that was there when
   * writing began. Throws `CONVERSATION_NOT_FOUND`, `ROBOT_DELETED`, `ANSWERED_MEANWHILE`, `limit_exceeded`.
   */
  answer(principal: Principal, uuid: string, answer: Answer, options?: AnswerOptions): Promise<AcceptedCommand[]>;
  /** Gives the id of the note. */
  note(principal: Principal, uuid: string, text: string, key?: string): Promise<string>;
}

export function createInboxAnswers({
  db,
  clock,
  events,
  usage,
  people,
  robotCommands,
  handover,
  takingOn,
}: Services &
  Pick<AuthServices, 'people'> & {
    robotCommands: RobotCommands;
    handover: Handover;
    takingOn: TakingOn;
  }): InboxAnswers {
  return {
    async answer(principal, uuid, answer, { key, seen } = {}) {
      const known = await visibleConversation(db, principal, uuid);
      const { channel = '' } = (await db.read('robots_robots').where({ id: known.robot }).first('channel')) ?? {};
      const count = splitFor(channel, answer.text ?? '').length + (answer.file ? 1 : 0);
      const overLimit = await refusalOverLimit(usage, known.tenant_id, ROBOT_COMMANDS, count);
      const isTakenOn = await takingOn.isFor(principal, known.tenant_id);
      const sending = db.transaction(async (trx) => {
        const row = await visibleConversation(db, principal, uuid, trx);
        const repeatable = { scope: `robots.answer/${row.uuid}`, key, request: answer, now: clock.now() };
        return once(trx, repeatable, async () => {
          if (overLimit) throw overLimit;
          if (seen !== undefined) await refuseAnswered(trx, row, seen, principal);
          const accepted = await send(trx, row, answer, principal);
          if (isTakenOn) await takingOn.takeOn(trx, row, principal);
          return accepted;
        });
      });
      return sending.catch(async (error) => {
        throw isAppError(error) && error.code === 'ANSWERED_MEANWHILE' ? await withAnswer(error) : error;
      });
    },
    note: (principal, uuid, text, key) =>
      db.transaction(async (trx) => {
        const row = await visibleConversation(db, principal, uuid, trx);
        const repeatable = { scope: `robots.note/${row.uuid}`, key, request: text, now: clock.now() };
        return once(trx, repeatable, () => write(trx, row, text, personOf(principal)));
      }),
  };

  /** The row is locked: of two who send at once the second is told of the first. */
  async function refuseAnswered(
    trx: Transaction,
    row: ConversationRow,
    seen: string,
    { userId }: Principal,
  ): Promise<void> {
    const from = await trx('robots_messages').where({ message_id: seen, conversation: row.id }).first('id');
    if (!from) return;
    const answered = await trx('robots_messages')
      .where({ conversation: row.id, direction: 'out', is_echo: 0 })
      .where('id', '>', from.id)
      .whereNot({ author: 'note' })
      .where((by) => by.whereNull('user_id').orWhereNot('user_id', userId))
      .orderBy('id', 'desc')
      .first('message_id');
    if (!answered) return;
    throw robotErrors.ANSWERED_MEANWHILE({ extra: { message_id: answered.message_id } });
  }

  /** The refusal with what was answered, as the list of messages shows it. */
  async function withAnswer({ extra }: AppError): Promise<AppError> {
    const rows = await db.read('robots_messages').where({ message_id: String(extra.message_id) });
    const [answer = null] = await inboxMessages(rows, { on: db.read, people });
    return robotErrors.ANSWERED_MEANWHILE({ extra: { answer } });
  }

  async function send(
    trx: Transaction,
    row: ConversationRow,
    answer: Answer,
    principal: Principal,
  ): Promise<AcceptedCommand[]> {
    const userId = personOf(principal);
    const robot = await trx('robots_robots').where({ id: row.robot }).first();
    if (!robot) return [];
    const texts = answer.text ? splitFor(robot.channel, answer.text) : [];
    const commands = texts.map((text) => textCommand(robot, row, text, 'inbox'));
    if (answer.file) commands.push(fileCommand(textCommand(robot, row, '', 'inbox'), answer.file));
    const accepted = await robotCommands.sendWithin(
      trx,
      commands.map((command) => ({ ...command, userId })),
    );
    await handover.personAnswered(trx, row.id);
    const known = await knownConversation(trx, row.id);
    const said = { text: answer.text ?? '', userId: userId === null ? null : principal.id, isProved: true };
    if (known) await emitAnswered(events, trx, known, said);
    return accepted;
  }

  async function write(trx: Transaction, row: ConversationRow, text: string, userId: number | null): Promise<string> {
    const now = clock.now();
    const messageId = `msg_${now}_${randomBytes(6).toString('hex')}`;
    const [note] = await trx('robots_messages')
      .insert({
        message_id: messageId,
        tenant_id: row.tenant_id,
        robot: row.robot,
        conversation: row.id,
        direction: 'out',
        author: 'note',
        user_id: userId,
        spoken: text,
        raw_spoken: text,
        created_at: now,
      })
      .returning('id');
    if (note) await indexWords(trx, db.client, 'message', [{ id: note.id, tenantId: row.tenant_id, text }]);
    return messageId;
  }
}

function fileCommand(command: NewCommand, { url, type, name }: AnswerFile): NewCommand {
  const { content: _content, ...place } = command.params;
  const params = { ...place, type, fileUrl: url, fileType: type, objectName: name };
  return { ...command, code: SEND_TYPES[type], type: SEND_MESSAGE, params };
}

/** The root token is nobody. */
function personOf({ userId }: Principal): number | null {
  return userId === null || userId === 0 ? null : userId;
}
