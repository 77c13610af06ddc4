/** Text of strangers, with its web addresses as links. It stays text: nothing of it is read as HTML. */
import { Anchor } from '@mantine/core';

const ADDRESS = /https?:\/\/[^\s<>"'`)\]]{1,2000}/g;
/** What ends a sentence, and not an address. */
const ENDING = /[.,;:!?]+$/;

export function LinkedText({ text, className }: { text: string; className?: string | undefined }) {
  return (
    <pre className={className}>
      {pieces(text).map(({ at, piece, href }) =>
        href ? (
          <Anchor key={at} href={href} target="_blank" rel="noopener noreferrer nofollow" inherit>
            {piece}
          </Anchor>
        ) : (
          <span key={at}>{piece}</span>
        ),
      )}
    </pre>
  );
}

interface Piece {
  at: number;
  piece: string;
  href: string | null;
}

function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const href = match[0].replace(ENDING, '');
    if (match.index > at) found.push({ at, piece: text.slice(at, match.index), href: null });
    found.push({ at: match.index, piece: href, href });
    at = match.index + href.length;
  }
  if (at < text.length) found.push({ at, piece: text.slice(at), href: null });
  return found;
}
