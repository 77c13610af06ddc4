/** Keys that sign offline licences: one is current, older ones stay published. Table: licensing_signing_keys. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { lazily } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { SigningKeyRow } from './tables.ts';

const jose = lazily<typeof import('jose')>('jose', import.meta.url);

export interface PublishedKey extends JWK {
  kid: string;
  alg: 'EdDSA';
  use: 'sig';
}

export interface SigningKeys {
  /** The key to sign with; made at the first call. */
  current(): Promise<{ kid: string; privateKey: KeyObject }>;
  /** All of them, the current one first: files stay good when the key has changed. */
  published(): Promise<PublishedKey[]>;
  /** Makes a new current one; gives its id. */
  rotate(): Promise<string>;
}

const PURPOSE = 'licensing.signing-key';

export function createSigningKeys({ db, clock, secrets }: Services): SigningKeys {
  return { current, published, rotate };

  async function current() {
    const row = (await currentRow()) ?? (await makeFirst());
    const pem = secrets.open(PURPOSE, row.private_key, row.kid);
    return { kid: row.kid, privateKey: createPrivateKey(pem) };
  }

  function currentRow(): Promise<SigningKeyRow | undefined> {
    return db.read('licensing_signing_keys').where({ slot: 'current' }).first();
  }

  /** Of two replicas that come at once one makes the key, and both use it. */
  async function makeFirst(): Promise<SigningKeyRow> {
    const key = await newKey();
    const row = await db.transaction(async (trx) => {
      await inTurn(trx);
      await trx('licensing_signing_keys').insert(key).onConflict('slot').ignore();
      return trx('licensing_signing_keys').where({ slot: 'current' }).first();
    });
    if (!row) throw new Error('The signing key was not stored');
    return row;
  }

  async function published(): Promise<PublishedKey[]> {
    await current();
    const rows = await db
      .read('licensing_signing_keys')
      .orderByRaw("case when slot = 'current' then 0 else 1 end, created_at desc");
    return rows.map((row) => ({ ...JSON.parse(row.public_key), kid: row.kid, alg: 'EdDSA', use: 'sig' }));
  }

  async function rotate(): Promise<string> {
    const key = await newKey();
    await db.transaction(async (trx) => {
      await inTurn(trx);
      await trx('licensing_signing_keys').where({ slot: 'current' }).update({ slot: null });
      await trx('licensing_signing_keys').insert(key);
    });
    return key.kid;
  }

  /** Whoever comes at the same instant waits, and then sees our key as the current one. */
  async function inTurn(trx: Transaction): Promise<void> {
    if (db.client === 'pg') await trx.raw('select pg_advisory_xact_lock(hashtext(?))', [PURPOSE]);
  }

  async function newKey(): Promise<SigningKeyRow> {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const jwk = await jose().exportJWK(publicKey);
    const kid = await jose().calculateJwkThumbprint(jwk);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    return {
      kid,
      public_key: JSON.stringify(jwk),
      private_key: secrets.seal(PURPOSE, pem, kid),
      slot: 'current',
      created_at: clock.now(),
    };
  }
}
