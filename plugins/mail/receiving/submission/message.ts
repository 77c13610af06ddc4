/** A message as somebody hands it in: its header in memory, for a look at it, and the rest on its way to the disk. */
import type { Blobs, StoredBytes } from '#core/kit.ts';
import { MOST_HEADER_BYTES } from '../../messages/authors.ts';
import { createLineEndRepair } from '../../messages/line-endings.ts';
import { SmtpRefusal } from '../receive-message.ts';

const HEADER_END = '\r\n\r\n';

/**
 * Stores the message with the header that `completed` makes of the one that came, which throws what it refuses. Whatever fails,
 * nothing is kept; the rest of the stream is then left to the caller. Throws a SmtpRefusal.
 */
export async function storeSubmitted(
  stream: AsyncIterable<Buffer>,
  blobs: Blobs,
  completed: (header: Buffer) => Buffer,
): Promise<StoredBytes> {
  const writer = blobs.writer();
  const { repair, rest } = createLineEndRepair();
  const begun: Buffer[] = [];
  let size = 0;
  let isInHeader = true;
  try {
    for await (const chunk of stream) {
      const bytes = repair(chunk);
      if (!isInHeader) {
        await writer.write(bytes);
        continue;
      }
      const before = begun.at(-1)?.subarray(-3) ?? Buffer.alloc(0);
      begun.push(bytes);
      size += bytes.length;
      // An end in three pieces is passed over, which costs a longer beginning and nothing else.
      isInHeader = !Buffer.concat([before, bytes]).includes(HEADER_END) && !startsEmpty(begun);
      if (!isInHeader) await writer.write(completed(withinLimit(Buffer.concat(begun))));
      else if (size > MOST_HEADER_BYTES) throw tooLarge();
    }
    await writer.write(isInHeader ? completed(Buffer.concat([...begun, rest()])) : rest());
    return await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function startsEmpty([first]: readonly Buffer[]): boolean {
  return first?.subarray(0, 2).toString('latin1') === '\r\n';
}

function withinLimit(bytes: Buffer): Buffer {
  if (bytes.indexOf(HEADER_END) > MOST_HEADER_BYTES) throw tooLarge();
  return bytes;
}

function tooLarge(): SmtpRefusal {
  return new SmtpRefusal(552, '5.3.4 The header of the message is too large');
}
