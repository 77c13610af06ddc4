/** DKIM keys of our domains (RFC 6376), made when they are first needed. Table: mail_dkim_keys. */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Services } from '#core/plugin.ts';
import { type WorkerPool, WorkersClosed } from '../messages/workers/pool.ts';
import type { DkimKeyRow } from './tables.ts';

export interface DkimKey {
  domain: string;
  selector: string;
  /** PEM. */
  privateKey: string;
  /** What the TXT record `selector._domainkey.domain` must say. */
  record: string;
}

export interface Dkim {
  keyOf(domain: string): Promise<DkimKey>;
  /** The message with a signature of its sender's domain in front; without, when it cannot be signed. */
  sign(raw: Buffer, domain: string): Promise<Buffer>;
  /** The message with an ARC set in front (RFC 8617), for forwarding; without, when it cannot be sealed. */
  seal(raw: Buffer, domain: string, authResults: string): Promise<Buffer>;
}

/** RFC 8301 §3.2 asks for 2048 bits. */
const MODULUS_BITS = 2048;
const makeKeys = promisify(generateKeyPair);

export function createDkim({ db, clock, secrets, log, mailWorkers }: Services & { mailWorkers: WorkerPool }): Dkim {
  const known = new Map<string, Promise<DkimKey>>();

  return { keyOf, sign, seal };

  function keyOf(domain: string): Promise<DkimKey> {
    let key = known.get(domain);
    if (!key) {
      key = loadOrMake(domain);
      known.set(domain, key);
      key.catch(() => known.delete(domain));
    }
    return key;
  }

  async function loadOrMake(domain: string): Promise<DkimKey> {
    const row = await db.read('mail_dkim_keys').where({ domain }).first();
    if (row) return opened(row);
    const { publicKey, privateKey } = await makeKeys('rsa', {
      modulusLength: MODULUS_BITS,
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const made: DkimKeyRow = {
      domain,
      selector: `patchbay${new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '')}`,
      private_key: secrets.seal('mail.dkim', privateKey, domain),
      public_key: publicKey.toString('base64'),
      created_at: clock.now(),
    };
    // Another replica may have been faster: its key is the one.
    await db.write('mail_dkim_keys').insert(made).onConflict('domain').ignore();
    return opened((await db.write('mail_dkim_keys').where({ domain }).first()) ?? made);
  }

  function opened(row: DkimKeyRow): DkimKey {
    return {
      domain: row.domain,
      selector: row.selector,
      privateKey: secrets.open('mail.dkim', row.private_key, row.domain).toString(),
      record: `v=DKIM1; k=rsa; p=${row.public_key}`,
    };
  }

  async function sign(raw: Buffer, domain: string): Promise<Buffer> {
    const { selector, privateKey } = await keyOf(domain);
    const wish = { raw, domain, selector, privateKey, signTime: clock.now() };
    try {
      const signature = await mailWorkers.run('sending', 'sign', wish);
      return Buffer.concat([Buffer.from(signature), raw]);
    } catch (error) {
      if (error instanceof WorkersClosed) throw error;
      log.error({ domain, err: error }, 'A message could not be signed');
      return raw;
    }
  }

  async function seal(raw: Buffer, domain: string, authResults: string): Promise<Buffer> {
    const { selector, privateKey } = await keyOf(domain);
    const wish = { raw, domain, selector, privateKey, signTime: clock.now(), authResults };
    try {
      return Buffer.concat([await mailWorkers.run('sending', 'seal', wish), raw]);
    } catch (error) {
      if (error instanceof WorkersClosed) throw error;
      log.warn({ domain, err: error }, 'A message could not be sealed; it leaves without');
      return raw;
    }
  }
}
