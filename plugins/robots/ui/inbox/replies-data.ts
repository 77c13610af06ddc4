/** Quick replies as pages read them. */
import { type RowOf, useRows } from 'patchbay-platform/ui';

export const REPLIES = '/api/platform/robots/quick-replies';
export const REPLY = '/api/platform/robots/quick-replies/{id}';
export type Reply = RowOf<typeof REPLIES>;

export function useReplies(): readonly Reply[] {
  const { data = [] } = useRows(REPLIES, { query: { sort: 'shortcut' } });
  return data;
}
