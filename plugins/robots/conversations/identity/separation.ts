/**
 * Two contacts that were made one part again: the one that went is itself as it was, with the conversations that are its own and
 * with whom it had become one before. Both keep what either has refused. Tables: robots_contacts, robots_conversations.
 */
import type { Knex } from 'knex';
import type { Services, Transaction } from '#core/plugin.ts';
import { fieldsOf } from '../contact-view.ts';
import type { ContactRow } from '../tables.ts';
import { wishesOfBoth } from './consent.ts';
import type { ContactLinks } from './links.ts';

export interface ContactSeparation {
  /** Both of these keys, locked as linking locks them; null where they are not linked, or not with each other. */
  lock(trx: Transaction, kept: number, gone: number): Promise<Parted | null>;
  /** Gives the one that is itself again. */
  part(trx: Transaction, parted: Parted): Promise<ContactRow>;
}

export interface Parted {
  kept: ContactRow;
  gone: ContactRow;
  /** Who had become `gone` before that was linked. */
  along: readonly ContactRow[];
}

/** Ids of conversations that one event names. */
const NAMED_AT_ONCE = 200;

export function createContactSeparation({
  clock,
  events,
  contactLinks,
}: Services & { contactLinks: ContactLinks }): ContactSeparation {
  return {
    async lock(trx, keptId, goneId) {
      const rows = await trx('robots_contacts')
        .where({ id: keptId })
        .orWhere({ merged_into: keptId })
        .orderBy('id')
        .forUpdate();
      const [kept, gone] = [keptId, goneId].map((key) => rows.find(({ id }) => id === key));
      if (kept?.merged_into !== null || gone?.linked_to !== keptId) return null;
      return { kept, gone, along: linkedBelow(gone.id, rows) };
    },
    async part(trx, { kept, gone, along }) {
      const keys = [gone.id, ...along.map(({ id }) => id)];
      const own = { merged_into: null, linked_to: null, brought: null, is_parted: 1 };
      await trx('robots_contacts').where({ id: gone.id }).update(own);
      await trx('robots_contacts').whereIn('id', keys.slice(1)).update({ merged_into: gone.id });
      const talks = await trx('robots_conversations')
        .where({ contact: kept.id })
        .whereIn('heard_as', keys)
        .update({ contact: gone.id, updated_at: clock.now() })
        .returning('uuid');
      await contactLinks.write(trx, kept, withoutBrought(kept, gone));
      const parted = await contactLinks.write(trx, { ...gone, ...own }, wishesOfBoth(kept, gone));
      await emitSeparated(
        trx,
        { kept, gone },
        talks.map(({ uuid }) => uuid),
      );
      return parted;
    },
  };

  async function emitSeparated(
    trx: Transaction,
    { kept, gone }: Pick<Parted, 'kept' | 'gone'>,
    talks: readonly string[],
  ): Promise<void> {
    for (let start = 0; start === 0 || start < talks.length; start += NAMED_AT_ONCE) {
      const conversation_ids = talks.slice(start, start + NAMED_AT_ONCE);
      const data = { contact_id: gone.uuid, from_contact_id: kept.uuid, conversation_ids };
      await events.emit(trx, 'contact.separated', data, { tenantId: gone.tenant_id, subject: gone.uuid });
    }
  }
}

/** Narrows a query on `robots_contacts` to those that were linked with this one (its integer key) and can part from it. */
export function whereLinkedWith(query: Knex.QueryBuilder, contact: number): Knex.QueryBuilder {
  return query.where({ 'robots_contacts.merged_into': contact, 'robots_contacts.linked_to': contact });
}

function linkedBelow(contact: number, rows: readonly ContactRow[]): ContactRow[] {
  const below = rows.filter(({ linked_to }) => linked_to === contact);
  return below.flatMap((row) => [row, ...linkedBelow(row.id, rows)]);
}

/** What the one that goes had brought along goes with it, where nobody has changed it since. */
function withoutBrought(kept: ContactRow, gone: ContactRow): Partial<ContactRow> {
  const theirs = fieldsOf(gone);
  const names: readonly string[] = JSON.parse(gone.brought ?? '[]');
  const left = Object.entries(fieldsOf(kept)).filter(
    ([name, value]) => !names.includes(name) || theirs[name] !== value,
  );
  return { fields: JSON.stringify(Object.fromEntries(left)), notes: withoutNotes(kept.notes, gone.notes) };
}

/** Of two that noted the same one stays. */
function withoutNotes(all: string, theirs: string): string {
  const lines = `\n${all}\n`;
  const place = theirs === '' ? -1 : lines.lastIndexOf(`\n${theirs}\n`);
  if (place < 0) return all;
  return (lines.slice(0, place) + lines.slice(place + 1 + theirs.length)).replace(/^\n|\n$/g, '');
}
