/** Ready workflows as one's own: examples name mailboxes of example.com and people of example.net, which nobody has (RFC 2606). */
import { api } from 'patchbay-platform/ui';
import { listOf } from './list-answer.ts';

const MAILBOX = /[\w-]+@example\.com\b/g;
const PERSON = /[\w-]+@example\.net\b/g;
const ZONE = /^(\s+timezone:) .*$/gm;
const SENDER = /^(\s+from:) [\w-]+@example\.com$/gm;
/** What needs no quotes, in YAML nor in an expression. */
const PLAIN = /^\w[\w.+-]*@[\w.-]+$/;

/** Whose it becomes. */
export interface Owner {
  mailboxes: readonly string[];
  email: string | null | undefined;
}

/** With one's first mailbox, one's address and one's time zone in it; without a mailbox the sender is empty, so that it has to be chosen. */
export function ownExample(definition: string, { mailboxes, email }: Owner): string {
  const told = email && PLAIN.test(email) ? definition.replaceAll(PERSON, () => email) : definition;
  const mailbox = senderOf(mailboxes);
  const timed = told.replace(ZONE, `$1 ${new Intl.DateTimeFormat().resolvedOptions().timeZone}`);
  return mailbox ? timed.replaceAll(MAILBOX, () => mailbox) : timed.replaceAll(SENDER, "$1 ''");
}

/** Whether nothing has to be chosen before it can be published. */
export function isReady(definition: string, { mailboxes }: Owner): boolean {
  return senderOf(mailboxes) !== undefined || definition.search(MAILBOX) === -1;
}

/** The first ones, for who may see mailboxes. */
export async function ownMailboxes(): Promise<string[]> {
  const { data } = await api.GET('/api/platform/mail/mailboxes', { params: { query: { limit: 50, sort: 'address' } } });
  return listOf(data)?.items.map(({ address }) => address) ?? [];
}

function senderOf(mailboxes: readonly string[]): string | undefined {
  return mailboxes.find((address) => PLAIN.test(address));
}
