/**
 * Erasure of a contact: all data about it, to be given out or erased (GDPR art. 15, 17). What goes from which table, in this plugin
 * and in others, and by which file, is in `docs/erasure.md`, drawn from what `tables` declare for `contact.erased`.
 * Tables: robots_contacts and what is about them.
 */

import { Readable } from 'node:stream';
import type { Principal, Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { CommandErasure } from '../commands/erasure.ts';
import type { StoredRobotLogs } from '../logs/logs.ts';
import { isPhone } from '../robots/robots.ts';
import { contactView, type KnownContact } from './contact-view.ts';
import type { Contacts } from './contacts.ts';
import { conversationViews } from './conversation-view.ts';
import type { ConversationExport } from './export.ts';
import type { ConversationHooks } from './hooks.ts';
import { isProved } from './identity/identity.ts';
import type { MessageErasure } from './message-erasure.ts';
import type { ContactRow, ConversationRow } from './tables.ts';
import { FORGET_WORDS_JOB } from './words.ts';

export interface ContactErasure {
  /** As one JSON document. Throws `CONTACT_NOT_FOUND`. */
  export(principal: Principal, uuid: string): Promise<Readable>;
  /** In steps; what a crash or a failure leaves is erased by a job a minute later. Throws `CONTACT_NOT_FOUND`. */
  erase(principal: Principal, uuid: string): Promise<void>;
  /** The job: a contact (integer key) that somebody wanted to be erased, if it is there still. */
  goOn(contact: number): Promise<void>;
}

export const ERASE_CONTACT_JOB = 'robots.eraseContact';
const GO_ON_MS = 60_000;

export function createContactErasure({
  db,
  clock,
  events,
  jobs,
  people,
  contacts,
  conversationExport,
  messageErasure,
  conversationHooks,
  commandErasure,
  robotLogs,
}: Services &
  Pick<AuthServices, 'people'> & {
    contacts: Contacts;
    conversationExport: ConversationExport;
    messageErasure: MessageErasure;
    conversationHooks: ConversationHooks;
    commandErasure: CommandErasure;
    robotLogs: StoredRobotLogs;
  }): ContactErasure {
  return {
    async export(principal, uuid) {
      return Readable.from(pieces(await contacts.find(principal, uuid)));
    },
    async erase(principal, uuid) {
      const { id, tenant_id: lane } = await contacts.find(principal, uuid);
      await db.transaction((trx) =>
        jobs.enqueue(trx, ERASE_CONTACT_JOB, { contact: id }, { key: keyOf(id), lane, runAt: clock.now() + GO_ON_MS }),
      );
      await eraseKnown(id);
    },
    goOn: eraseKnown,
  };

  async function eraseKnown(id: number): Promise<void> {
    const contact = await db.write('robots_contacts').where({ id }).first();
    if (contact) await eraseAllOf(contact);
  }

  async function eraseAllOf(contact: ContactRow): Promise<void> {
    const all = await db.write('robots_contacts').where({ id: contact.id }).orWhere({ merged_into: contact.id });
    const names = [...new Set(all.map(({ name }) => name))];
    const { tenant_id: tenantId, channel } = contact;
    const talks = await db.read('robots_conversations').where({ contact: contact.id });
    const robots = await robotsOfNames(all, talks);
    const rooms = all.every(({ room }) => room !== '') ? [...new Set(all.map(({ room }) => room))] : null;
    const person = { tenantId, channel, robots, names, rooms, contacts: all.map(({ id }) => id) };
    await conversationHooks.erasingPerson.run(person);
    for (const { id, robot, person: name } of talks) {
      await messageErasure.eraseAll((rows) => rows.where({ conversation: id }).orderBy('id'));
      await db.write('robots_counts').where({ robot, kind: 'contact', name }).delete();
    }
    await commandErasure.person(person);
    await robotLogs.deleteAi(contact.tenant_id, { conversations: talks.map(({ uuid }) => uuid) });
    await conversationHooks.personErased.run(person);
    // Those that were merged into it, and what has been said meanwhile, go with it by their foreign keys.
    await db.transaction(async (trx) => {
      // SQLite says of deleted rows how many they were alone.
      const gone = await trx('robots_contacts')
        .where({ id: contact.id })
        .orWhere({ merged_into: contact.id })
        .orderBy('id')
        .forUpdate()
        .select('uuid', 'tenant_id');
      await trx('robots_contacts').where({ id: contact.id }).delete();
      for (const { uuid: contact_id, tenant_id } of gone)
        await events.emit(trx, 'contact.erased', { contact_id }, { tenantId: tenant_id, subject: contact_id });
      await jobs.enqueue(trx, FORGET_WORDS_JOB, {});
      await trx('core_jobs')
        .where({ key: keyOf(contact.id) })
        .delete();
    });
  }

  /** On which alone the names are theirs; null: the channel itself says who they are, on all. */
  async function robotsOfNames(
    all: readonly ContactRow[],
    talks: readonly ConversationRow[],
  ): Promise<{ id: number; robot_id: string }[] | null> {
    const isKnownToAll = ({ robot, channel, own_id }: ContactRow) =>
      robot === 0 && !(isPhone({ channel }) && own_id !== '');
    if (all.some(isKnownToAll)) return null;
    const ids = new Set([...all, ...talks].map(({ robot }) => robot));
    return db
      .read('robots_robots')
      .whereIn('id', [...ids])
      .select('id', 'robot_id');
  }

  async function* pieces(contact: KnownContact): AsyncGenerator<string> {
    const merged = await db.read('robots_contacts').where({ merged_into: contact.id }).orderBy('id');
    const ids = [contact, ...merged].filter(isProved).map(({ channel, own_id: id }) => ({ channel, id }));
    const head = { contact: contactView(contact), also_known_as: merged.map(({ name }) => name), ids };
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

function keyOf(contact: number): string {
  return `${ERASE_CONTACT_JOB}/${contact}`;
}
