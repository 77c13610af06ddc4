/** What the reader shows, as its address says it: which mail, of which mailbox, and which one is open. */
import { type RowOf, useUrlState } from 'patchbay-platform/ui';
import { useCallback, useMemo } from 'react';

export type Mail = RowOf<'/api/platform/mail/messages'>;
export type Folder = 'inbox' | 'quarantine';

export const LISTS = {
  inbox: '/api/platform/mail/messages',
  quarantine: '/api/platform/mail/quarantine',
} as const;

export interface Place {
  folder: Folder;
  /** Address of a mailbox; undefined for all. */
  mailbox: string | undefined;
  isUnread: boolean;
  search: string;
  tag: string | undefined;
  /** The open mail. */
  open: number | null;
  /** What the list is asked for. */
  query: Readonly<Record<string, string>>;
}

export interface Reader extends Place {
  /** Opens a mail, or none. */
  show(id: number | null): void;
  /** Another list; what is not named is left out. */
  go(to: { folder?: Folder; mailbox?: string; isUnread?: boolean }): void;
  narrow(by: { search?: string | null; tag?: string | null }): void;
}

export function useReader(): Reader {
  const [state, set] = useUrlState();
  const place = useMemo(() => placeOf(state), [state]);
  const { open } = place;
  const show = useCallback<Reader['show']>(
    (id) => set({ message: id === null ? null : String(id) }, { replace: open !== null || id === null }),
    [set, open],
  );
  const go = useCallback<Reader['go']>(
    ({
      folder = 'inbox',
      mailbox = null,
      isUnread = false,
    }: {
      folder?: Folder;
      mailbox?: string | null;
      isUnread?: boolean;
    }) =>
      set(
        {
          folder: folder === 'inbox' ? null : folder,
          mailbox,
          unread: isUnread ? 'true' : null,
          message: null,
          search: null,
          tag: null,
        },
        { replace: false },
      ),
    [set],
  );
  const narrow = useCallback<Reader['narrow']>((by) => set({ ...by, message: null }), [set]);
  return { ...place, show, go, narrow };
}

/** The address of a mail in the list that is shown. */
export function addressOf({ folder, mailbox, isUnread, search, tag }: Place, id: number): string {
  const query = new URLSearchParams({
    ...(folder !== 'inbox' && { folder }),
    ...(mailbox && { mailbox }),
    ...(isUnread && { unread: 'true' }),
    ...(search && { search }),
    ...(tag && { tag }),
    message: String(id),
  });
  return `/mail?${query}`;
}

function placeOf(state: Readonly<Record<string, string>>): Place {
  const { mailbox, unread, search = '', tag, message } = state;
  const isUnread = unread === 'true';
  const folder: Folder = state.folder === 'quarantine' ? 'quarantine' : 'inbox';
  const open = message !== undefined && /^\d{1,10}$/.test(message) ? Number(message) : null;
  const query = {
    ...(mailbox && { mailbox }),
    ...(isUnread && { unread: 'true' }),
    ...(search && { search }),
    ...(tag && { tag }),
  };
  return { folder, mailbox, isUnread, search, tag, open, query };
}
