/** What is known of somebody: mail that came from them, into mailboxes that the reader sees. */
import type { PersonSection } from '#core/plugin.ts';
import type { MessageRow } from '../mailboxes/tables.ts';
import { READ } from '../shapes.ts';
import { whereAddress } from './search.ts';
import type { ReadingScope } from './services.ts';

type Found = Pick<MessageRow, 'id' | 'subject' | 'received_at'> & { mailbox: string };

export const MAIL_FROM_THEM: PersonSection = {
  id: 'mail.received',
  title: { en: 'Mail from them', zh: '对方发来的邮件' },
  access: READ,
  async find({ principal, addresses, most }, { db, mailVisibility }: ReadingScope) {
    const found: Found[] = [];
    for (const address of addresses) {
      const { query } = await mailVisibility.messages(principal, 'inbox');
      query.orderBy('mail_messages.id', 'desc').limit(most + 1);
      await whereAddress(query, db, address);
      found.push(...(await query));
    }
    const newest = found.toSorted((one, other) => Number(other.id) - Number(one.id)).slice(0, most + 1);
    return {
      rows: newest.map(({ id, subject, mailbox, received_at }) => ({
        title: subject || '–',
        detail: mailbox,
        at: Number(received_at),
        path: `/mail?message=${id}`,
      })),
      // The list is searched for one address.
      all: addresses.length === 1 ? `/mail?search=${encodeURIComponent(addresses[0] ?? '')}` : null,
    };
  },
};
