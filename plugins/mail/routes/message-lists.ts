/** Mail of all mailboxes that somebody sees, or of some of them: what was delivered, and what is held in quarantine. */
import { likePattern } from '#core/database/pagination.ts';
import { listRoute } from '#core/plugin.ts';
import type { MailScope } from '../scope.ts';
import { whereBegins } from '../services/beginnings.ts';
import { whereWords } from '../services/search-index.ts';
import type { MessageRow } from '../tables.ts';
import { ListedMessage, listedMessage } from './message-view.ts';
import { PEOPLE } from './shared.ts';

export const messageLists = [
  listOf('inbox', '/api/platform/mail/messages', 'Mail, newest first: of all mailboxes that you see, or of some'),
  listOf('quarantine', '/api/platform/mail/quarantine', 'Mail that rules hold back, newest first'),
];

function listOf(folder: MessageRow['folder'], path: string, summary: string) {
  return listRoute({
    ...{ path, summary },
    access: { scope: 'mail:read', kinds: PEOPLE },
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
      description: 'Words that all stand in subject, sender or text; their beginnings do',
      find(rows, text, { db }) {
        if (!whereWords(rows, db.client, text)) rows.whereRaw('1 = 0');
      },
    },
    rows: ({ principal }, { mailSight }: MailScope) => mailSight.messages(principal, folder),
    items: (rows: (MessageRow & { mailbox: string })[]) => rows.map(listedMessage),
  });
}
