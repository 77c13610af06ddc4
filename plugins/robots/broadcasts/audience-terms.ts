/** What a broadcast says of whom it reaches, and which contacts fit. Tables: robots_contacts, robots_conversations. */
import type { Knex } from 'knex';
import Type, { type Static } from 'typebox';
import { DAY_MS } from '#core/kit.ts';

const WITHOUT_NUL = '^[^\\u0000]*$';
/** Of a person or a group. PostgreSQL looks for no NUL. */
export const Name = Type.String({ minLength: 1, maxLength: 200, pattern: WITHOUT_NUL });
const MOST_NAMES = 5_000;
const LONGEST_DAYS = 3_650;
export const Names = Type.Array(Name, { maxItems: MOST_NAMES });

const Days = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: LONGEST_DAYS, description }));

export const Audience = Type.Object(
  {
    everybody: Type.Optional(
      Type.Boolean({ description: 'All contacts who have their own conversation with one of the robots' }),
    ),
    labels: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 60, pattern: WITHOUT_NUL }), {
        maxItems: 50,
        description: 'Those of them with a conversation that has one of these labels',
      }),
    ),
    groups: Type.Optional(
      Type.Array(Name, { maxItems: 50, description: 'Those of them who have written in one of these groups' }),
    ),
    fields: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 60 }), Type.String({ maxLength: 500 }), {
        maxProperties: 20,
        description: 'Those of them with all of these values in their fields',
      }),
    ),
    seen_within_days: Days('Those of them who wrote within this many days before the start'),
    unseen_for_days: Days('Those of them who did not write within this many days before the start'),
    names: Type.Optional(Type.Array(Name, { maxItems: MOST_NAMES, description: 'And these people and groups' })),
  },
  { additionalProperties: false, description: 'Whom it reaches: contacts for whom all of it holds, and names' },
);
export type Audience = Static<typeof Audience>;

/** Whether it is said of contacts which ones it reaches. */
export function asksForContacts(audience: Audience): boolean {
  const { everybody, labels = [], groups = [], fields = {}, seen_within_days, unseen_for_days } = audience;
  const isTimed = seen_within_days !== undefined || unseen_for_days !== undefined;
  return everybody === true || isTimed || [labels, groups, Object.keys(fields)].some((some) => some.length > 0);
}

export function isEmptyAudience(audience: Audience): boolean {
  return !asksForContacts(audience) && (audience.names ?? []).length === 0;
}

interface Senders {
  tenantId: string;
  /** Keys of the robots that send it. */
  robots: readonly number[];
  /** From when days are counted. */
  startedAt: number;
}

/** Narrows contacts (as `contact`) by all but their fields, which are JSON. */
export function whereFitting(
  query: Knex.QueryBuilder,
  on: Knex,
  { labels = [], groups = [], seen_within_days, unseen_for_days }: Audience,
  { tenantId, robots, startedAt }: Senders,
): void {
  const conversations = (some: Knex.QueryBuilder) =>
    some
      .select(on.raw('1'))
      .from('robots_conversations as own')
      .whereRaw('own.contact = contact.id')
      .whereIn('own.robot', [...robots]);
  if (labels.length > 0)
    query.whereExists((labelled) =>
      conversations(labelled)
        .join('robots_conversation_labels as marked', 'marked.conversation', 'own.id')
        .join('robots_labels as label', 'label.id', 'marked.label')
        .where('label.tenant_id', tenantId)
        .whereIn('label.name', labels),
    );
  if (groups.length > 0) query.where((either) => inOneOf(either, on, groups, robots));
  if (seen_within_days !== undefined) query.where('contact.last_seen_at', '>=', startedAt - seen_within_days * DAY_MS);
  if (unseen_for_days !== undefined) query.where('contact.last_seen_at', '<', startedAt - unseen_for_days * DAY_MS);
}

/** Who has written in a group: themselves, or, where a name is all that is known, somebody of the name on the same robot. */
function inOneOf(either: Knex.QueryBuilder, on: Knex, groups: readonly string[], robots: readonly number[]): void {
  const written = (some: Knex.QueryBuilder) =>
    some
      .select(on.raw('1'))
      .from('robots_conversations as own')
      .whereIn('own.robot', [...robots])
      .whereIn('own.group_name', [...groups]);
  either
    .whereExists((some) => written(some).whereRaw('own.contact = contact.id'))
    .orWhereExists((some) => written(some).whereRaw('own.robot = contact.robot and own.person = contact.name'));
}
