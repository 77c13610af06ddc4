/** Mail that waits for the parser: sending puts reports of failures into mailboxes, and receiving, which stands above it, parses them. */
import { createPort, type Port } from '#core/kit.ts';

export type UnparsedMail = Port<{
  /** There is some; after the transaction that stored it. */
  wake(): void;
}>;

export const createUnparsedMail = (): UnparsedMail => createPort('parsing');
