/** Slow readers: answers that nobody reads; their socket and buffer are not kept for ever. */
import type { ServerResponse } from 'node:http';

/** Ends the connection when its reader has taken nothing for so long while something waits for it. */
export function disconnectUnread(response: ServerResponse, afterMs: number): void {
  response.setTimeout(afterMs, () => {
    if (response.writableLength > 0) response.destroy();
    else response.socket?.setTimeout(afterMs);
  });
}
