/**
 * Who a contact is stands in the row: what the channel calls them, or a name on a robot in a room. Contacts of channels with ids
 * are proved by those that are known. A name that was heard in several rooms of a robot stays with the talk that it has with the
 * robot alone, or with the first room; each other room gets one of its own, which has refused what the first has refused,
 * and knows nothing of what is noted about it. What a person has made one stays so.
 */
import type { Knex } from 'knex';
import { rowsOf, separated } from '#core/kit.ts';
import type { ContactRow } from '../conversations/tables.ts';

const BEFORE = ['tenant_id', 'channel', 'robot', 'name'];
const SINCE = ['tenant_id', 'channel', 'known_as'];
const NAMES = `channel = 'workbot'`;
const COLUMNS = [`known_as varchar(700)`, 'room varchar(200)', 'account varchar(200)', 'own_id varchar(200)'];
const AT_ONCE = 500;

const SHARED = [
  ...(['id', 'tenant_id', 'channel', 'robot', 'name', 'merged_into', 'consent', 'opted_out'] as const),
  ...(['last_seen_at', 'created_at', 'updated_at'] as const),
];
type Shared = Pick<ContactRow, (typeof SHARED)[number]> & { group_name: string };

export async function up(db: Knex): Promise<void> {
  await remakeNames(db, ['tenant_id', 'channel', 'account']);
  for (const column of COLUMNS) await db.raw(`alter table robots_contacts add column ${column} not null default ''`);
  await db.raw(
    `update robots_contacts set own_id = coalesce((select named.address from robots_channel_names named
      where named.tenant_id = robots_contacts.tenant_id and named.channel = robots_contacts.channel
        and named.name = robots_contacts.name), '') where not (${NAMES})`,
  );
  await db.raw(
    `update robots_contacts set room = coalesce((select spoken.group_name from robots_conversations spoken
      where spoken.contact = coalesce(robots_contacts.merged_into, robots_contacts.id)
        and spoken.robot = robots_contacts.robot and spoken.person = robots_contacts.name
      order by case when spoken.group_name = '' then 0 else 1 end, spoken.id limit 1), '') where ${NAMES}`,
  );
  const line = db.client.config.client === 'pg' ? 'chr(10)' : 'char(10)';
  await db.raw(
    `update robots_contacts set known_as = case when own_id <> '' then 'id ' || account || ${line} || own_id
      else 'name ' || robot || ${line} || room || ${line} || name end`,
  );
  await db.schema.alterTable('robots_contacts', (table) => {
    table.dropUnique(BEFORE);
    table.unique(SINCE);
  });
  for (let ids = await idsAfter(db, 0); ids.length > 0; ids = await idsAfter(db, ids.at(-1) ?? 0))
    for (const one of await inOtherRooms(db, ids)) await part(db, one);
}

async function idsAfter(db: Knex, last: number): Promise<number[]> {
  return db('robots_contacts').where('id', '>', last).whereRaw(NAMES).orderBy('id').limit(AT_ONCE).pluck('id');
}

/** Those whose name was heard in other rooms of their robot too, once for each of these. */
async function inOtherRooms(db: Knex, ids: readonly number[]): Promise<Shared[]> {
  return rowsOf<Shared>(
    await db('robots_contacts as own')
      .join('robots_conversations as spoken', (on) =>
        on
          .on('spoken.contact', '=', db.raw('coalesce(own.merged_into, own.id)'))
          .andOn('spoken.robot', '=', 'own.robot')
          .andOn('spoken.person', '=', 'own.name')
          .andOn('spoken.group_name', '<>', 'own.room'),
      )
      .whereIn('own.id', ids)
      .distinct(SHARED.map((column) => `own.${column}`))
      .distinct('spoken.group_name')
      .orderBy(['own.id', 'spoken.group_name']),
  );
}

async function part(db: Knex, { id, group_name: room, ...shared }: Shared): Promise<void> {
  const { robot, name, tenant_id, merged_into } = shared;
  const own = { uuid: crypto.randomUUID(), room, known_as: `name ${robot}\n${room}\n${name}` };
  const [made] = await db('robots_contacts')
    .insert({ ...shared, ...own })
    .returning('id');
  // Of one that was merged, a person has said who it is.
  if (merged_into !== null || !made) return;
  await db('robots_conversations').where({ contact: id, robot, group_name: room, person: name }).update({
    contact: made.id,
  });
  const words = `t${tenant_id.replaceAll('-', '')} ${separated(name).toWellFormed()}`.replace(
    /[^\p{L}\p{M}\p{N}]+/gu,
    ' ',
  );
  await db.raw(
    db.client.config.client === 'pg'
      ? `insert into robots_contact_words (id, words) values (?, to_tsvector('simple', ?))`
      : 'insert into robots_contact_words (rowid, words) values (?, ?)',
    [made.id, words],
  );
}

/** Those that were parted become one again: the rows that go are those that came last. */
export async function down(db: Knex): Promise<void> {
  const first = `(select min(other.id) from robots_contacts other where other.tenant_id = robots_contacts.tenant_id
    and other.channel = robots_contacts.channel and other.robot = robots_contacts.robot
    and other.name = robots_contacts.name)`;
  await db.raw(
    `update robots_conversations set contact = (select ${first} from robots_contacts
      where robots_contacts.id = robots_conversations.contact)`,
  );
  await db.raw(`update robots_contacts set merged_into = null where merged_into in (
    select id from robots_contacts where id <> ${first})`);
  await db.raw(`delete from robots_contacts where id <> ${first}`);
  await db.schema.alterTable('robots_contacts', (table) => {
    table.dropUnique(SINCE);
    table.unique(BEFORE);
  });
  for (const column of COLUMNS) await db.raw(`alter table robots_contacts drop column ${column.split(' ')[0]}`);
  await db('robots_channel_names').whereNot({ account: '' }).delete();
  await remakeNames(db, ['tenant_id', 'channel']);
}

/** The table anew, for SQLite changes no primary key: names and addresses are one each within these columns. */
async function remakeNames(db: Knex, within: readonly string[]): Promise<void> {
  const columns = ['tenant_id', 'channel', 'name', 'address'];
  await db.raw(`create table robots_names_before as select ${columns.join(', ')} from robots_channel_names`);
  await db.schema.dropTable('robots_channel_names');
  await db.schema.createTable('robots_channel_names', (table) => {
    table.string('tenant_id', 36).notNullable();
    table.string('channel', 40).notNullable();
    // Within which an address is one person or group; '' for all of the network.
    if (within.includes('account')) table.string('account', 200).notNullable().defaultTo('');
    // What people and groups of the network are called here, and how they are reached there.
    table.string('name', 200).notNullable();
    table.string('address', 200).notNullable();
    table.primary([...within, 'name']);
    table.unique([...within, 'address']);
  });
  await db.raw(
    `insert into robots_channel_names (${columns.join(', ')}) select ${columns.join(', ')} from robots_names_before`,
  );
  await db.schema.dropTable('robots_names_before');
}
