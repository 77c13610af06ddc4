/** Ids of executions: UUIDv7 (RFC 9562 §5.7), which sort by the time of their making. */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
/** Random bytes for many ids: asking the system for each costs ten times as much as the rest of an id. */
const pool = new Uint8Array(256 * BYTES);
let used = pool.length;

export function newExecutionId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + BYTES);
  used += BYTES;
  return v7({ random });
}
