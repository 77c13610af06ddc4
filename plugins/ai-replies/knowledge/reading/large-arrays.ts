/**
 * Arrays of bytes lie outside of the memory that a thread's limits count: a kilobyte of PDF, packed twice, is unpacked into
 * gigabytes of them. For a thread that reads one document and ends.
 */
import { Unreadable } from './blocks.ts';

/**
 * From now on this thread makes no larger array of bytes, and unpacks no more in one go. Gives a check that throws `Unreadable`
 * when it was to: libraries may keep what is thrown at them to themselves.
 */
export function refuseLargeArrays(maxBytes: number): () => void {
  let refused: Unreadable | null = null;
  const refuseAbove = (bytes: number): void => {
    if (bytes <= maxBytes) return;
    refused = new Unreadable(`Unpacked it is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB`);
    throw refused;
  };
  globalThis.Uint8Array = new Proxy(Uint8Array, {
    construct(target, given, newTarget) {
      const [length]: unknown[] = given;
      if (typeof length === 'number') refuseAbove(length);
      return Reflect.construct(target, given, newTarget);
    },
  });
  globalThis.DecompressionStream = new Proxy(DecompressionStream, {
    construct(target, [format]) {
      const { readable, writable } = new target(format);
      let unpacked = 0;
      const counted = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          unpacked += chunk.byteLength;
          refuseAbove(unpacked);
          controller.enqueue(chunk);
        },
      });
      return { readable: readable.pipeThrough(counted), writable };
    },
  });
  return () => {
    if (refused) throw refused;
  };
}
