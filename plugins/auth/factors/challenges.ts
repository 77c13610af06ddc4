/** Challenges: made once, used once, within five minutes; in the database, so that any replica knows them. */
import type { Services } from '#core/plugin.ts';
import type { AccountData } from '../account-data.ts';
import { authErrors } from '../errors.ts';
import { eraseChallenges } from './erasure.ts';
import type { ChallengeRow } from './tables.ts';

export const CHALLENGE_SECONDS = 5 * 60;

export interface Challenges {
  put(id: string, purpose: string, options: { userId?: number | null; data?: object }): Promise<void>;
  /** A challenge that stays good. Throws `invalid_challenge`. */
  find(id: string, purpose: string): Promise<ChallengeRow>;
  /** Uses the challenge up. Throws `invalid_challenge`. */
  take(id: string, purpose: string): Promise<ChallengeRow>;
}

export function createChallenges({ db, clock, accountData }: Services & { accountData: AccountData }): Challenges {
  accountData.add({ erase: eraseChallenges });

  return {
    async put(id, purpose, { userId = null, data = {} }) {
      const expires_at = clock.now() + CHALLENGE_SECONDS * 1000;
      await db
        .write('auth_challenges')
        .insert({ id, purpose, user_id: userId, data: JSON.stringify(data), expires_at });
    },
    find,
    async take(id, purpose) {
      const row = await find(id, purpose);
      // Of two who come with the same challenge, one deletes it.
      const deleted = await db.write('auth_challenges').where({ id, purpose }).delete();
      if (deleted !== 1) throw authErrors.invalid_challenge();
      return row;
    },
  };

  async function find(id: string, purpose: string): Promise<ChallengeRow> {
    const row = await db.read('auth_challenges').where({ id, purpose }).first();
    if (!row || row.expires_at <= clock.now()) throw authErrors.invalid_challenge();
    return row;
  }
}
