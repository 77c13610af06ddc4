/** What the inbox shows, as its address says it: which conversations, and which one is open. */
import { type RowOf, useUrlState } from 'patchbay-platform/ui';
import { useCallback, useMemo } from 'react';

export const CONVERSATIONS = '/api/platform/robots/conversations';
export const CONVERSATION = '/api/platform/robots/conversations/{id}';
export const COUNTS = '/api/platform/robots/inbox/counts';
export type Conversation = RowOf<typeof CONVERSATIONS>;

const VIEWS = {
  inbox: { state: 'open,pending' },
  pending: { state: 'pending' },
  mine: { assignee: 'me', state: 'open,pending,snoozed' },
  unread: { unread: 'true' },
  snoozed: { state: 'snoozed' },
  closed: { state: 'closed' },
} as const;
export type View = keyof typeof VIEWS;
export const VIEW_NAMES: readonly View[] = ['inbox', 'pending', 'mine', 'unread', 'snoozed', 'closed'];
const NARROWED = ['robot', 'team', 'label', 'contact'] as const;

export interface Inbox {
  view: View;
  search: string;
  robot: string | undefined;
  team: string | undefined;
  label: string | undefined;
  /** Id of the open conversation. */
  open: string | null;
  /** What the list is asked for. */
  query: Readonly<Record<string, string>>;
  /** Opens a conversation, or none. */
  show(id: string | null): void;
  go(view: View): void;
  narrow(by: { search?: string | null; robot?: string | null; team?: string | null; label?: string | null }): void;
  /** The address of a conversation in the list that is shown. */
  addressOf(id: string): string;
}

export function useInbox(): Inbox {
  const [state, set] = useUrlState();
  const { search = '', robot, team, label, conversation: open = null } = state;
  const view = VIEW_NAMES.find((name) => name === state.view) ?? 'inbox';
  const query = useMemo(() => queryOf(view, state), [view, state]);
  const show = useCallback<Inbox['show']>(
    (id) => set({ conversation: id }, { replace: open !== null || id === null }),
    [set, open],
  );
  const go = useCallback<Inbox['go']>(
    (next) => set({ view: next === 'inbox' ? null : next, conversation: null, search: null }, { replace: false }),
    [set],
  );
  const narrow = useCallback<Inbox['narrow']>((by) => set({ ...by, conversation: null }), [set]);
  const addressOf = (id: string) => `/inbox?${new URLSearchParams({ ...state, conversation: id })}`;
  return { view, search, robot, team, label, open, query, show, go, narrow, addressOf };
}

function queryOf(view: View, state: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const narrowed = NARROWED.flatMap((name) => (state[name] ? [[name, state[name]] as const] : []));
  return { ...VIEWS[view], ...Object.fromEntries(narrowed), ...(state.search && { search: state.search }) };
}
