/** Our own API: lists of mail of all mailboxes that somebody sees, or of some of them: what was delivered, and what is held in quarantine. */
import type { Knex } from 'knex';
import { likePattern } from '#core/kit.ts';
import { type Database, listRoute } from '#core/plugin.ts';
import type { MessageRow } from '../../mailboxes/tables.ts';
import { READ } from '../../shapes.ts';
import { whereBegins } from '../prefix-search.ts';
import { whereWords } from '../search.ts';
import type { ReadingScope } from '../services.ts';
import { ListedMessage, listedMessage } from '../views.ts';

export const messageLists = [
  listOf('inbox', '/api/platform/mail/messages', 'Mail, newest first: of all mailboxes that you see, or of some'),
  listOf('quarantine', '/api/platform/mail/quarantine', 'Mail that rules hold back, newest first'),
];

function listOf(folder: MessageRow['folder'], path: string, summary: string) {
  return listRoute({
    path,
    summary,
    access: READ,
    item: ListedMessage,
    key: 'mail_messages.id',
    columns: {
      // The order in which it came.
      id: { type: 'integer', column: 'mail_messages.id', sort: true },
      mailbox: {
        type: 'text',
        filter: 'equals',
        description: 'Address of a mailbox',
        // By its number, so that its part of the index is walked in order.
        narrow: (rows, [address = ''], { db }) =>
          void rows.where('mail_messages.mailbox_id', db.read('mail_mailboxes').where({ address }).select('id')),
      },
      unread: {
        type: 'boolean',
        filter: 'equals',
        narrow: (rows, [given]) => void rows.whereRaw(`mail_messages.is_read = ${given === 'true' ? 0 : 1}`),
      },
      tag: {
        type: 'text',
        filter: 'equals',
        description: 'A word that it is tagged with',
        narrow: (rows, [given]) =>
          void rows.whereRaw(`mail_messages.tags like ? escape '\\'`, [likePattern(`,${given},`)]),
      },
      thread_id: { type: 'integer', column: 'mail_messages.thread_id', filter: 'equals' },
      from: {
        type: 'text',
        filter: 'prefix',
        description: 'The beginning of its sender',
        narrow: (rows, [given = ''], { db }) => whereBegins(rows, db.client, 'sender', given),
      },
      subject: {
        type: 'text',
        filter: 'prefix',
        description: 'The beginning of its subject',
        narrow: (rows, [given = ''], { db }) => whereBegins(rows, db.client, 'subject', given),
      },
      received_at: { type: 'time', column: 'mail_messages.received_at', filter: 'range' },
    },
    sort: '-id',
    search: {
      description: 'Words that all occur in subject, sender or text, or begin a word there',
      async find(rows, text, { db }) {
        if (!(await whereWords(rows, db, text))) return nothing(rows, db.client);
        rows.clearOrder();
      },
      key: ({ db }) => (db.client === 'pg' ? 'mail_messages.id' : 'mail_search.rowid'),
    },
    rows: ({ principal }, { mailVisibility }: ReadingScope) => mailVisibility.messages(principal, folder),
    items: (rows: (MessageRow & { mailbox: string })[]) => rows.map(listedMessage),
  });
}

/** Without a word to look for. The order asks for the index of words all the same. */
function nothing(rows: Knex.QueryBuilder, client: Database['client']): void {
  if (client !== 'pg') rows.from(rows.client.raw('mail_search cross join mail_messages'));
  rows.whereRaw('1 = 0');
}
