/** Contacts: what people and workflows note of them, and making one of two. Tables: robots_contacts, robots_conversations. */

import type { Knex } from 'knex';
import { coreErrors, type Precondition, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { AuditLog, Origin } from '#plugins/auth/contract.ts';
import { robotErrors } from '../errors.ts';
import { contactTerms, type Fields, fieldsOf, type KnownContact } from './contact-view.ts';
import { type ContactLinks, MOST_FIELDS } from './identity/links.ts';
import type { ContactSeparation } from './identity/separation.ts';
import type { ContactRow } from './tables.ts';
import { whereContactVisible } from './visibility.ts';

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
  merge(principal: Principal, both: BothContacts, unchanged: Precondition): Promise<KnownContact>;
  /** One that was merged into it is itself again, and is given. Throws `CONTACT_NOT_FOUND`, also for one that is not linked with it. */
  separate(principal: Principal, both: BothContacts, unchanged: Precondition): Promise<KnownContact>;
}

/** The one that is kept, the other one, and from where it was asked for. */
interface BothContacts {
  uuid: string;
  other: string;
  origin: Origin;
}

export function createContacts({
  db,
  auditLog,
  contactLinks,
  contactSeparation,
}: Services & { auditLog: AuditLog; contactLinks: ContactLinks; contactSeparation: ContactSeparation }): Contacts {
  return {
    find: (principal, uuid) => visibleContact(db.read, principal, uuid),
    change: (principal, uuid, wish, unchanged) =>
      db.transaction(async (trx) => {
        const row = await lockedContact(trx, principal, uuid);
        unchanged(contactTerms(row));
        return shown(trx, await contactLinks.write(trx, row, patchOf(row, wish)));
      }),
    merge: (principal, { uuid, other, origin }, unchanged) =>
      db.transaction(async (trx) => {
        const [one, two] = [await visibleContact(trx, principal, uuid), await visibleContact(trx, principal, other)];
        if (one.id === two.id || one.tenant_id !== two.tenant_id) throw robotErrors.CONTACTS_NOT_ALIKE();
        const linked = await contactLinks.lock(trx, one.id, two.id);
        if (!linked) throw robotErrors.CONTACT_NOT_FOUND();
        unchanged(contactTerms(linked.kept));
        await record(trx, 'contact.merged', principal, { ...linked, origin });
        return shown(trx, await contactLinks.link(trx, linked));
      }),
    separate: (principal, { uuid, other, origin }, unchanged) =>
      db.transaction(async (trx) => {
        const { id, tenant_id } = await visibleContact(trx, principal, uuid);
        const gone = await trx('robots_contacts').where({ uuid: other, tenant_id }).first('id');
        const parted = gone ? await contactSeparation.lock(trx, id, gone.id) : null;
        if (!parted) throw robotErrors.CONTACT_NOT_FOUND();
        unchanged(contactTerms(parted.kept));
        await record(trx, 'contact.separated', principal, { ...parted, origin });
        return shown(trx, await contactSeparation.part(trx, parted));
      }),
  };

  async function record(
    trx: Transaction,
    action: string,
    actor: Principal,
    { kept, gone, origin }: { kept: ContactRow; gone: ContactRow; origin: Origin },
  ): Promise<void> {
    const { tenant_id: tenantId, uuid: targetId } = kept;
    const about = { targetType: 'contact', targetId, detail: { other: gone.uuid } };
    await auditLog.record({ action, actor, tenantId, ...about, ...origin }, trx);
  }
}

async function shown(trx: Transaction, row: ContactRow): Promise<KnownContact> {
  const robot = row.robot === 0 ? undefined : await trx('robots_robots').where({ id: row.robot }).first('robot_id');
  return { ...row, robot_id: robot?.robot_id ?? null };
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
