/** Passkeys (WebAuthn level 3) with @simplewebauthn/server. Table: auth_passkeys. */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import Type, { type Static } from 'typebox';
import { v7 as uuidv7 } from 'uuid';
import { isoSeconds, messageOf } from '#core/kit.ts';
import { coreErrors, type Services } from '#core/plugin.ts';
import type { Account } from '../access.ts';
import type { AccountData } from '../account-data.ts';
import type { Admission } from '../accounts/admission.ts';
import type { Mails } from '../accounts/mails.ts';
import type { People } from '../accounts/people.ts';
import type { UserRow } from '../accounts/tables.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Origin } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { Challenges } from './challenges.ts';
import type { PasskeyRow } from './tables.ts';

export const PasskeyView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  created_at: Type.String(),
  last_used_at: Type.Union([Type.String(), Type.Null()]),
});
export type PasskeyView = Static<typeof PasskeyView>;

export interface Passkeys {
  registrationOptions(principal: Account): Promise<object>;
  register(principal: Account, name: string, response: RegistrationResponseJSON): Promise<PasskeyView>;
  remove(principal: Account, uuid: string): Promise<void>;
  signInOptions(): Promise<object>;
  /** Who signs in. Possession and verification of the user in one: no other factor is asked. */
  signIn(response: AuthenticationResponseJSON, origin: Origin): Promise<UserRow>;
}

const MAX_PER_USER = 20;

/** Loaded when the first passkey is: its certificate code takes 10 MB that most servers never need. */
const webauthn = () => import('@simplewebauthn/server');

export function createPasskeys(
  services: Services & {
    admission: Admission;
    accountData: AccountData;
    people: People;
    challenges: Challenges;
    mails: Mails;
    auditLog: AuditLog;
  },
): Passkeys {
  const { db, clock, log, coreConfig, admission, accountData, people, challenges, mails, auditLog } = services;
  const expectedOrigin = new URL(coreConfig.http.publicUrl).origin;
  const rpID = new URL(coreConfig.http.publicUrl).hostname;

  accountData.add({ export: async ({ id }) => ({ passkeys: (await ofUser(id)).map(passkeyView) }) });

  return { registrationOptions, register, remove, signInOptions, signIn };

  async function registrationOptions(principal: Account): Promise<object> {
    const user = await account(principal);
    const options = await (await webauthn()).generateRegistrationOptions({
      rpName: 'Patchbay',
      rpID,
      userName: user.email ?? user.username ?? user.uuid,
      userID: Buffer.from(user.uuid),
      attestationType: 'none',
      excludeCredentials: (await ofUser(user.id)).map((row) => ({ id: row.credential_id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    await challenges.put(options.challenge, 'passkey.register', { userId: user.id });
    return options;
  }

  async function register(principal: Account, name: string, response: RegistrationResponseJSON): Promise<PasskeyView> {
    const expectedChallenge = challengeOf(response.response.clientDataJSON);
    const challenge = await challenges.take(expectedChallenge, 'passkey.register');
    if (challenge.user_id !== principal.userId) throw authErrors.invalid_challenge();
    if ((await ofUser(principal.userId)).length >= MAX_PER_USER)
      throw coreErrors.conflict({ message: `An account has at most ${MAX_PER_USER} passkeys` });
    const { registrationInfo } = await verified(async () =>
      (await webauthn()).verifyRegistrationResponse({
        response,
        expectedChallenge,
        expectedOrigin,
        expectedRPID: rpID,
        requireUserVerification: true,
      }),
    );
    if (!registrationInfo) throw authErrors.invalid_passkey();
    const { credential } = registrationInfo;
    const row: PasskeyRow = {
      credential_id: credential.id,
      user_id: principal.userId,
      uuid: uuidv7(),
      name,
      public_key: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: (credential.transports ?? []).join(','),
      created_at: clock.now(),
      last_used_at: null,
    };
    const { email } = await account(principal);
    await db.transaction(async (trx) => {
      if (await trx('auth_passkeys').where({ credential_id: row.credential_id }).first())
        throw coreErrors.conflict({ message: 'This passkey is registered already' });
      await trx('auth_passkeys').insert(row);
      // Who has taken somebody's session could keep their account by it.
      if (email) await mails.enqueue(trx, 'passkey_added', email, undefined, { name });
      await auditLog.record(
        { action: 'passkey.added', actor: principal, targetType: 'passkey', targetId: row.uuid },
        trx,
      );
    });
    return passkeyView(row);
  }

  async function remove(principal: Account, uuid: string): Promise<void> {
    await db.transaction(async (trx) => {
      const deleted = await trx('auth_passkeys').where({ uuid, user_id: principal.userId }).delete();
      if (deleted === 0) throw coreErrors.not_found({ message: 'There is no passkey with this id' });
      await auditLog.record(
        { action: 'passkey.removed', actor: principal, targetType: 'passkey', targetId: uuid },
        trx,
      );
    });
  }

  async function signInOptions(): Promise<object> {
    const options = await (await webauthn()).generateAuthenticationOptions({ rpID, userVerification: 'required' });
    await challenges.put(options.challenge, 'passkey.signIn', {});
    return options;
  }

  async function signIn(response: AuthenticationResponseJSON, origin: Origin): Promise<UserRow> {
    const expectedChallenge = challengeOf(response.response.clientDataJSON);
    await challenges.take(expectedChallenge, 'passkey.signIn');
    const row = await db.read('auth_passkeys').where({ credential_id: response.id }).first();
    if (!row) throw authErrors.invalid_passkey();
    const { verified: isVerified, authenticationInfo } = await verified(async () =>
      (await webauthn()).verifyAuthenticationResponse({
        response,
        expectedChallenge,
        expectedOrigin,
        expectedRPID: rpID,
        requireUserVerification: true,
        credential: {
          id: row.credential_id,
          publicKey: new Uint8Array(Buffer.from(row.public_key, 'base64url')),
          counter: row.counter,
        },
      }),
    );
    if (!isVerified) throw authErrors.invalid_passkey();
    const user = await people.userById(row.user_id);
    if (!user) throw authErrors.invalid_passkey();
    await admission.admit(user, 'passkey', origin);
    await db
      .write('auth_passkeys')
      .where({ credential_id: row.credential_id })
      .update({ counter: authenticationInfo.newCounter, last_used_at: clock.now() });
    return user;
  }

  async function verified<T>(check: () => Promise<T>): Promise<T> {
    try {
      return await check();
    } catch (error) {
      log.debug({ reason: messageOf(error) }, 'Passkey refused');
      throw authErrors.invalid_passkey({ cause: error });
    }
  }

  async function account(principal: Account): Promise<UserRow> {
    const user = await people.userById(principal.userId);
    if (!user) throw coreErrors.forbidden({ message: 'Only accounts have passkeys' });
    return user;
  }

  function ofUser(userId: number): Promise<PasskeyRow[]> {
    return db.read('auth_passkeys').where({ user_id: userId }).orderBy('created_at');
  }
}

/** The challenge that the browser says it answers; whether it was ours is checked by taking it. */
function challengeOf(clientDataJSON: string): string {
  try {
    return String(JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8')).challenge);
  } catch {
    throw authErrors.invalid_passkey();
  }
}

export function passkeyView(row: PasskeyRow): PasskeyView {
  return {
    id: row.uuid,
    name: row.name,
    created_at: isoSeconds(row.created_at),
    last_used_at: row.last_used_at === null ? null : isoSeconds(row.last_used_at),
  };
}
