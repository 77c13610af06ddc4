/** A sentence with something else than text in it: `Ends on <when/>.` with `parts={{ when: <Time … /> }}`. */
import { Code } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';

interface SentenceProps {
  /** As `t()` gives it; translators move the parts to where their language wants them. */
  text: string;
  parts: Readonly<Record<string, ReactNode>>;
}

export function Sentence({ text, parts }: SentenceProps) {
  // Every second one is a name.
  const pieces = text.split(/<(\w+)\/>/);
  return pieces.map((piece, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a sentence has no other order.
    <Fragment key={place}>{place % 2 === 0 ? piece : parts[piece]}</Fragment>
  ));
}

/** A text in which what programs read stands between backticks, as in the guides. */
export function Marked({ text }: { text: string }) {
  // Every second one stood between two; what has no second one stays as it is.
  const pieces = text.split(/`([^`]+)`/);
  return pieces.map((piece, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a sentence has no other order.
    <Fragment key={place}>{place % 2 === 0 ? piece : <Code>{piece}</Code>}</Fragment>
  ));
}
