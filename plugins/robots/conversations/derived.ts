/** The indexes of words of messages, conversations and contacts, made anew in another database. */
import type { DerivedModule, Filling } from '#core/plugin.ts';
import { fieldsOf } from './contact-view.ts';
import { type Indexed, type IndexedText, indexWords } from './words.ts';

const AT_ONCE = 1_000;
/** Former names by which one contact is found, as when it is written (identity/links.ts). */
const MOST_NAMES = 200;

export const derived: DerivedModule = () => ({
  tables: [
    { names: ['robots_message_words'], fill: fillMessages },
    { names: ['robots_conversation_words'], fill: fillConversations },
    { names: ['robots_contact_words'], fill: fillContacts },
  ],
});

async function fillMessages(filling: Filling, after: number): Promise<number | null> {
  const rows = await filling
    .trx('robots_messages')
    .where('id', '>', after)
    .orderBy('id')
    .limit(AT_ONCE)
    .select('id', 'tenant_id', 'spoken', 'is_echo');
  // An echo is what the robot has said and is in it already.
  const spoken = rows.filter((row) => row.spoken !== '' && !row.is_echo);
  const texts = spoken.map(({ id, tenant_id, spoken: text }) => ({ id, tenantId: tenant_id, text }));
  return index(filling, 'message', texts, rows.at(-1)?.id);
}

async function fillConversations(filling: Filling, after: number): Promise<number | null> {
  const rows = await filling
    .trx('robots_conversations')
    .where('id', '>', after)
    .orderBy('id')
    .limit(AT_ONCE)
    .select('id', 'tenant_id', 'person', 'group_name');
  const texts = rows.map(({ id, tenant_id, person, group_name }) => ({
    id,
    tenantId: tenant_id,
    text: `${person} ${group_name}`,
  }));
  return index(filling, 'conversation', texts, rows.at(-1)?.id);
}

async function fillContacts(filling: Filling, after: number): Promise<number | null> {
  const { trx } = filling;
  const rows = await trx('robots_contacts')
    .where('id', '>', after)
    .orderBy('id')
    .limit(AT_ONCE)
    .select('id', 'tenant_id', 'name', 'notes', 'fields');
  const others = await trx('robots_contacts')
    .whereIn(
      'merged_into',
      rows.map(({ id }) => id),
    )
    .orderBy('id')
    .select('merged_into', 'name');
  const names = Map.groupBy(others, ({ merged_into }) => merged_into);
  const texts = rows.map((row) => {
    const merged = (names.get(row.id) ?? []).slice(0, MOST_NAMES).map(({ name }) => name);
    const fields = Object.values(fieldsOf(row)).map(String);
    return { id: row.id, tenantId: row.tenant_id, text: [row.name, ...merged, row.notes, ...fields].join(' ') };
  });
  return index(filling, 'contact', texts, rows.at(-1)?.id);
}

async function index(
  { trx, client }: Filling,
  kind: Indexed,
  texts: readonly IndexedText[],
  last: number | undefined,
): Promise<number | null> {
  if (texts.length > 0) await indexWords(trx, client, kind, texts);
  return last ?? null;
}
