/** Certificates, the account and open challenges in the database, where every replica finds them. Private keys are sealed. */
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { sanitizeText } from '../database/sanitize-text.ts';
import { messageOf } from '../errors.ts';
import type { Notices } from '../events/notices.ts';
import type { Logger } from '../observability/log.ts';
import type { Secrets } from '../security/secrets.ts';
import { type ChallengeShelf, newAccountKey } from './acme-order.ts';
import type { AcmeConfig } from './config.ts';
import { type KeyPair, type UsableCertificate, usable } from './read-certificate.ts';
import type { CertificateRow } from './rows.ts';

export interface CertificateStore {
  shelf: ChallengeShelf;
  /** What the authority is to be told; null for a token that nobody waits for. */
  answerTo(token: string): Promise<string | null>;
  /** Those of the names in the configuration. */
  rows(): Promise<CertificateRow[]>;
  row(name: string): Promise<CertificateRow | undefined>;
  /** The certificate of a row; null when there is none, or its key cannot be opened. */
  certificateOf(row: CertificateRow): UsableCertificate | null;
  /** The names of the configuration have a row each; those that are no longer in it lose theirs when it is of no use. */
  tidy(): Promise<void>;
  accountKey(): Promise<string>;
  /** The next run gets another one. */
  makeDue(name: string): Promise<void>;
  succeeded(name: string, pair: KeyPair): Promise<void>;
  failed(name: string, error: string, dueAt: number): Promise<void>;
}

/** The topic of notices: the certificate of a name has changed. */
export const CERTIFICATE_CHANGED = 'core.certificate';
const PURPOSE = 'core.certificates';
const ACCOUNT = 'core.acmeAccount';
const CHALLENGE_MS = 60 * 60_000;
const TOKEN = /^[\w-]{8,255}$/;
const LONGEST_ERROR = 1_000;

interface Parts {
  db: Database;
  clock: Clock;
  secrets: Secrets;
  notices: Notices;
  log: Logger;
}

export function createCertificateStore(
  acme: AcmeConfig,
  { db, clock, secrets, notices, log }: Parts,
): CertificateStore {
  const names = [...new Set(acme.domains.map((name) => name.toLowerCase()))];

  return {
    shelf: {
      async put(token, answer) {
        const row = { token, answer, expires_at: clock.now() + CHALLENGE_MS };
        await db.write('core_acme_challenges').insert(row).onConflict('token').merge();
      },
      async remove(token) {
        await db.write('core_acme_challenges').where({ token }).delete();
      },
    },
    async answerTo(token) {
      if (!TOKEN.test(token)) return null;
      const row = await db.read('core_acme_challenges').where({ token }).first();
      return row?.answer ?? null;
    },
    rows: () => db.read('core_certificates').whereIn('name', names).orderBy('name'),
    row: (name) => db.read('core_certificates').whereIn('name', names).where({ name }).first(),
    certificateOf(row) {
      if (row.chain === null || row.private_key === null) return null;
      try {
        return usable({ cert: row.chain, key: secrets.open(PURPOSE, row.private_key, row.name).toString() });
      } catch (error) {
        log.error({ name: row.name, reason: messageOf(error) }, 'A certificate in the database cannot be used');
        return null;
      }
    },
    async tidy() {
      const now = clock.now();
      const rows = names.map((name) => ({ name, due_at: now, failures: 0 }));
      await db.write('core_certificates').insert(rows).onConflict('name').ignore();
      // From another authority, which was tried out first.
      const former = db.write('core_certificates').whereNotNull('directory').where({ failures: 0 });
      await former.whereNot({ directory: acme.directory }).update({ due_at: now });
      const others = db.write('core_certificates').whereNotIn('name', names);
      await others.where((row) => row.whereNull('ends_at').orWhere('ends_at', '<', now)).delete();
      await db.write('core_acme_challenges').where('expires_at', '<', now).delete();
    },
    async accountKey() {
      const { directory } = acme;
      const found = () => db.write('core_acme_accounts').where({ directory }).first();
      if (!(await found())) {
        const private_key = secrets.seal(ACCOUNT, await newAccountKey(), directory);
        const row = { directory, private_key, created_at: clock.now() };
        await db.write('core_acme_accounts').insert(row).onConflict('directory').ignore();
      }
      const account = await found();
      return secrets.open(ACCOUNT, account?.private_key ?? '', directory).toString();
    },
    async makeDue(name) {
      await db.write('core_certificates').where({ name }).update({ due_at: clock.now() });
    },
    async succeeded(name, pair) {
      const { issuer, beginsAt, endsAt } = usable(pair);
      const row = {
        directory: acme.directory,
        chain: pair.cert,
        private_key: secrets.seal(PURPOSE, pair.key, name),
        issuer: sanitizeText(issuer, LONGEST_ERROR),
        begins_at: beginsAt,
        ends_at: endsAt,
        due_at: renewalOf(beginsAt, endsAt, clock.now()),
        tried_at: clock.now(),
        failures: 0,
        error: null,
      };
      await db.transaction(async (trx) => {
        await trx('core_certificates').where({ name }).update(row);
        await notices.send(trx, CERTIFICATE_CHANGED, name);
      });
    },
    async failed(name, error, dueAt) {
      const rows = db.write('core_certificates').where({ name });
      await rows.update({
        tried_at: clock.now(),
        due_at: dueAt,
        error: sanitizeText(error, LONGEST_ERROR),
        failures: db.write.raw('failures + 1'),
      });
    },
  };
}

/**
 * Two thirds of its life are over: of Let's Encrypt's ninety days a month is left for whatever fails. A server whose clock is ahead
 * takes every certificate for an old one, and still asks only every few days.
 */
function renewalOf(beginsAt: number, endsAt: number, now: number): number {
  const life = endsAt - beginsAt;
  return Math.round(Math.max(beginsAt + (life * 2) / 3, now + life / 30));
}
