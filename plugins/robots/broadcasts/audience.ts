/**
 * Whom a broadcast reaches, frozen when it starts: some contacts and names a step, each step in a transaction that also notes
 * how far it is, so that a hundred thousand cost rows and no memory. Table: robots_broadcast_recipients.
 */

import type { Knex } from 'knex';
import { placeholders, rowsOf } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import { refusalOf } from '../conversations/identity/consent.ts';
import { robotOfNames } from '../conversations/identity/identity.ts';
import { standing } from '../conversations/identity/known-contacts.ts';
import type { ContactRow } from '../conversations/tables.ts';
import { fieldOf } from '../conversations/variables.ts';
import type { RobotRow } from '../robots/tables.ts';
import { type Audience, asksForContacts, whereFitting } from './audience-terms.ts';
import type { BroadcastRow, RecipientRow } from './tables.ts';

const CONTACTS_AT_ONCE = 1_000;
const NAMES_AT_ONCE = 1_000;

export type Recipient = Pick<RecipientRow, 'robot' | 'contact' | 'channel' | 'name' | 'state' | 'reason'>;
type Robot = Pick<RobotRow, 'id' | 'channel'>;

/** What is known of a broadcast whose audience is looked for. */
type Frozen = Pick<
  BroadcastRow,
  'tenant_id' | 'audience' | 'excluded' | 'contacts_done' | 'contacts_until' | 'names_done' | 'started_at'
>;

/** What one step has found, and how far the next one begins. */
export interface AudienceStep {
  recipients: Recipient[];
  contacts_done: number;
  names_done: number;
  isLast: boolean;
}

/** The next recipients of a broadcast that is being frozen. `robots` are those of the broadcast, not deleted. */
export async function nextRecipients(on: Knex, row: Frozen, robots: readonly Robot[]): Promise<AudienceStep> {
  const audience: Audience = JSON.parse(row.audience);
  const excluded = new Set<string>(JSON.parse(row.excluded));
  const names = audience.names ?? [];
  if (asksForContacts(audience) && row.contacts_done < row.contacts_until) {
    const { recipients, last } = await contactsStep(on, row, audience, robots, excluded);
    const isLast = last >= row.contacts_until && names.length === 0;
    return { recipients, contacts_done: last, names_done: 0, isLast };
  }
  const some = names.slice(row.names_done, row.names_done + NAMES_AT_ONCE);
  const names_done = row.names_done + some.length;
  const recipients = await namesStep(on, row.tenant_id, some, robots, excluded);
  return { recipients, contacts_done: row.contacts_done, names_done, isLast: names_done >= names.length };
}

async function contactsStep(
  on: Knex,
  { tenant_id, contacts_done, contacts_until, started_at }: Frozen,
  audience: Audience,
  robots: readonly Robot[],
  excluded: ReadonlySet<string>,
): Promise<{ recipients: Recipient[]; last: number }> {
  const ids = robots.map(({ id }) => id);
  // So many are looked at, however few of them fit: a step is short in a tenant with a million.
  const looked: number[] = await on('robots_contacts')
    .where('id', '>', contacts_done)
    .where('id', '<=', contacts_until)
    .where({ tenant_id, merged_into: null })
    .orderBy('id')
    .limit(CONTACTS_AT_ONCE)
    .pluck('id');
  const query = on('robots_contacts as contact').whereIn('contact.id', looked).orderBy('contact.id');
  whereFitting(query, on, audience, { tenantId: tenant_id, robots: ids, startedAt: started_at ?? 0 });
  const contacts: ContactRow[] = await query.select('contact.*');
  const wanted = Object.entries(audience.fields ?? {});
  const fitting = contacts.filter((contact) =>
    wanted.every(([name, value]) => fieldOf(contact.fields, name) === value),
  );
  const newest = await newestConversations(on, ids, { contacts: fitting.map(({ id }) => id) });
  const places = new Map(newest.map((place) => [place.contact, place]));
  const recipients = fitting.flatMap((contact): Recipient[] => {
    const place = places.get(contact.id);
    if (!place) return [];
    return [
      {
        ...placed(place.robot, robots),
        contact: contact.id,
        name: place.person,
        ...judged(place.person, contact, excluded),
      },
    ];
  });
  // Fewer than were asked for are all that are left.
  const last = looked.length < CONTACTS_AT_ONCE ? contacts_until : (looked.at(-1) ?? contacts_until);
  return { recipients, last };
}

async function namesStep(
  on: Knex,
  tenantId: string,
  names: readonly string[],
  robots: readonly Robot[],
  excluded: ReadonlySet<string>,
): Promise<Recipient[]> {
  if (names.length === 0) return [];
  const ids = robots.map(({ id }) => id);
  const newest = await newestConversations(on, ids, { names });
  const places = new Map(newest.map((place) => [place.group_name || place.person, place]));
  const contacts = await contactsOf(on, tenantId, names, robots, newest);
  return names.map((name) => {
    const place = places.get(name);
    const robot = placed(place?.robot ?? robots[0]?.id ?? 0, robots);
    const contact = place?.group_name
      ? undefined
      : (contacts.get(place?.contact ?? 0) ?? contacts.get(keyOfName(robot.robot, name)));
    return { ...robot, contact: contact?.id ?? null, name, ...judged(name, contact, excluded) };
  });
}

/** The contacts of these conversations by key, and those whom each robot knows by these names. One that was merged stands for its other one. */
async function contactsOf(
  on: Knex,
  tenantId: string,
  names: readonly string[],
  robots: readonly Robot[],
  places: readonly Place[],
): Promise<Map<string | number, ContactRow>> {
  const found = await on('robots_contacts')
    .where({ tenant_id: tenantId })
    .where((either) =>
      either
        .whereIn(
          'id',
          places.map(({ contact }) => contact),
        )
        .orWhere((named) =>
          named
            .where({ room: '' })
            .whereIn('robot', [...new Set(robots.map(robotOfNames))])
            .whereIn('channel', [...new Set(robots.map(({ channel }) => channel))])
            .whereIn('name', [...names]),
        ),
    );
  const now = await standing(on, found);
  const known = new Map<string | number, ContactRow>();
  for (const row of found) {
    const one = now.get(row.id) ?? row;
    known.set(row.id, one);
    for (const robot of robots)
      if (robot.channel === row.channel && robotOfNames(robot) === row.robot && row.room === '')
        known.set(keyOfName(robot.id, row.name), one);
  }
  return known;
}

function keyOfName(robot: number, name: string): string {
  return `${robot} ${name}`;
}

interface Place {
  robot: number;
  contact: number;
  group_name: string;
  person: string;
}

/** Of each contact, or of each name of a person or a group, the conversation that was last spoken in. */
async function newestConversations(
  on: Knex,
  robots: readonly number[],
  wanted: { contacts: readonly number[] } | { names: readonly string[] },
): Promise<Place[]> {
  const query = on('robots_conversations')
    .whereIn('robot', [...robots])
    .orderBy([{ column: 'last_message_at' }, { column: 'id' }])
    .select('robot', 'contact', 'group_name', 'person');
  if ('contacts' in wanted) query.whereIn('contact', [...wanted.contacts]).where({ group_name: '' });
  else
    query.where((either) =>
      either
        .where((alone) => alone.where({ group_name: '' }).whereIn('person', [...wanted.names]))
        .orWhereIn('group_name', [...wanted.names]),
    );
  return query;
}

function placed(robot: number, robots: readonly Robot[]): { robot: number; channel: string } {
  return { robot, channel: robots.find(({ id }) => id === robot)?.channel ?? '' };
}

function judged(
  name: string,
  contact: Pick<ContactRow, 'opted_out' | 'consent'> | undefined,
  excluded: ReadonlySet<string>,
): Pick<Recipient, 'state' | 'reason'> {
  const reason = excluded.has(name) ? 'excluded' : refusalOf(contact);
  return reason === null ? { state: 'waiting', reason: '' } : { state: 'skipped', reason };
}

const COLUMNS = 8;

/** Stores those that are not there yet, and gives how many of which state were new. */
export async function storeRecipients(
  trx: Transaction,
  broadcast: number,
  recipients: readonly Recipient[],
  now: number,
): Promise<{ total: number; skipped: number }> {
  if (recipients.length === 0) return { total: 0, skipped: 0 };
  const cells = recipients.flatMap(({ robot, contact, channel, name, state, reason }) => [
    broadcast,
    robot,
    contact,
    channel,
    name,
    state,
    reason,
    now,
  ]);
  const stored = rowsOf<{ state: string }>(
    await trx.raw(
      `insert into robots_broadcast_recipients (broadcast, robot, contact, channel, name, state, reason, changed_at)
       values ${placeholders(recipients.length, COLUMNS)} on conflict do nothing returning state`,
      cells as Knex.RawBinding[],
    ),
  );
  return { total: stored.length, skipped: stored.filter(({ state }) => state === 'skipped').length };
}
