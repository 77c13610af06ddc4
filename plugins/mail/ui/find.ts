/** Mails and mailboxes for the palette. */
import { type FoundRecord, readRows } from 'patchbay-platform/ui';

const MOST = 4;

export async function findMail(
  text: string,
  signal: AbortSignal,
  may: (entry: string) => boolean,
): Promise<readonly FoundRecord[]> {
  if (!may('mail.reader')) return [];
  const [boxes, mails] = await Promise.all([
    readRows(
      '/api/platform/mail/mailboxes',
      { query: { address: text.toLowerCase(), sort: 'address' }, limit: MOST },
      signal,
    ),
    readRows('/api/platform/mail/messages', { query: { search: text }, limit: MOST }, signal),
  ]);
  return [
    ...boxes.map(({ address }) => ({ title: address, path: `/mail?mailbox=${encodeURIComponent(address)}` })),
    ...mails.map(({ id, subject, from, from_name }) => ({
      title: subject || from,
      description: from_name ? `${from_name} · ${from}` : from,
      path: `/mail?message=${id}`,
    })),
  ];
}
