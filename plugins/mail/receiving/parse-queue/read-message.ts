/** Reading one message that was claimed: its bytes, what is in them, what its authentication says. */
import { type BytesOrPlace, codeOf, messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { MailAuthentication } from '../../messages/authentication/mail-authentication.ts';
import { Overstepped, Unreadable, type WorkerPool, WorkersClosed } from '../../messages/workers/pool.ts';
import type { ParseLane } from './claims.ts';
import type { Found, ParseOutcome, Waiting } from './stages.ts';

/**
 * Null when it is to be tried again, among the large ones or after the next start. Throws when its bytes cannot be read
 * at the moment.
 */
export type ParseOne = (row: Waiting, lane: ParseLane, raw: BytesOrPlace | undefined) => Promise<Found | null>;

/** So many mails that were read are kept for the other copies of them: those of one mail to many wait one behind the other. */
const KEPT = 8;
/** Texts of large ones do not stay in memory. */
const LARGE_KEPT_MS = 30_000;

/** What was begun so often without an end is given up. */
export const MOST_TRIES = 3;

export function createParseOne({
  blobs,
  log,
  mailAuthentication,
  mailWorkers,
}: Pick<Services, 'blobs' | 'log'> & { mailAuthentication: MailAuthentication; mailWorkers: WorkerPool }): ParseOne {
  const kept = new Map<string, Promise<Pick<Found, 'auth'> & { outcome: ParseOutcome | null }>>();

  return async (row, lane, given) => {
    if (row.parse_tries > MOST_TRIES) {
      const error = `parsing was begun ${MOST_TRIES} times and never ended`;
      log.error({ message: row.id }, `A message could not be read: ${error}`);
      return { row, outcome: { error }, auth: null };
    }
    const { outcome, auth } =
      (given && (await readOnce(row, lane, given).catch(ifUnreadable))) ?? (await readHere(row, lane));
    return outcome && { row, outcome, auth };
  };

  async function readHere(row: Waiting, lane: ParseLane) {
    const raw = await bytesOf(row);
    return raw ? readOnce(row, lane, raw) : { outcome: { error: 'its bytes are missing' }, auth: null };
  }

  /** They may lie elsewhere by now. */
  function ifUnreadable(error: unknown): null {
    if (error instanceof Unreadable) return null;
    throw error;
  }

  /** A mail to many has one text and one envelope but for its recipients: what is found in it holds for each of them. */
  function readOnce(row: Waiting, lane: ParseLane, raw: BytesOrPlace) {
    const key = JSON.stringify([row.blob_id, lane, row.envelope_from, row.remote_ip, row.helo]);
    const known = kept.get(key);
    if (known) return known;
    const reading = read(row, lane, raw);
    kept.set(key, reading);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    const forget = () => kept.delete(key);
    if (lane === 'large') setTimeout(forget, LARGE_KEPT_MS).unref();
    // What went wrong may go well at the next try.
    reading.then(({ outcome }) => (!outcome || 'error' in outcome) && forget(), forget);
    return reading;
  }

  async function read(row: Waiting, lane: ParseLane, raw: BytesOrPlace) {
    const envelope = { from: row.envelope_from, remoteIp: row.remote_ip, helo: row.helo };
    const [outcome, auth] = await Promise.all([parse(raw, lane), mailAuthentication.check(raw, envelope)]);
    return { outcome, auth };
  }

  /** Null when they are gone for good: a file that was lost, or not restored. */
  async function bytesOf(row: Waiting): Promise<Buffer | null> {
    try {
      return await blobs.read(row.blob_id);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      log.error({ message: row.id, err: error }, 'The file of a message is missing');
      return null;
    }
  }

  async function parse(raw: BytesOrPlace, lane: ParseLane): Promise<ParseOutcome | null> {
    try {
      return { parsed: await mailWorkers.run(lane === 'small' ? 'quick' : 'large', 'parse', { raw }) };
    } catch (error) {
      if (error instanceof Unreadable) throw error;
      if (error instanceof WorkersClosed) return null;
      if (error instanceof Overstepped && lane === 'small') return null;
      return { error: messageOf(error) };
    }
  }
}
