/**
 * Greylisting and blocklists: who is turned away before the message: senders on DNS blocklists (RFC 5782), and with greylisting (RFC 6647)
 * unknown senders at their first try. Table: mail_greylist.
 */
import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { CLOCK_TOLERANCE_MS, codeOf, DAY_MS, inTime, messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { MailAuthentication } from '../messages/authentication/mail-authentication.ts';
import type { MailDns } from '../messages/authentication/mail-dns.ts';

export interface Greylist {
  /** Off when neither greylisting nor blocklists are configured: then nothing below costs anything. */
  isOn: boolean;
  /** The blocklist that names the address, or null. */
  listedIn(ip: string): Promise<string | null>;
  /** Whether this sender, recipient and network must come again later. */
  mustWait(ip: string, from: string, to: string): Promise<boolean>;
  /** Forgets who has not been back for long. */
  deleteOld(): Promise<void>;
}

/** Whoever greets waits for the list. */
const LIST_ANSWER_MS = 2_000;
const LIST_DOWN_MS = 60_000;
/** Who was turned away and does not come back for this long starts anew. */
const FIRST_TRY_KEPT_MS = 4 * 3600_000;

export function createGreylist({
  db,
  clock,
  config,
  log,
  mailAuthentication,
  mailDns,
}: Services & { mailAuthentication: MailAuthentication; mailDns: MailDns; config: MailConfig }): Greylist {
  const { greylisting, blocklists } = config.filtering;
  /** Lists that did not answer, and until when they are left out, by the time of this process. */
  const downUntil = new Map<string, number>();

  return { isOn: greylisting.enabled || blocklists.length > 0, listedIn, mustWait, deleteOld };

  async function listedIn(ip: string): Promise<string | null> {
    const address = ip.replace(/^::ffff:/, '');
    if (!isIPv4(address) || mailAuthentication.isTrusted(address)) return null;
    const reversed = address.split('.').reverse().join('.');
    const answers = await Promise.all(blocklists.map((list) => isListed(reversed, list)));
    return blocklists.find((_, index) => answers[index]) ?? null;
  }

  /** A list that does not answer lists nobody, and is not asked again for a while: each greeting would wait for it. */
  async function isListed(reversed: string, list: string): Promise<boolean> {
    if ((downUntil.get(list) ?? 0) > clock.elapsed()) return false;
    try {
      const answers = await inTime(() => mailDns.resolve(`${reversed}.${list}`, 'A'), LIST_ANSWER_MS);
      const codes = answers.flat();
      // How lists say that they answer this resolver no more: taken for a listing it would turn everybody away.
      if (codes.some((code) => code.startsWith('127.255.255.')))
        throw new Error(`It refuses to answer (${codes.join(', ')})`);
      return codes.some((code) => code.startsWith('127.0.'));
    } catch (error) {
      // That there is no such record is an answer.
      if (['ENOTFOUND', 'ENODATA'].includes(codeOf(error))) return false;
      downUntil.set(list, clock.elapsed() + LIST_DOWN_MS);
      log.warn({ list, reason: messageOf(error) }, 'A blocklist does not answer; it is left out for a minute');
      return false;
    }
  }

  async function mustWait(ip: string, from: string, to: string): Promise<boolean> {
    if (!greylisting.enabled || mailAuthentication.isTrusted(ip)) return false;
    const triplet = createHash('sha256')
      .update(`${networkOf(ip)} ${from} ${to}`)
      .digest('hex');
    const now = clock.now();
    const seen = await db.read('mail_greylist').where({ triplet }).first();
    const isStale = seen && seen.passed_at === null && now - seen.last_seen_at > FIRST_TRY_KEPT_MS;
    if (!seen || isStale) {
      await db
        .write('mail_greylist')
        .insert({ triplet, first_seen_at: now, passed_at: null, last_seen_at: now })
        .onConflict('triplet')
        .merge();
      return true;
    }
    const waitedMs = now - seen.first_seen_at;
    // Who was seen first by a clock that was ahead would be put off until that time.
    const hasWaited =
      seen.passed_at !== null || waitedMs >= greylisting.delaySeconds * 1000 || waitedMs < -CLOCK_TOLERANCE_MS;
    const patch = { last_seen_at: now, ...(hasWaited && { passed_at: seen.passed_at ?? now }) };
    await db.write('mail_greylist').where({ triplet }).update(patch);
    return !hasWaited;
  }

  async function deleteOld(): Promise<void> {
    const now = clock.now();
    await db
      .write('mail_greylist')
      .where('last_seen_at', '<', now - greylisting.keepDays * DAY_MS)
      .orWhere('last_seen_at', '>', now + CLOCK_TOLERANCE_MS)
      // They start anew when they come: most of what is put off never does.
      .orWhere((once) => once.whereNull('passed_at').where('last_seen_at', '<', now - FIRST_TRY_KEPT_MS))
      .delete();
  }
}

/** Big senders come back from a neighbour: the /24 counts (RFC 6647 §5). */
function networkOf(ip: string): string {
  const address = ip.replace(/^::ffff:/, '');
  return isIPv4(address) ? address.split('.').slice(0, 3).join('.') : address.split(':').slice(0, 4).join(':');
}
