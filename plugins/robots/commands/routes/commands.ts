/** The commands of a robot for pages: what was asked of it, and what became of it. */

import type { Knex } from 'knex';
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { type Database, listRoute, reply, route } from '#core/plugin.ts';
import { TextOrNull } from '../../serialization.ts';
import { isRepeatable } from '../command-repeats.ts';
import { SEND_MESSAGE } from '../command-types.ts';
import { OPEN, OPEN_BY_ROBOT } from '../open-commands.ts';
import type { StoredResult } from '../results.ts';
import type { CommandsScope } from '../services.ts';
import { isUnoffered } from '../states.ts';
import type { CommandRow, CommandStatus } from '../tables.ts';

const path = '/api/platform/robots/robots/{id}/commands';
const Id = Type.String({ minLength: 1, maxLength: 60 });
const STATES = ['pending', 'dispatched', 'succeeded', 'failed', 'expired'] as const satisfies CommandStatus[];
/** The words of the index of those that were not carried out. */
const UNFINISHED = `status in ('failed', 'expired')`;
const SHOWN = 200;

const ListedCommand = Type.Object({
  id: Type.String({ examples: ['cmd_1703123456789_0a1b2c3d4e5f'] }),
  type: Type.String({ description: 'Its name on the wire', examples: [SEND_MESSAGE] }),
  code: Type.Integer({ description: 'Its number in the table of commands' }),
  recipients: Type.Array(Type.String()),
  text: Type.String({ description: 'The beginning of what is sent' }),
  status: Type.Enum([...STATES]),
  priority: Type.Integer({ description: '0 low to 3 urgent' }),
  source: Type.String({ description: 'What asked for it', examples: ['api', 'inbox', 'broadcast'] }),
  tries: Type.Integer({ description: 'How often it was offered' }),
  created_at: Type.String(),
  finished_at: TextOrNull,
  error_code: Type.Union([Type.Integer(), Type.Null()], { description: '0 is success; null: no result yet' }),
  error_reason: Type.String(),
  repeatable: Type.Boolean({ description: 'Whether nobody gets anything twice when it is asked for again' }),
  withdrawable: Type.Boolean({ description: 'Whether the robot was not told of it yet' }),
});

const commandList = listRoute({
  path,
  access: { scope: 'robots:read' },
  summary: 'The commands of a robot, newest first',
  description: 'The live topic `robot.command.finished/<robot>` tells of each that ends.',
  params: Type.Object({ id: Id }),
  item: ListedCommand,
  columns: {
    status: { type: 'text', filter: 'equals', values: STATES },
    type: { type: 'text', filter: 'equals' },
    created_at: { type: 'integer', column: 'id', sort: true, description: 'In the order in which they were accepted' },
  },
  sort: '-created_at',
  async rows({ principal, params, query: { status, type } }, { db, robots }: CommandsScope) {
    const { id } = await robots.ofPrincipal(principal, params.id);
    const query = db.read('robots_commands').where({ robot: id });
    if (status !== undefined) whereFew(query, String(status).split(','), db, id);
    if (type !== undefined && !String(type).split(',').includes(SEND_MESSAGE))
      query.whereRaw(`type <> '${SEND_MESSAGE}'`);
    return { query };
  },
  items: (rows: CommandRow[]) => rows.map(listed),
});

const repeatCommand = route({
  method: 'POST',
  path: `${path}/{command}/repeat`,
  operationId: 'repeatCommand',
  access: { scope: 'robots:manage', also: ['messages:send'] },
  summary: 'Asks again for what the robot could not do, once, where nobody gets anything twice',
  params: Type.Object({ id: Id, command: Id }),
  responses: { 202: Type.Object({ command_id: Type.String() }) },
  async handler({ params, principal }, { commandRepeats }: CommandsScope) {
    const { commandId } = await commandRepeats.repeat(principal, params.id, params.command);
    return reply(202, { command_id: commandId });
  },
});

const withdrawCommand = route({
  method: 'POST',
  path: `${path}/{command}/withdraw`,
  operationId: 'withdrawCommand',
  access: { scope: 'robots:manage', also: ['messages:send'] },
  summary: 'Takes back what the robot was not told yet: it ends as failed, with the reason `withdrawn`',
  params: Type.Object({ id: Id, command: Id }),
  responses: { 204: null },
  async handler({ params, principal }, { robots, robotResults }: CommandsScope) {
    await robotResults.withdraw(await robots.ofPrincipal(principal, params.id), params.command);
    return reply(204, null);
  },
});

export const robotCommandRoutes = [commandList, repeatCommand, withdrawCommand];

/** Those of states that are few among a million that were carried out are found by indexes of their own. */
function whereFew(
  query: Knex.QueryBuilder,
  states: readonly string[],
  { read, client }: Database,
  robot: number,
): void {
  if (states.every((state) => state === 'failed' || state === 'expired')) query.whereRaw(UNFINISHED);
  if (states.some((state) => state !== 'pending' && state !== 'dispatched')) return;
  const isPg = client === 'pg';
  const open = read
    .from(read.raw(OPEN_BY_ROBOT[isPg ? 'pg' : 'sqlite']))
    .where({ robot })
    .whereRaw(OPEN)
    .select('id');
  // As an array they are looked for first, whatever the figures of the table say.
  if (isPg) query.whereRaw('id = any(array(?))', [open]);
  else query.whereIn('id', open);
}

function listed(row: CommandRow): Static<typeof ListedCommand> {
  const { command_id: id, type, code, recipient, status, priority, source, tries } = row;
  const params: { content?: unknown } = JSON.parse(row.params);
  const result: StoredResult | null = row.result === null ? null : JSON.parse(row.result);
  return {
    id,
    type,
    code,
    recipients: recipient === '' ? [] : recipient.split('\n'),
    text: typeof params.content === 'string' ? params.content.slice(0, SHOWN) : '',
    status,
    priority,
    source,
    tries,
    created_at: isoSeconds(row.created_at),
    finished_at: isoSeconds(row.finished_at),
    error_code: result?.errorCode ?? null,
    error_reason: result?.errorReason ?? '',
    repeatable: isRepeatable(row),
    withdrawable: isUnoffered(row),
  };
}
