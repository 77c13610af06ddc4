/**
 * What people write in the inbox: answers, which become commands in the same transaction, and notes for each other. Table:
 * robots_messages.
 */

import { randomBytes } from 'node:crypto';
import { once } from '#core/kit.ts';
import type { Principal, Services, Transaction } from '#core/plugin.ts';
import { splitFor } from '../commands/channel-text.ts';
import { SEND_MESSAGE, SEND_TYPES } from '../commands/command-types.ts';
import { textCommand } from '../commands/text-command.ts';
import type { AcceptedCommand, NewCommand, RobotCommands } from '../contract.ts';
import { refusalOverLimit } from '../limits.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import { emitAnswered, knownConversation } from './conversation-events.ts';
import type { Handover } from './handover.ts';
import type { ConversationRow } from './tables.ts';
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

export interface InboxAnswers {
  /**
   * Sends it, a long text as several commands in their order, and pauses automatic answers. Once for each idempotency key.
   * Throws `CONVERSATION_NOT_FOUND`, `ROBOT_DELETED`, `limit_exceeded`.
   */
  answer(principal: Principal, uuid: string, answer: Answer, key?: string): Promise<AcceptedCommand[]>;
  /** Gives the id of the note. */
  note(principal: Principal, uuid: string, text: string, key?: string): Promise<string>;
}

export function createInboxAnswers({
  db,
  clock,
  events,
  usage,
  robotCommands,
  handover,
}: Services & { robotCommands: RobotCommands; handover: Handover }): InboxAnswers {
  return {
    async answer(principal, uuid, answer, key) {
      const known = await visibleConversation(db, principal, uuid);
      const { channel = '' } = (await db.read('robots_robots').where({ id: known.robot }).first('channel')) ?? {};
      const count = splitFor(channel, answer.text ?? '').length + (answer.file ? 1 : 0);
      const overLimit = await refusalOverLimit(usage, known.tenant_id, ROBOT_COMMANDS, count);
      return db.transaction(async (trx) => {
        const row = await visibleConversation(db, principal, uuid, trx);
        const repeatable = { scope: `robots.answer/${row.uuid}`, key, request: answer, now: clock.now() };
        return once(trx, repeatable, () => {
          if (overLimit) throw overLimit;
          return send(trx, row, answer, principal);
        });
      });
    },
    note: (principal, uuid, text, key) =>
      db.transaction(async (trx) => {
        const row = await visibleConversation(db, principal, uuid, trx);
        const repeatable = { scope: `robots.note/${row.uuid}`, key, request: text, now: clock.now() };
        return once(trx, repeatable, () => write(trx, row, text, personOf(principal)));
      }),
  };

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
