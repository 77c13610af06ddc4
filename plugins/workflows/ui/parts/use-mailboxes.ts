/** Addresses of mailboxes to choose from; where they cannot be seen one writes them. */
import { $api, useMay } from 'patchbay-platform/ui';
import { listOf } from './list-answer.ts';

const MOST_OFFERED = 50;

/** With more of them than are offered, those that begin with what is written. */
export function useMailboxes(isWanted: boolean, begins = ''): string[] {
  const may = useMay();
  const address = begins.trim().toLowerCase();
  const query = { limit: MOST_OFFERED, sort: 'address', ...(address !== '' && { address }) } as const;
  const { data } = $api.useQuery(
    'get',
    '/api/platform/mail/mailboxes',
    { params: { query } },
    { enabled: isWanted && may('mail.reader'), retry: false, placeholderData: (former) => former },
  );
  return listOf(data)?.items.map(({ address }) => address) ?? [];
}
