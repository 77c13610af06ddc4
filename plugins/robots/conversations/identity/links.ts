/**
 * Two contacts that are one: a person says so, or an id of the channel proves it. The one that goes stays as another name of the
 * one that is kept, whose conversations, notes and wishes it has from then on. Tables: robots_contacts, robots_conversations.
 */
import type { Services, Transaction } from '#core/plugin.ts';
import { type Fields, fieldsOf } from '../contact-view.ts';
import type { ConversationHooks } from '../hooks.ts';
import type { ContactRow } from '../tables.ts';
import { indexWordsAgain } from '../words.ts';
import { refusalOf, wishesOfBoth } from './consent.ts';
import { type ContactPlace, introduce } from './heard-contacts.ts';
import { identityOf, nameAlone } from './identity.ts';

export interface ContactLinks {
  /** Both of these keys, locked in one order whoever asks; null where one is gone or is another one already. */
  lock(trx: Transaction, kept: number, gone: number): Promise<Linked | null>;
  /** One that is locked is the other one from now on; gives the one that is kept. */
  link(trx: Transaction, linked: Linked): Promise<ContactRow>;
  /** Those whom the channel calls by an id are whoever was known there by the name alone. */
  byOwnIds(trx: Transaction, places: readonly ContactPlace[], now: number): Promise<void>;
  /** What is noted of one that is locked changes; its words, and what waits for it, follow. */
  write(trx: Transaction, row: ContactRow, patch: Partial<ContactRow>): Promise<ContactRow>;
}

export interface Linked {
  kept: ContactRow;
  gone: ContactRow;
}

export const MOST_FIELDS = 50;
/** Former names by which one contact is found. */
const MOST_NAMES = 200;

export function createContactLinks({
  db,
  clock,
  conversationHooks,
}: Services & { conversationHooks: ConversationHooks }): ContactLinks {
  return { lock, link, byOwnIds, write };

  async function lock(trx: Transaction, kept: number, gone: number): Promise<Linked | null> {
    const rows = await trx('robots_contacts').whereIn('id', [kept, gone]).orderBy('id').forUpdate();
    const [one, other] = [kept, gone].map((key) => rows.find(({ id }) => id === key));
    if (!one || !other || one === other || one.tenant_id !== other.tenant_id) return null;
    return one.merged_into === null && other.merged_into === null ? { kept: one, gone: other } : null;
  }

  async function link(trx: Transaction, { kept, gone }: Linked): Promise<ContactRow> {
    await trx('robots_conversations')
      .where({ contact: gone.id })
      .update({ contact: kept.id, heard_as: trx.raw('coalesce(heard_as, ?)', [gone.id]) });
    await trx('robots_contacts').where({ merged_into: gone.id }).update({ merged_into: kept.id });
    const both = bothOf(kept, gone);
    const known = Object.keys(fieldsOf(kept));
    const brought = JSON.stringify(Object.keys(both.fields).filter((name) => !known.includes(name)));
    await trx('robots_contacts')
      .where({ id: gone.id })
      .update({ merged_into: kept.id, linked_to: kept.id, brought, is_parted: 0, updated_at: clock.now() });
    return write(trx, kept, { ...both, fields: JSON.stringify(both.fields) });
  }

  async function byOwnIds(trx: Transaction, places: readonly ContactPlace[], now: number): Promise<void> {
    const proved = places.filter(({ ownId }) => ownId !== null);
    if (proved.length === 0) return;
    const byName = new Map(proved.map((place) => [keyOf(place, nameAlone(place).known_as), place]));
    const rows = await known(trx, [...byName.values()].flatMap(bothOfPlace));
    const found = new Map(rows.map((row) => [keyOfRow(row), row]));
    const named = rows.filter((row) => byName.has(keyOfRow(row)));
    for (const row of named.toSorted((one, other) => one.id - other.id)) {
      const place = byName.get(keyOfRow(row));
      if (!place) continue;
      const proved = found.get(keyOf(place, identityOf(place).known_as));
      // Of most there is nothing left to do; and whom a person has parted a person alone makes one again.
      if (standsFor(proved) === standsFor(row) || row.is_parted === 1 || proved?.is_parted === 1) continue;
      await introduce(trx, [place], now);
      const [own] = await known(trx, [{ place, known_as: identityOf(place).known_as }]);
      if (!own) continue;
      const [named, owned] = [row.merged_into ?? row.id, own.merged_into ?? own.id];
      // Whom a person has made of the name it stays; else it is whom the id says.
      const [kept, gone] = row.merged_into === null ? [owned, named] : [named, owned];
      const linked = await lock(trx, kept, gone);
      if (linked) await link(trx, linked);
    }
  }

  async function write(trx: Transaction, row: ContactRow, patch: Partial<ContactRow>): Promise<ContactRow> {
    const after = { ...row, ...patch, updated_at: clock.now() };
    await trx('robots_contacts')
      .where({ id: row.id })
      .update({ ...patch, updated_at: after.updated_at });
    if (refusalOf(after) !== null && refusalOf(row) === null) await conversationHooks.optedOut.run(trx, row.id);
    const merged = await trx('robots_contacts')
      .where({ merged_into: row.id })
      .orderBy('id')
      .limit(MOST_NAMES)
      .pluck('name');
    const text = [after.name, ...merged, after.notes, ...Object.values(fieldsOf(after)).map(String)].join(' ');
    await indexWordsAgain(trx, db.client, 'contact', { id: after.id, tenantId: after.tenant_id, text });
    return after;
  }
}

type Known = Pick<ContactRow, 'id' | 'tenant_id' | 'channel' | 'known_as' | 'merged_into' | 'is_parted'>;

interface Sought {
  place: ContactPlace;
  known_as: string;
}

/** By the name alone, and by what the channel calls them. */
function bothOfPlace(place: ContactPlace): Sought[] {
  return [nameAlone(place), identityOf(place)].map(({ known_as }) => ({ place, known_as }));
}

/** The contact that it is by now. */
function standsFor(row: Known | undefined): number | undefined {
  return row && (row.merged_into ?? row.id);
}

async function known(trx: Transaction, sought: readonly Sought[]): Promise<Known[]> {
  const places = sought.map(({ place: { robot }, known_as }) => [robot.tenant_id, robot.channel, known_as]);
  return trx('robots_contacts')
    .whereIn(['tenant_id', 'channel', 'known_as'], places)
    .select('id', 'tenant_id', 'channel', 'known_as', 'merged_into', 'is_parted');
}

function keyOf({ robot }: ContactPlace, known_as: string): string {
  return `${robot.tenant_id}\n${robot.channel}\n${known_as}`;
}

function keyOfRow({ tenant_id, channel, known_as }: Known): string {
  return `${tenant_id}\n${channel}\n${known_as}`;
}

function bothOf(kept: ContactRow, gone: ContactRow) {
  const both: [string, Fields[string]][] = Object.entries({ ...fieldsOf(gone), ...fieldsOf(kept) });
  return {
    fields: Object.fromEntries(both.slice(0, MOST_FIELDS)),
    notes: [kept.notes, gone.notes].filter(Boolean).join('\n'),
    ...wishesOfBoth(kept, gone),
    last_seen_at: Math.max(kept.last_seen_at, gone.last_seen_at),
  };
}
