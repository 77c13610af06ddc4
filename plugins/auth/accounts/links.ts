/** Single-use links: verify an address, reset a password, sign in, set the server up. Table: auth_links. */
import { CLOCK_TOLERANCE_MS, randomToken, sha256 } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { authErrors } from '../errors.ts';
import type { LinkPurpose, LinkRow } from './tables.ts';

const LIFETIME_MS: Record<LinkPurpose, number> = {
  verify: 24 * 3600_000,
  reset: 3600_000,
  magic: 15 * 60_000,
  setup: 24 * 3600_000,
};

export interface Links {
  /** Makes a link's token. Earlier ones of the same purpose for the same user stop working. */
  make(
    trx: Transaction,
    purpose: LinkPurpose,
    about?: { userId?: number | null; email?: string | null },
  ): Promise<string>;
  /** The link of a token, which stays good. Throws `invalid_link` for one that is unknown, used or expired. */
  find(purpose: LinkPurpose, token: string): Promise<LinkRow>;
  /** Uses the token up. Throws `invalid_link` for one that is unknown, used or expired. */
  redeem(trx: Transaction, purpose: LinkPurpose, token: string): Promise<LinkRow>;
  /** Ends what was mailed to the user and lets somebody in: after a change of the password or the address. */
  voidAll(trx: Transaction, userId: number): Promise<void>;
}

export function createLinks({ db, clock }: Services): Links {
  return {
    async make(trx, purpose, { userId = null, email = null } = {}) {
      const token = randomToken();
      const now = clock.now();
      await trx('auth_links').where({ purpose, user_id: userId }).whereNull('used_at').update({ used_at: now });
      await trx('auth_links').insert({
        token_hash: sha256(token),
        purpose,
        user_id: userId,
        email,
        expires_at: now + LIFETIME_MS[purpose],
        created_at: now,
      });
      return token;
    },
    async find(purpose, token) {
      const row = await db
        .read('auth_links')
        .where({ token_hash: sha256(token), purpose })
        .whereNull('used_at')
        .whereBetween('expires_at', goodNow(purpose))
        .first();
      if (!row) throw authErrors.invalid_link();
      return row;
    },
    async redeem(trx, purpose, token) {
      const now = clock.now();
      const [row] = await trx('auth_links')
        .where({ token_hash: sha256(token), purpose })
        .whereNull('used_at')
        .whereBetween('expires_at', goodNow(purpose))
        .update({ used_at: now })
        .returning('*');
      if (!row) throw authErrors.invalid_link();
      return row;
    },
    async voidAll(trx, userId) {
      await trx('auth_links')
        .where({ user_id: userId })
        .whereIn('purpose', ['reset', 'magic'])
        .whereNull('used_at')
        .update({ used_at: clock.now() });
    },
  };

  /** Ends of links that are good at this moment. One that is farther away was noted by a clock that was ahead. */
  function goodNow(purpose: LinkPurpose): [from: number, to: number] {
    const now = clock.now();
    return [now + 1, now + LIFETIME_MS[purpose] + CLOCK_TOLERANCE_MS];
  }
}
