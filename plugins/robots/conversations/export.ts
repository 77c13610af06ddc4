/** A conversation as a file: all its messages, read in pages, as fast as they are taken. Table: robots_messages. */
import { Readable } from 'node:stream';
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { ConversationView } from './conversation-view.ts';
import { type InboxMessage, inboxMessages } from './message-view.ts';

export interface ConversationExport {
  /** Messages from the first on. */
  messages(conversation: number): AsyncGenerator<InboxMessage>;
  /** As one JSON document. */
  json(conversation: number, view: ConversationView): Readable;
}

const PAGE_ROWS = 1_000;

export function createConversationExport({ db, people }: Services & Pick<AuthServices, 'people'>): ConversationExport {
  return { messages, json: (conversation, view) => Readable.from(pieces(conversation, view)) };

  async function* messages(conversation: number): AsyncGenerator<InboxMessage> {
    for (let after = 0; ; ) {
      const rows = await db
        .read('robots_messages')
        .where({ conversation, is_echo: 0 })
        .where('id', '>', after)
        .orderBy('id')
        .limit(PAGE_ROWS);
      yield* await inboxMessages(rows, { on: db.read, people });
      const last = rows.at(-1);
      if (!last || rows.length < PAGE_ROWS) return;
      after = last.id;
    }
  }

  async function* pieces(conversation: number, view: ConversationView): AsyncGenerator<string> {
    yield `{"conversation":${JSON.stringify(view)},"messages":[`;
    let separator = '';
    for await (const message of messages(conversation)) {
      yield separator + JSON.stringify(message);
      separator = ',\n';
    }
    yield ']}\n';
  }
}
