/** The name that stands beside an address in From. It is what anybody writes of themselves, and must not pass for an address. */
import { sanitizeText } from '#core/thread-kit.ts';
import { type Authors, isOneAuthor } from '../authors.ts';

const LONGEST_NAME = 100;

/** Of one author alone, who was judged and is shown: of several addresses a name would be for one of them. */
export function senderNameOf(authors: Authors, from: { name: string; address?: string } | undefined): string {
  const [address = ''] = authors.addresses;
  if (!isOneAuthor(authors) || from?.address?.toLowerCase() !== address.toLowerCase()) return '';
  const name = sanitizeText(shown(from.name), LONGEST_NAME).trim();
  return looksLikeAddress(name) ? '' : name;
}

/** Marks that turn the direction of what follows would turn the address beside it. */
function shown(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
}

function looksLikeAddress(name: string): boolean {
  return name.normalize('NFKC').includes('@');
}
