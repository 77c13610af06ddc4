import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryBlob } from '../../../plugins/mail/messages/parser/memory-blob.ts';

describe('The Blob of the parser', () => {
  const piece = fc.oneof(
    fc.constant('\n'),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array(),
    fc.uint8Array().map((bytes) => bytes.subarray(1)),
    fc.uint8Array().map((bytes) => new Uint8Array(bytes).buffer as ArrayBuffer),
  );

  it('joins its pieces as the one of Node does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const ours = new MemoryBlob(pieces, { type: 'text/plain' });
        const theirs = new Blob(pieces as ConstructorParameters<typeof Blob>[0], { type: 'text/plain' });
        assert.deepEqual(
          [ours.size, ours.type, Buffer.from(await ours.arrayBuffer())],
          [theirs.size, theirs.type, Buffer.from(await theirs.arrayBuffer())],
        );
      }),
    );
  });
});
