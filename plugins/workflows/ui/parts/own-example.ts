/** Ready workflows as one's own: examples name mailboxes of example.com and people of example.net, which nobody has (RFC 2606). */
import { useMe } from 'patchbay-platform/ui';
import { useMailboxes } from './use-mailboxes.ts';

const MAILBOX = /[\w-]+@example\.com\b/g;
const PERSON = /[\w-]+@example\.net\b/g;
const SENDER = /^(\s+from:) [\w-]+@example\.com$/gm;
/** What needs no quotes, in YAML nor in an expression. */
const PLAIN = /^\w[\w.+-]*@[\w.-]+$/;

export interface OwnExamples {
  /** With one's first mailbox and address in it; without a mailbox the sender is empty, so that it has to be chosen. */
  ownOf(definition: string): string;
  /** Nothing has to be chosen before it can be published. */
  isReady(definition: string): boolean;
}

export function useOwnExamples(): OwnExamples {
  const email = plain(useMe().user?.email);
  const mailbox = useMailboxes(true).find((address) => plain(address));
  return {
    ownOf(definition) {
      const told = email ? definition.replaceAll(PERSON, () => email) : definition;
      return mailbox ? told.replaceAll(MAILBOX, () => mailbox) : told.replaceAll(SENDER, "$1 ''");
    },
    isReady: (definition) => mailbox !== undefined || definition.search(MAILBOX) === -1,
  };
}

function plain(address: string | null | undefined): string | undefined {
  return address && PLAIN.test(address) ? address : undefined;
}
