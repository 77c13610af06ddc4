/** What is known of somebody: conversations with contacts that have their address among their fields, or for a name. */
import { isSuperadmin, whereIdIn } from '#core/kit.ts';
import type { PageText, PersonSection, Principal } from '#core/plugin.ts';
import { ROBOTS_READ } from '../access.ts';
import { fieldsOf } from './contact-view.ts';
import type { ConversationsScope } from './services.ts';
import type { ContactRow, ConversationRow } from './tables.ts';
import { whereContactVisible, whereVisible } from './visibility.ts';
import { idsByWords } from './words.ts';

/** Contacts that have the words of an address; those that do not have it itself are passed over. */
const MOST_CONTACTS = 200;

const STATES: Readonly<Record<ConversationRow['state'], PageText>> = {
  open: { en: 'Open', zh: '进行中' },
  pending: { en: 'Waiting for a person', zh: '等待人工' },
  snoozed: { en: 'Snoozed', zh: '已推迟' },
  closed: { en: 'Closed', zh: '已关闭' },
};

type Known = Pick<ContactRow, 'id' | 'name' | 'fields'>;
type Found = Pick<ConversationRow, 'uuid' | 'last_text' | 'state' | 'last_message_at' | 'person' | 'group_name'>;

export const THEIR_CONVERSATIONS: PersonSection = {
  id: 'robots.conversations',
  title: { en: 'Conversations', zh: '会话' },
  access: ROBOTS_READ,
  async find({ principal, addresses, most }, scope: ConversationsScope) {
    const contacts = await contactsOf(addresses, principal, scope);
    if (contacts.length === 0) return { rows: [], all: null };
    const { db } = scope;
    const found: Found[] = await whereVisible(db.read('robots_conversations'), db.read, principal)
      .whereIn('contact', contacts)
      .orderBy('last_message_at', 'desc')
      .limit(most + 1)
      .select('uuid', 'last_text', 'state', 'last_message_at', 'person', 'group_name');
    return {
      rows: found.map(({ uuid, last_text, state, last_message_at, person, group_name }) => ({
        title: last_text || '–',
        detail: [person, group_name].filter(Boolean).join(' · '),
        state: { value: state, text: STATES[state] },
        at: Number(last_message_at),
        path: `/inbox?conversation=${uuid}`,
      })),
      all: null,
    };
  },
};

async function contactsOf(
  addresses: readonly string[],
  principal: Principal,
  { db }: ConversationsScope,
): Promise<number[]> {
  const tenant = isSuperadmin(principal) ? null : principal.tenantId;
  const ids = new Set<number>();
  for (const address of addresses)
    for (const id of (await idsByWords(db, 'contact', tenant, address, MOST_CONTACTS)) ?? []) ids.add(id);
  if (ids.size === 0) return [];
  const rows = whereIdIn(db.read('robots_contacts'), 'robots_contacts', [...ids]);
  const known: Known[] = await whereContactVisible(rows, db.read, principal).select(
    'robots_contacts.id',
    'robots_contacts.name',
    'robots_contacts.fields',
  );
  return known.filter((contact) => hasOne(contact, addresses)).map(({ id }) => id);
}

function hasOne(contact: Known, addresses: readonly string[]): boolean {
  const written = [contact.name, ...Object.values(fieldsOf(contact))].map((value) =>
    String(value).trim().toLowerCase(),
  );
  return addresses.some((address) => written.includes(address));
}
