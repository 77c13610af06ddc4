/** Mail that waits for the parser: sending puts reports of failures into mailboxes, and receiving, which stands above it, parses them. */
export interface UnparsedMail {
  /** There is some; after the transaction that stored it. */
  wake(): void;
  /** Said once, by who parses. */
  by(wake: () => void): void;
}

export function createUnparsedMail(): UnparsedMail {
  let parse = (): void => {};
  return {
    wake: () => parse(),
    by(wake) {
      parse = wake;
    },
  };
}
