/** The list of conversations, as an inbox shows it. */

import type { Knex } from 'knex';
import { isSuperadmin, whereIdIn } from '#core/kit.ts';
import { coreErrors, listRoute, type Principal } from '#core/plugin.ts';
import { ROBOTS_READ } from '../../access.ts';
import { ConversationView, conversationViews } from '../conversation-view.ts';
import type { ConversationsScope } from '../services.ts';
import type { ConversationRow } from '../tables.ts';
import { whereVisible } from '../visibility.ts';
import { idsByWords } from '../words.ts';

/** So many of the newest messages with the words are looked at. */
const MOST_FOUND = 5_000;
/** Conversations with a rarer label are looked up by it; those with a common one are met on the way. */
const RARE_LABEL = 2_000;
/** What is filtered by in `rows`, which knows the caller. */
const elsewhere = (): void => {};

export const conversationList = listRoute({
  path: '/api/platform/robots/conversations',
  access: ROBOTS_READ,
  summary: 'Conversations, those with the newest messages first',
  item: ConversationView,
  columns: {
    state: { type: 'text', filter: 'equals', values: ['open', 'pending', 'snoozed', 'closed'] },
    unread: {
      type: 'boolean',
      filter: 'equals',
      description: 'With messages that nobody has read, or without',
      narrow: (rows, [wanted]) => rows.whereRaw(wanted === 'true' ? 'unread > 0' : 'unread = 0'),
    },
    assignee: {
      type: 'text',
      filter: 'equals',
      description: 'Id of a person, `me` or `none`',
      narrow: elsewhere,
    },
    team: { type: 'text', filter: 'equals', description: 'Id of a team', narrow: elsewhere },
    label: { type: 'text', filter: 'equals', description: 'Name of a label', narrow: elsewhere },
    robot: { type: 'text', filter: 'equals', description: 'Id of a robot', narrow: elsewhere },
    contact: {
      type: 'text',
      filter: 'equals',
      description: 'Id of a contact, or several between commas',
      narrow: elsewhere,
    },
    last_message_at: { type: 'time', filter: 'range', sort: true },
  },
  sort: '-last_message_at',
  search: {
    description: 'Words of messages, of people and of groups; among the newest that have them',
    async find(rows, text, scope, { principal }) {
      whereIdIn(rows, 'robots_conversations', await found(scope as ConversationsScope, principal, text));
    },
  },
  async rows({ principal, query }, { db, people, robots }: ConversationsScope) {
    const rows = whereVisible(db.read('robots_conversations').select('robots_conversations.*'), db.read, principal);
    const { assignee, team, label, robot, contact } = query;
    if (assignee === 'none') rows.whereNull('assignee');
    else if (assignee !== undefined) rows.where('assignee', await numberOf(String(assignee), principal, people));
    if (team !== undefined) rows.where('team', (await teamOf(db.read, String(team))) ?? -1);
    if (robot !== undefined) rows.where('robot', (await robots.byRobotId(String(robot)))?.id ?? -1);
    if (contact !== undefined)
      whereIdIn(rows, 'robots_conversations', await ofContacts(db.read, String(contact).split(',')));
    if (label !== undefined) await whereLabelled(rows, db.read, principal, String(label));
    return { query: rows };
  },
  items: (rows: ConversationRow[], services) => {
    const { db, people, clock } = services as ConversationsScope;
    return conversationViews(rows, { on: db.read, people, now: clock.now() });
  },
});

async function numberOf(uuid: string, principal: Principal, people: ConversationsScope['people']): Promise<number> {
  if (uuid === 'me') return principal.userId ?? -1;
  return (await people.userByUuid(uuid))?.id ?? -1;
}

async function teamOf(read: Knex, uuid: string): Promise<number | undefined> {
  return (await read('robots_teams').where({ uuid }).first('id'))?.id;
}

async function ofContacts(read: Knex, uuids: readonly string[]): Promise<number[]> {
  const contacts = read('robots_contacts').whereIn('uuid', uuids).select('id');
  return (await read('robots_conversations').whereIn('contact', contacts).select('id')).map(({ id }) => id);
}

async function whereLabelled(rows: Knex.QueryBuilder, read: Knex, principal: Principal, name: string): Promise<void> {
  const named = read('robots_labels').where({ name });
  if (!isSuperadmin(principal)) named.where({ tenant_id: principal.tenantId ?? '' });
  const labels = (await named.select('id')).map(({ id }) => id);
  const own = read('robots_conversation_labels').whereIn('label', labels);
  const some: { conversation: number }[] = await own
    .clone()
    .limit(RARE_LABEL + 1)
    .select('conversation');
  const ids = some.map(({ conversation }) => conversation);
  if (ids.length <= RARE_LABEL) return void whereIdIn(rows, 'robots_conversations', ids);
  const its = own.select(read.raw('1')).whereRaw('robots_conversation_labels.conversation = robots_conversations.id');
  rows.whereExists(its);
}

async function found({ db }: ConversationsScope, principal: Principal, text: string): Promise<number[]> {
  const tenant = isSuperadmin(principal) ? null : principal.tenantId;
  const [messages, named] = await Promise.all([
    idsByWords(db, 'message', tenant, text, MOST_FOUND),
    idsByWords(db, 'conversation', tenant, text, MOST_FOUND),
  ]);
  if (messages === null || named === null)
    throw coreErrors.bad_request({ message: 'A search needs a letter or a digit' });
  const own = await whereIdIn(db.read('robots_messages'), 'robots_messages', messages)
    .distinct('conversation')
    .pluck('conversation');
  return [...new Set([...own.map(Number), ...named])];
}
