/**
 * Whom a broadcast reaches, frozen when it starts: some contacts and names a step, each step in a transaction that also notes
 * how far it is, so that a hundred thousand cost rows and no memory. Table: robots_broadcast_recipients.
 */
import type { Knex } from 'knex';
import Type, { type Static } from 'typebox';
import { placeholders, rowsOf } from '#core/database/insert-many.ts';
import type { Transaction } from '#core/plugin.ts';
import { fieldOf } from '../services/variables.ts';
import type { ContactRow, RobotRow } from '../tables.ts';
import type { BroadcastRow, RecipientRow } from './tables.ts';

const Name = Type.String({ minLength: 1, maxLength: 200 });
export const MOST_NAMES = 5_000;
export const Names = Type.Array(Name, { maxItems: MOST_NAMES });

export const Audience = Type.Object(
  {
    everybody: Type.Optional(
      Type.Boolean({ description: 'All contacts that one of the robots has a conversation of its own with' }),
    ),
    labels: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
        maxItems: 50,
        description: 'Those of them with a conversation that has one of these labels',
      }),
    ),
    fields: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 60 }), Type.String({ maxLength: 500 }), {
        maxProperties: 20,
        description: 'Those of them with all of these values in their fields',
      }),
    ),
    names: Type.Optional(Type.Array(Name, { maxItems: MOST_NAMES, description: 'And these people and groups' })),
  },
  { additionalProperties: false, description: 'Whom it reaches' },
);
export type Audience = Static<typeof Audience>;

const CONTACTS_AT_ONCE = 1_000;
const NAMES_AT_ONCE = 1_000;

export type Recipient = Pick<RecipientRow, 'robot' | 'contact' | 'channel' | 'name' | 'state' | 'reason'>;
type Robot = Pick<RobotRow, 'id' | 'channel'>;

/** What one step has found, and how far the next one begins. */
export interface AudienceStep {
  recipients: Recipient[];
  contacts_done: number;
  names_done: number;
  isLast: boolean;
}

export function isEmptyAudience({ everybody, labels = [], fields = {}, names = [] }: Audience): boolean {
  return everybody !== true && labels.length === 0 && Object.keys(fields).length === 0 && names.length === 0;
}

/** The next recipients of a broadcast that is being frozen. `robots` are those of the broadcast, not deleted. */
export async function nextRecipients(
  trx: Transaction,
  row: BroadcastRow,
  robots: readonly Robot[],
): Promise<AudienceStep> {
  const audience: Audience = JSON.parse(row.audience);
  const excluded = new Set<string>(JSON.parse(row.excluded));
  const names = audience.names ?? [];
  const asksForContacts = !isEmptyAudience({ ...audience, names: [] });
  if (asksForContacts && row.contacts_done < row.contacts_until) {
    const { recipients, last } = await contactsStep(trx, row, audience, robots, excluded);
    const isLast = last >= row.contacts_until && names.length === 0;
    return { recipients, contacts_done: last, names_done: 0, isLast };
  }
  const some = names.slice(row.names_done, row.names_done + NAMES_AT_ONCE);
  const names_done = row.names_done + some.length;
  const recipients = await namesStep(trx, row.tenant_id, some, robots, excluded);
  return { recipients, contacts_done: row.contacts_done, names_done, isLast: names_done >= names.length };
}

async function contactsStep(
  trx: Transaction,
  { tenant_id, contacts_done, contacts_until }: BroadcastRow,
  { labels = [], fields = {} }: Audience,
  robots: readonly Robot[],
  excluded: ReadonlySet<string>,
): Promise<{ recipients: Recipient[]; last: number }> {
  const ids = robots.map(({ id }) => id);
  const query = trx('robots_contacts as contact')
    .where('contact.id', '>', contacts_done)
    .where('contact.id', '<=', contacts_until)
    .where({ 'contact.tenant_id': tenant_id, 'contact.merged_into': null })
    .orderBy('contact.id')
    .limit(CONTACTS_AT_ONCE);
  if (labels.length > 0) {
    query.whereExists((labelled) =>
      labelled
        .select(trx.raw('1'))
        .from('robots_conversations as own')
        .join('robots_conversation_labels as marked', 'marked.conversation', 'own.id')
        .join('robots_labels as label', 'label.id', 'marked.label')
        .whereRaw('own.contact = contact.id')
        .whereIn('own.robot', ids)
        .where('label.tenant_id', tenant_id)
        .whereIn('label.name', labels),
    );
  }
  const contacts: ContactRow[] = await query.select('contact.*');
  const wanted = Object.entries(fields);
  const fitting = contacts.filter((contact) =>
    wanted.every(([name, value]) => fieldOf(contact.fields, name) === value),
  );
  const newest = await newestConversations(trx, ids, { contacts: fitting.map(({ id }) => id) });
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
  const last = contacts.length < CONTACTS_AT_ONCE ? contacts_until : (contacts.at(-1)?.id ?? contacts_until);
  return { recipients, last };
}

async function namesStep(
  trx: Transaction,
  tenantId: string,
  names: readonly string[],
  robots: readonly Robot[],
  excluded: ReadonlySet<string>,
): Promise<Recipient[]> {
  if (names.length === 0) return [];
  const ids = robots.map(({ id }) => id);
  const newest = await newestConversations(trx, ids, { names });
  const places = new Map(newest.map((place) => [place.group_name || place.person, place]));
  const contacts = await contactsOf(trx, tenantId, names, robots, newest);
  return names.map((name) => {
    const place = places.get(name);
    const robot = placed(place?.robot ?? robots[0]?.id ?? 0, robots);
    const contact = place?.group_name ? undefined : (contacts.get(place?.contact ?? name) ?? contacts.get(name));
    return { ...robot, contact: contact?.id ?? null, name, ...judged(name, contact, excluded) };
  });
}

/** The contacts of these conversations by key, and of these names by name. One that was merged stands for its other one. */
async function contactsOf(
  trx: Transaction,
  tenantId: string,
  names: readonly string[],
  robots: readonly Robot[],
  places: readonly Place[],
): Promise<Map<string | number, ContactRow>> {
  const channels = [...new Set(robots.map(({ channel }) => channel))];
  const found = await trx('robots_contacts')
    .where({ tenant_id: tenantId })
    .where((either) =>
      either
        .whereIn(
          'id',
          places.map(({ contact }) => contact),
        )
        .orWhere((named) => named.whereIn('channel', channels).whereIn('name', [...names])),
    );
  const merged = found.flatMap(({ merged_into }) => (merged_into === null ? [] : [merged_into]));
  const others = await trx('robots_contacts').whereIn('id', merged);
  const byKey = new Map([...found, ...others].map((row) => [row.id, row]));
  const known = new Map<string | number, ContactRow>();
  for (const row of found) {
    const one = byKey.get(row.merged_into ?? row.id) ?? row;
    known.set(row.name, one);
    known.set(row.id, one);
  }
  return known;
}

interface Place {
  robot: number;
  contact: number;
  group_name: string;
  person: string;
}

/** Of each contact, or of each name of a person or a group, the conversation that was last spoken in. */
async function newestConversations(
  trx: Transaction,
  robots: readonly number[],
  wanted: { contacts: readonly number[] } | { names: readonly string[] },
): Promise<Place[]> {
  const query = trx('robots_conversations')
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

/** Why somebody is not to be written to; null: nothing speaks against it. */
export function refusalOf(contact: Pick<ContactRow, 'opted_out' | 'consent'> | undefined): string | null {
  if (contact?.opted_out === 1) return 'opted_out';
  return contact?.consent === 'refused' ? 'consent_refused' : null;
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
    ...[broadcast, robot, contact, channel, name, state, reason, now],
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
