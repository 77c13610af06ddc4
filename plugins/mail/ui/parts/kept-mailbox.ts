/** A mailbox that is created by its name and stays; one that a mail has made becomes one's own. */
import { api } from 'patchbay-platform/ui';
import { MAILBOXES } from '../reader/use-mails.ts';

/** Gives it as it was before it was kept; undefined when the answer was empty. Throws what the server refuses. */
export async function createMailbox(body: { local?: string; domain?: string }, isKept: boolean) {
  const { data } = await api.POST(MAILBOXES, { body });
  if (data && isKept) await api.PATCH(`${MAILBOXES}/{id}`, { params: { path: data }, body: { pinned: true } });
  return data;
}
