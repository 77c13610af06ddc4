/**
 * A display name is somebody on the robot that heard it, and nobody's on another one: whoever uploads chooses it. A contact
 * of phones that several robots had together stays with the first of them; each other robot gets one of its own, which has refused
 * what the first has refused, and knows nothing of what is noted about it.
 */

import type { Knex } from 'knex';
import { rowsOf, separated } from '#core/kit.ts';
import type { ContactRow } from '../conversations/tables.ts';

const NAMES = `channel = 'workbot'`;
const OLD = ['tenant_id', 'channel', 'name'];
const NEW = ['tenant_id', 'channel', 'robot', 'name'];
const AT_ONCE = 500;

const SHARED = [
  ...(['id', 'tenant_id', 'name', 'merged_into', 'consent', 'opted_out'] as const),
  ...(['last_seen_at', 'created_at', 'updated_at'] as const),
];
type Shared = Pick<ContactRow, (typeof SHARED)[number] | 'robot'>;

export async function up(db: Knex): Promise<void> {
  await db.raw('alter table robots_contacts add column robot bigint not null default 0');
  await db.raw(
    `update robots_contacts set robot = coalesce((select min(spoken.robot) from robots_conversations spoken
      where spoken.contact = coalesce(robots_contacts.merged_into, robots_contacts.id)
        and spoken.person = robots_contacts.name), 0) where ${NAMES}`,
  );
  await db.schema.alterTable('robots_contacts', (table) => table.dropUnique(OLD));
  await db.schema.alterTable('robots_contacts', (table) => table.unique(NEW));
  for (let ids = await idsAfter(db, 0); ids.length > 0; ids = await idsAfter(db, ids.at(-1) ?? 0))
    for (const one of await sharedAmong(db, ids)) await part(db, one);
}

async function idsAfter(db: Knex, last: number): Promise<number[]> {
  return db('robots_contacts').where('id', '>', last).whereRaw(NAMES).orderBy('id').limit(AT_ONCE).pluck('id');
}

/** Those whose name other robots have heard too, once for each of these. */
async function sharedAmong(db: Knex, ids: readonly number[]): Promise<Shared[]> {
  return rowsOf<Shared>(
    await db('robots_contacts as own')
      .join('robots_conversations as spoken', (on) =>
        on
          .on('spoken.contact', '=', db.raw('coalesce(own.merged_into, own.id)'))
          .andOn('spoken.person', '=', 'own.name')
          .andOn('spoken.robot', '<>', 'own.robot'),
      )
      .whereIn('own.id', ids)
      .distinct(SHARED.map((column) => `own.${column}`))
      .distinct('spoken.robot')
      .orderBy(['own.id', 'spoken.robot']),
  );
}

async function part(db: Knex, shared: Shared): Promise<void> {
  const { id, robot, tenant_id, name, merged_into } = shared;
  const { consent, opted_out, last_seen_at, created_at, updated_at } = shared;
  const [made] = await db('robots_contacts')
    .insert({
      uuid: crypto.randomUUID(),
      tenant_id,
      channel: 'workbot',
      robot,
      name,
      merged_into,
      consent,
      opted_out,
      last_seen_at,
      created_at,
      updated_at,
    })
    .returning('id');
  // Of one that was merged, a person has said who it is.
  if (merged_into !== null || !made) return;
  await db('robots_conversations').where({ contact: id, robot, person: name }).update({ contact: made.id });
  const words = `t${tenant_id.replaceAll('-', '')} ${separated(name).toWellFormed()}`.replace(
    /[^\p{L}\p{M}\p{N}]+/gu,
    ' ',
  );
  const isPg = db.client.config.client === 'pg';
  await db.raw(
    isPg
      ? `insert into robots_contact_words (id, words) values (?, to_tsvector('simple', ?))`
      : 'insert into robots_contact_words (rowid, words) values (?, ?)',
    [made.id, words],
  );
}

/** Those that were parted become one again: the rows that go are those that came last. */
export async function down(db: Knex): Promise<void> {
  const first = `(select min(other.id) from robots_contacts other where other.tenant_id = robots_contacts.tenant_id
    and other.channel = robots_contacts.channel and other.name = robots_contacts.name)`;
  await db.raw(
    `update robots_conversations set contact = (select ${first} from robots_contacts
      where robots_contacts.id = robots_conversations.contact)`,
  );
  await db.raw(`update robots_contacts set merged_into = null where merged_into in (
    select id from robots_contacts where id <> ${first})`);
  await db.raw(`delete from robots_contacts where id <> ${first}`);
  await db.schema.alterTable('robots_contacts', (table) => table.dropUnique(NEW));
  await db.schema.alterTable('robots_contacts', (table) => table.unique(OLD));
  await db.raw('alter table robots_contacts drop column robot');
}
