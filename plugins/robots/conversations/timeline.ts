/**
 * What was sent, in the conversations that it was sent to: a row for each command that carries a text or a file, written in
 * the transaction that accepts it. Tables: robots_messages, robots_conversations.
 */
import { type PlainCell, rowsOf, valuesTable } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { recipientsOf, SEND_TYPES } from '../commands/command-types.ts';
import type { CommandHooks, SentCommand } from '../commands/hooks.ts';
import type { CommandPlace } from '../contract.ts';
import { indexWords } from './words.ts';

export interface Timeline {
  /** In conversations that are known; what goes to others is in the list of commands alone. */
  record(trx: Transaction, commands: readonly SentCommand[], now: number): Promise<void>;
}

/** Of a command to more places than these the first are shown. */
const MOST_PLACES = 100;
const COLUMNS = 9;
const PER_STATEMENT = 3_000;
const SHOWN = 200;

/**
 * A row for each conversation: of the person with this name, or with this name in the group. What goes to a group as such
 * stands where somebody of the group has written last.
 */
const insertSql = (given: string): string => `
  insert into robots_messages (message_id, tenant_id, robot, conversation, direction, author, user_id, command_id, room_type,
         text_type, spoken, raw_spoken, created_at)
  select 'msg_' || substr(given.column1, 5) || '_' || own.id, given.column2, own.robot, own.id, 'out', given.column6,
         cast(given.column7 as bigint), given.column1, own.room_type, cast(given.column8 as integer), given.column9,
         given.column9, ?
    from ${given} as given
    join robots_conversations own on own.id = case
      when given.column5 is not null then
        (select id from robots_conversations where robot = cast(given.column3 as bigint)
            and group_name = given.column4 and person = given.column5)
      else
        (select id from robots_conversations where robot = cast(given.column3 as bigint)
            and group_name = given.column4 and group_name <> '' order by last_message_at desc, id desc limit 1)
      end
   where true
  on conflict (message_id) do nothing
  returning id, tenant_id, conversation, spoken`;

interface Written {
  id: number;
  tenant_id: string;
  conversation: number;
  spoken: string;
}

export function createTimeline({ db, commandHooks }: Services & { commandHooks: CommandHooks }): Timeline {
  commandHooks.stored.add(record);
  return { record };

  async function record(trx: Transaction, commands: readonly SentCommand[], now: number): Promise<void> {
    const rows = commands.flatMap(rowsOfCommand);
    const written: Written[] = [];
    for (let start = 0; start < rows.length; start += PER_STATEMENT) {
      const some = rows.slice(start, start + PER_STATEMENT);
      const given = valuesTable(trx, COLUMNS, some);
      written.push(...rowsOf<Written>(await trx.raw(insertSql(given.sql), [now, ...given.bindings])));
    }
    if (written.length === 0) return;
    await touch(trx, written, now);
    const texts = written.filter(({ spoken }) => spoken !== '');
    await indexWords(
      trx,
      db.client,
      'message',
      texts.map(({ id, tenant_id, spoken }) => ({ id, tenantId: tenant_id, text: spoken })),
    );
  }
}

/** The conversations show it as the last that was said. */
async function touch(trx: Transaction, written: readonly Written[], now: number): Promise<void> {
  const last = new Map(written.map(({ conversation, spoken }) => [conversation, spoken.slice(0, SHOWN)]));
  const rows = [...last].sort(([one], [other]) => one - other);
  for (let start = 0; start < rows.length; start += PER_STATEMENT) {
    const some = rows.slice(start, start + PER_STATEMENT);
    const given = valuesTable(trx, 2, some);
    await trx.raw(
      `update robots_conversations set last_message_at = ?, last_text = given.column2, updated_at = ?
         from ${given.sql} as given where robots_conversations.id = cast(given.column1 as bigint)`,
      [now, now, ...given.bindings],
    );
  }
}

function rowsOfCommand(command: SentCommand): PlainCell[][] {
  const content = contentOf(command);
  if (!content) return [];
  const author = command.origin === 'inbox' ? 'person' : 'robot';
  const mentioned = named(command.params.atList);
  return placesOf(recipientsOf(command.params), mentioned, command.answers).map(([group, person]) => [
    command.commandId,
    command.tenantId,
    command.robot,
    group,
    person,
    author,
    command.userId,
    content.textType,
    content.text,
  ]);
}

/** A name is a person's or a group's; who is mentioned in a group is spoken to there. */
function placesOf(
  names: readonly string[],
  mentioned: readonly string[],
  answers: CommandPlace | null,
): [group: string, person: string | null][] {
  const places: [string, string | null][] = answers ? [[answers.group, answers.person]] : [];
  for (const name of names) {
    places.push(['', name]);
    if (mentioned.length === 0 && !answers) places.push([name, null]);
    for (const person of mentioned) places.push([name, person]);
    if (places.length >= MOST_PLACES) break;
  }
  return places.slice(0, MOST_PLACES);
}

function named(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one !== '') : [];
}

/** By the number of the command: how a robot would have heard it. */
const TEXT_TYPES = new Map<number, number>([
  [SEND_TYPES.text, 1],
  [204, 1],
  [SEND_TYPES.file, 9],
  [208, 2],
  [209, 9],
  [SEND_TYPES.link, 8],
  [SEND_TYPES.mini_program, 7],
  [211, 11],
]);
const OF_FILES = new Map<unknown, number>([
  ['image', 2],
  ['video', 5],
]);

function contentOf({ code, params }: SentCommand): { text: string; textType: number } | null {
  const textType = TEXT_TYPES.get(code);
  if (textType === undefined) return null;
  const said = [params.content, params.receivedContent, params.objectName, params.fileUrl, params.extraText];
  const text = said.find((one): one is string => typeof one === 'string' && one !== '') ?? '';
  return { text, textType: code === SEND_TYPES.file ? (OF_FILES.get(params.type) ?? textType) : textType };
}
