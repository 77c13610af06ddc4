/** How contacts look on the wire. Table: robots_contacts. */

import Type, { type Static } from 'typebox';
import { isoTime } from '#core/kit.ts';
import { versionOf } from '#core/plugin.ts';
import { isProved } from './identity/identity.ts';
import type { ContactRow } from './tables.ts';

const MOST_FIELDS = 50;
const Value = Type.Union([Type.String({ maxLength: 2_000 }), Type.Number(), Type.Boolean()]);
const FieldName = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,60}$' });

const ContactFields = Type.Record(FieldName, Value, { maxProperties: MOST_FIELDS });
/** What is null is taken away. */
const ContactFieldsChange = Type.Record(FieldName, Type.Union([Value, Type.Null()]), {
  maxProperties: MOST_FIELDS,
});

export const ContactChange = {
  fields: Type.Optional({ ...ContactFieldsChange, description: 'Those that change; null takes one away' }),
  notes: Type.Optional(Type.String({ maxLength: 20_000 })),
  consent: Type.Optional(Type.Enum(['unknown', 'given', 'refused'])),
  opted_out: Type.Optional(
    Type.Boolean({ description: 'Broadcasts and automatic answers leave out who wants to hear no more' }),
  ),
};

export const ContactView = Type.Object({
  id: Type.String(),
  channel: Type.String(),
  robot_id: Type.Union([Type.String(), Type.Null()], {
    description:
      'The robot that knows the contact by this display name, which anyone can take; null where the channel identifies people',
  }),
  room: Type.String({
    description: 'The group in which that name was used, when the contact belongs to it; empty in direct messages',
  }),
  is_proved: Type.Boolean({
    description:
      'Whether the channel identifies them by its own id; otherwise only the name is known, and anyone who takes the name is taken for them',
  }),
  name: Type.String(),
  fields: ContactFields,
  notes: Type.String(),
  consent: Type.Enum(['unknown', 'given', 'refused']),
  opted_out: Type.Boolean(),
  last_seen_at: Type.String({ description: 'When it was last heard, to the minute' }),
  created_at: Type.String(),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});
export type ContactView = Static<typeof ContactView>;
export type Fields = Static<typeof ContactFields>;

/** What people change: to be seen again does not make it another one. */
export function contactTerms({ uuid, fields, notes, consent, opted_out }: ContactRow): object {
  return { uuid, fields, notes, consent, opted_out };
}

/** A contact with the public id of the robot that knows them, where it is one robot's. */
export type KnownContact = ContactRow & { robot_id: string | null };

export function contactView(row: KnownContact): ContactView {
  return {
    id: row.uuid,
    channel: row.channel,
    robot_id: row.robot_id,
    room: row.room,
    is_proved: isProved(row),
    name: row.name,
    fields: fieldsOf(row),
    notes: row.notes,
    consent: row.consent,
    opted_out: row.opted_out === 1,
    last_seen_at: isoTime(row.last_seen_at),
    created_at: isoTime(row.created_at),
    version: versionOf(contactTerms(row)),
  };
}

export function fieldsOf({ fields }: Pick<ContactRow, 'fields'>): Fields {
  return JSON.parse(fields);
}
