/** Contacts: what people and workflows note of them, and making one of two. Tables: robots_contacts, robots_conversations. */

import type { Knex } from 'knex';
import { isSuperadmin } from '#core/kit.ts';
import { coreErrors, type Precondition, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import { robotErrors } from '../errors.ts';
import { isTenantAdmin } from '../robots/robots.ts';
import { contactTerms, type Fields, fieldsOf, type KnownContact } from './contact-view.ts';
import type { ConversationHooks } from './hooks.ts';
import { refusalOf } from './known-contacts.ts';
import type { ContactRow } from './tables.ts';
import { whereVisible } from './visibility.ts';
import { indexWordsAgain } from './words.ts';

export interface ContactWish {
  /** Those that change; null takes one away. */
  fields?: Readonly<Record<string, Fields[string] | null>>;
  notes?: string;
  consent?: ContactRow['consent'];
  opted_out?: boolean;
}

export interface Contacts {
  /** Throws `CONTACT_NOT_FOUND`, also for those that the principal may not see. */
  find(principal: Principal, uuid: string): Promise<KnownContact>;
  /** Throws the same, and what `unchanged` does. */
  change(principal: Principal, uuid: string, wish: ContactWish, unchanged: Precondition): Promise<KnownContact>;
  /**
   * The other one is this one from now on: its conversations are, and what comes under its name. Throws
   * `CONTACT_NOT_FOUND`, `CONTACTS_NOT_ALIKE`.
   */
  merge(principal: Principal, uuid: string, other: string, unchanged: Precondition): Promise<KnownContact>;
}

const MOST_FIELDS = 50;
/** Former names by which one contact is found. */
const MOST_NAMES = 200;

export function createContacts({
  db,
  clock,
  conversationHooks,
}: Services & { conversationHooks: ConversationHooks }): Contacts {
  return {
    find: (principal, uuid) => visibleContact(db.read, principal, uuid),
    change: (principal, uuid, wish, unchanged) =>
      db.transaction(async (trx) => {
        const row = await lockedContact(trx, principal, uuid);
        unchanged(contactTerms(row));
        return write(trx, row, patchOf(row, wish));
      }),
    merge: (principal, uuid, other, unchanged) =>
      db.transaction(async (trx) => {
        const [one, two] = [await visibleContact(trx, principal, uuid), await visibleContact(trx, principal, other)];
        if (one.id === two.id || one.tenant_id !== two.tenant_id) throw robotErrors.CONTACTS_NOT_ALIKE();
        // Both in one order, so that two who merge the same do not wait for each other.
        const rows = await trx('robots_contacts').whereIn('id', [one.id, two.id]).orderBy('id').forUpdate();
        const kept = rows.find(({ id }) => id === one.id);
        const gone = rows.find(({ id }) => id === two.id);
        if (!kept || !gone || kept.merged_into !== null || gone.merged_into !== null)
          throw robotErrors.CONTACT_NOT_FOUND();
        unchanged(contactTerms(kept));
        await trx('robots_conversations').where({ contact: gone.id }).update({ contact: kept.id });
        await trx('robots_contacts').where({ merged_into: gone.id }).update({ merged_into: kept.id });
        await trx('robots_contacts').where({ id: gone.id }).update({ merged_into: kept.id, updated_at: clock.now() });
        return write(trx, kept, bothOf(kept, gone));
      }),
  };

  async function write(trx: Transaction, row: ContactRow, patch: Partial<ContactRow>): Promise<KnownContact> {
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
    const robot = row.robot === 0 ? undefined : await trx('robots_robots').where({ id: row.robot }).first('robot_id');
    return { ...after, robot_id: robot?.robot_id ?? null };
  }
}

/** Narrows a query on `robots_contacts` to those who have spoken with a robot that the principal may see. */
export function whereContactVisible(query: Knex.QueryBuilder, read: Knex, principal: Principal): Knex.QueryBuilder {
  query.whereNull('robots_contacts.merged_into');
  if (isSuperadmin(principal)) return query;
  query.where('robots_contacts.tenant_id', principal.tenantId ?? '');
  if (isTenantAdmin(principal)) return query;
  const spoken = whereVisible(read('robots_conversations'), read, principal)
    .whereRaw('robots_conversations.contact = robots_contacts.id')
    .select(read.raw('1'));
  return query.whereExists(spoken);
}

/** Selects contacts, each with the public id of the robot that knows them. */
export function selectKnown(query: Knex.QueryBuilder, read: Knex): Knex.QueryBuilder {
  const robot = read('robots_robots').whereRaw('robots_robots.id = robots_contacts.robot').select('robot_id');
  return query.select('robots_contacts.*', robot.as('robot_id'));
}

/** Narrows a query on `robots_contacts` to those of this name, or that were merged with one who had it. */
export function whereNamed(query: Knex.QueryBuilder, read: Knex, names: readonly string[]): Knex.QueryBuilder {
  const merged = read('robots_contacts as former')
    .whereIn('former.name', [...names])
    .whereRaw('former.tenant_id = robots_contacts.tenant_id')
    .whereRaw('former.merged_into = robots_contacts.id')
    .select(read.raw('1'));
  return query.where((either) => either.whereIn('robots_contacts.name', [...names]).orWhereExists(merged));
}

async function visibleContact(on: Knex, principal: Principal, uuid: string): Promise<KnownContact> {
  const query = whereContactVisible(on('robots_contacts').where('robots_contacts.uuid', uuid), on, principal);
  const row: KnownContact | undefined = await selectKnown(query, on).first();
  if (!row) throw robotErrors.CONTACT_NOT_FOUND();
  return row;
}

async function lockedContact(trx: Transaction, principal: Principal, uuid: string): Promise<ContactRow> {
  const { id } = await visibleContact(trx, principal, uuid);
  const row = await trx('robots_contacts').where({ id, merged_into: null }).forUpdate().first();
  if (!row) throw robotErrors.CONTACT_NOT_FOUND();
  return row;
}

function patchOf(row: ContactRow, { fields, notes, consent, opted_out }: ContactWish): Partial<ContactRow> {
  const merged = Object.entries({ ...fieldsOf(row), ...fields }).filter(([, value]) => value !== null);
  if (merged.length > MOST_FIELDS)
    throw coreErrors.bad_request({ message: `A contact has ${MOST_FIELDS} fields at most` });
  return {
    ...(fields !== undefined && { fields: JSON.stringify(Object.fromEntries(merged)) }),
    ...(notes !== undefined && { notes }),
    ...(consent !== undefined && { consent }),
    ...(opted_out !== undefined && { opted_out: opted_out ? 1 : 0 }),
  };
}

/** Who has refused, or wants to hear no more, has said so for both. */
function bothOf(kept: ContactRow, gone: ContactRow): Partial<ContactRow> {
  const consents = [kept.consent, gone.consent];
  const both = Object.entries({ ...fieldsOf(gone), ...fieldsOf(kept) }).slice(0, MOST_FIELDS);
  return {
    fields: JSON.stringify(Object.fromEntries(both)),
    notes: [kept.notes, gone.notes].filter(Boolean).join('\n'),
    consent: consents.includes('refused') ? 'refused' : consents.includes('given') ? 'given' : 'unknown',
    opted_out: Math.max(kept.opted_out, gone.opted_out),
    last_seen_at: Math.max(kept.last_seen_at, gone.last_seen_at),
  };
}
