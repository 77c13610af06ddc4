/**
 * Requests that are repeated: a client that heard no answer asks again with the same key, and must get the first answer
 * instead of a second effect (draft-ietf-httpapi-idempotency-key-header). Table: core_once.
 */
import { createHash } from 'node:crypto';
import { coreErrors } from '../errors.ts';
import { DAY_MS } from '../iso-time.ts';
import type { Transaction } from './transactions.ts';

export interface OnceRow {
  /** What is done once, and whose key it is. */
  scope: string;
  key: string;
  /** Of the request: the same key for another one is a mistake of the caller. */
  request_hash: string;
  /** JSON; null while it is being done. */
  result: string | null;
  expires_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_once: OnceRow;
    }
  }
}

const MAX_KEY = 200;

export interface Repeatable {
  /** `plugin.what` and whose key it is: `greetings.add/<tenant>`. Keys of one scope are not those of another. */
  scope: string;
  /** What the caller sent as `Idempotency-Key`; '' or undefined: it is done whenever it is asked for. */
  key: string | undefined;
  /** What was asked for, to tell a repeat from another request with the same key. */
  request: unknown;
  now: number;
  /** For how long a repeat is known, in ms; default a day. */
  keptMs?: number;
}

/**
 * Does the work once for its key, in the caller's transaction, so that effect and key are stored together or not at all. A
 * repeat gets the first result; one that comes while the first is under way waits for it. The result must be JSON.
 * Throws `idempotency_key_reused` (422) for another request with the same key.
 */
export async function once<T>(trx: Transaction, repeatable: Repeatable, work: () => Promise<T>): Promise<T> {
  const { scope, key = '', request, now, keptMs = DAY_MS } = repeatable;
  if (key === '') return work();
  if (key.length > MAX_KEY)
    throw coreErrors.bad_request({ message: `An idempotency key has ${MAX_KEY} characters at most` });
  const place = { scope, key };
  const request_hash = createHash('sha256')
    .update(JSON.stringify(request ?? null))
    .digest('base64url');
  await trx('core_once').where(place).where('expires_at', '<=', now).delete();
  const mine = { ...place, request_hash, result: null, expires_at: now + keptMs };
  // On PostgreSQL this waits for whoever has the key, until that commits.
  const inserted = await trx('core_once').insert(mine).onConflict(['scope', 'key']).ignore().returning('key');
  if (inserted.length === 0) return repeated<T>(trx, place, request_hash);
  const result = await work();
  await trx('core_once')
    .where(place)
    .update({ result: JSON.stringify(result ?? null) });
  return result;
}

async function repeated<T>(trx: Transaction, place: { scope: string; key: string }, request_hash: string): Promise<T> {
  const known = await trx('core_once').where(place).first();
  if (known?.request_hash === request_hash && known.result !== null) return JSON.parse(known.result);
  throw coreErrors.idempotency_key_reused();
}
