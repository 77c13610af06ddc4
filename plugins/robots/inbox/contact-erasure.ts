/** Everything about a contact, to be given out or erased (GDPR art. 15, 17). Tables: robots_contacts and what is about them. */
import { Readable } from 'node:stream';
import type { Principal, Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { ContactRow } from '../tables.ts';
import { contactView } from './contact-view.ts';
import type { Contacts } from './contacts.ts';
import { conversationViews } from './conversation-view.ts';
import type { ConversationExport } from './export.ts';
import { ERASED_AT_ONCE, type MessageErasure } from './message-erasure.ts';

export interface ContactErasure {
  /** As one JSON document. Throws `CONTACT_NOT_FOUND`. */
  export(principal: Principal, uuid: string): Promise<Readable>;
  /** In steps; what a crash leaves is erased when it is asked for again. Throws `CONTACT_NOT_FOUND`. */
  erase(principal: Principal, uuid: string): Promise<void>;
}

export function createContactErasure({
  db,
  clock,
  events,
  people,
  contacts,
  conversationExport,
  messageErasure,
}: Services &
  Pick<AuthServices, 'people'> & {
    contacts: Contacts;
    conversationExport: ConversationExport;
    messageErasure: MessageErasure;
  }): ContactErasure {
  return {
    async export(principal, uuid) {
      return Readable.from(pieces(await contacts.find(principal, uuid)));
    },
    async erase(principal, uuid) {
      const contact = await contacts.find(principal, uuid);
      const talks = await db.read('robots_conversations').where({ contact: contact.id });
      for (const { id, robot, person } of talks) {
        const ofTalk = () => messageErasure.eraseSome((rows) => rows.where({ conversation: id }).orderBy('id'));
        while ((await ofTalk()) === ERASED_AT_ONCE);
        await db.write('robots_counts').where({ robot, kind: 'contact', name: person }).delete();
      }
      const all = await db.write('robots_contacts').where({ id: contact.id }).orWhere({ merged_into: contact.id });
      for (const { tenant_id, channel, name } of all)
        await db.write('robots_channel_names').where({ tenant_id, channel, name }).delete();
      // Those that were merged into it, and what has been said meanwhile, go with it by their foreign keys.
      await db.transaction(async (trx) => {
        const gone = await trx('robots_contacts').where({ id: contact.id }).orWhere({ merged_into: contact.id });
        await trx('robots_contacts').where({ id: contact.id }).delete();
        for (const { uuid: contact_id, tenant_id } of gone)
          await events.emit(trx, 'contact.erased', { contact_id }, { tenantId: tenant_id, subject: contact_id });
      });
    },
  };

  async function* pieces(contact: ContactRow): AsyncGenerator<string> {
    const merged = await db.read('robots_contacts').where({ merged_into: contact.id }).orderBy('id');
    const head = { contact: contactView(contact), also_known_as: merged.map(({ name }) => name) };
    yield `${JSON.stringify(head).slice(0, -1)},"conversations":[`;
    const rows = await db.read('robots_conversations').where({ contact: contact.id }).orderBy('id');
    const views = await conversationViews(rows, { on: db.read, people, now: clock.now() });
    for (const [place, view] of views.entries()) {
      const row = rows[place];
      if (!row) continue;
      if (place > 0) yield ',\n';
      for await (const piece of conversationExport.json(row.id, view)) yield String(piece).trimEnd();
    }
    yield ']}\n';
  }
}
