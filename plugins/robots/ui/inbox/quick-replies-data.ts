/** Quick replies as pages read them. */
import { type RowOf, useRows } from 'patchbay-platform/ui';

export const QUICK_REPLIES = '/api/platform/robots/quick-replies';
export const QUICK_REPLY = '/api/platform/robots/quick-replies/{id}';
export type Reply = RowOf<typeof QUICK_REPLIES>;

export function useReplies(): readonly Reply[] {
  const { data = [] } = useRows(QUICK_REPLIES, { query: { sort: 'shortcut' } });
  return data;
}
