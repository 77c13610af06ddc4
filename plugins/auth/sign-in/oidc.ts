/**
 * Sign-in with other providers (OpenID Connect Core 1.0) by discovery, with PKCE, nonce, and a state that only the browser
 * that began may bring back.
 * All requests go through the outbound guard. Table: auth_oidc_identities.
 */

import type * as client from 'openid-client';
import { codeOf, getOwn, isAppError, messageOf, randomToken, sha256 } from '#core/kit.ts';
import { type AppError, coreErrors, type Services } from '#core/plugin.ts';
import type { AccountData } from '../account-data.ts';
import type { Admission } from '../accounts/admission.ts';
import { normalName } from '../accounts/names.ts';
import type { People } from '../accounts/people.ts';
import type { Registration } from '../accounts/registration.ts';
import type { UserRow } from '../accounts/tables.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuthConfig } from '../config.ts';
import type { Origin } from '../contract.ts';
import { authErrors } from '../errors.ts';
import { CHALLENGE_SECONDS, type Challenges } from '../factors/challenges.ts';
import type { SecondFactor } from '../factors/second-factor.ts';
import { identityDataOf } from './erasure.ts';

export interface Oidc {
  /** The configured providers, for the sign-in page. */
  list(): { name: string; label: string }[];
  /**
   * Where to send the browser, and the cookie by which it is known again. `page` is the path of the page that it comes back
   * to; null for a program. Throws `unknown_provider`.
   */
  start(provider: string, page: string | null): Promise<{ location: string; cookie: string }>;
  /**
   * Ends the round trip: `callbackUrl` is the whole URL that the browser came back with. Throws `otp_required` with a
   * `challenge` when the account has a second factor and the provider is not trusted to have asked for one. For a page, what
   * would be thrown is given.
   */
  finish(
    provider: string,
    callbackUrl: URL,
    cookieOf: (name: string) => string | undefined,
    origin: Origin,
  ): Promise<OidcOutcome>;
  /** Goes on after `otp_required`. Throws `invalid_challenge`, `invalid_otp`. */
  finishWithCode(challenge: string, otp: string, origin: Origin): Promise<UserRow>;
}

/** Who signs in, for a program or for the page that has asked; or why nobody does. */
export type OidcOutcome = { user: UserRow; page: string | null } | { refused: AppError; page: string };

/** What is known of a round trip while the browser is at the provider. */
interface RoundTrip {
  verifier: string;
  nonce: string;
  /** SHA-256 of the cookie of the browser that began it (RFC 6749 §10.12). */
  browser: string;
  /** Path of the page that has asked; null or absent for programs. */
  page?: string | null;
}

interface Claims {
  subject: string;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
}

/** Loaded when somebody signs in that way: most platforms have no provider. */
const library = () => import('openid-client');

export function createOidc(
  services: Services & {
    people: People;
    admission: Admission;
    secondFactor: SecondFactor;
    challenges: Challenges;
    registration: Registration;
    auditLog: AuditLog;
    accountData: AccountData;
    config: AuthConfig;
  },
): Oidc {
  const {
    db,
    clock,
    config,
    coreConfig,
    outbound,
    log,
    people,
    admission,
    accountData,
    secondFactor,
    challenges,
    registration,
    auditLog,
  } = services;
  accountData.add(identityDataOf(db));
  const discovered = new Map<string, Promise<client.Configuration>>();

  return {
    list: () => Object.entries(config.oidc).map(([name, { label }]) => ({ name, label: label ?? name })),
    start,
    finish,
    finishWithCode,
  };

  async function start(provider: string, page: string | null): Promise<{ location: string; cookie: string }> {
    const configuration = await discover(provider);
    const client = await library();
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const browser = randomToken();
    const data: RoundTrip = { verifier, nonce, browser: sha256(browser), page };
    await challenges.put(state, `oidc.${provider}`, { data });
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri(provider),
      scope: settingsOf(provider).scopes.join(' '),
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    // Lax, because the browser comes back from another site.
    const secure = coreConfig.http.publicUrl.startsWith('https:') ? '; Secure' : '';
    const attributes = `Path=/api/platform/auth/oidc; Max-Age=${CHALLENGE_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
    return { location: url.href, cookie: `${cookieNameOf(state)}=${browser}; ${attributes}` };
  }

  async function finish(
    provider: string,
    callbackUrl: URL,
    cookieOf: (name: string) => string | undefined,
    origin: Origin,
  ): Promise<OidcOutcome> {
    const configuration = await discover(provider);
    const state = callbackUrl.searchParams.get('state') ?? '';
    const challenge = await challenges.take(state, `oidc.${provider}`);
    const { verifier, nonce, browser, page = null }: RoundTrip = JSON.parse(challenge.data);
    if (sha256(cookieOf(cookieNameOf(state)) ?? '') !== browser) throw authErrors.invalid_challenge();
    try {
      const claims = await claimsOf(configuration, provider, callbackUrl, { verifier, nonce, state });
      return { user: await signedIn(provider, claims, origin), page };
    } catch (error) {
      if (page !== null && isAppError(error)) return { refused: error, page };
      throw error;
    }
  }

  async function signedIn(provider: string, claims: Claims, origin: Origin): Promise<UserRow> {
    const user = await userOf(provider, claims, origin);
    if (!settingsOf(provider).asksSecondFactor && (await secondFactor.isOn(user.id))) {
      const next = randomToken();
      await challenges.put(next, 'oidc.otp', { userId: user.id, data: { provider } });
      throw authErrors.otp_required({ extra: { challenge: next } });
    }
    return enter(user, provider, origin);
  }

  async function finishWithCode(id: string, otp: string, origin: Origin): Promise<UserRow> {
    const challenge = await challenges.find(id, 'oidc.otp');
    const user = challenge.user_id === null ? null : await people.userById(challenge.user_id);
    if (!user) throw authErrors.invalid_challenge();
    // The challenge stays good until the code is right; tries are limited.
    await secondFactor.prove(user, otp, origin);
    await challenges.take(id, 'oidc.otp');
    const { provider }: { provider: string } = JSON.parse(challenge.data);
    return enter(user, provider, origin);
  }

  async function enter(user: UserRow, provider: string, origin: Origin): Promise<UserRow> {
    await admission.admit(user, `oidc:${provider}`, origin);
    return user;
  }

  async function claimsOf(
    configuration: client.Configuration,
    provider: string,
    callbackUrl: URL,
    expected: { verifier: string; nonce: string; state: string },
  ): Promise<Claims> {
    // The public URL, not the address that a proxy forwarded to, is what the provider was told.
    const url = new URL(redirectUri(provider));
    url.search = callbackUrl.search;
    const client = await library();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: expected.verifier,
        expectedNonce: expected.nonce,
        expectedState: expected.state,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('no ID token');
      return {
        subject: claims.sub,
        email: typeof claims.email === 'string' ? normalName(claims.email) : null,
        // Some say it as a text (Apple, Cognito).
        emailVerified: claims.email_verified === true || claims.email_verified === 'true',
        name: typeof claims.name === 'string' ? claims.name : null,
      };
    } catch (error) {
      log.warn({ provider, reason: messageOf(error) }, 'Sign-in by provider failed');
      throw authErrors.provider_failed({ cause: error });
    }
  }

  /** Known by its subject; else linked by a verified address; else new, when registration is open. */
  async function userOf(provider: string, claims: Claims, origin: Origin): Promise<UserRow> {
    const known = await linkedTo(provider, claims.subject);
    if (known) return known;
    if (!claims.email || !claims.emailVerified) throw authErrors.email_not_verified();
    const email = claims.email;
    const existing = await people.userByIdentifier(email);
    // An address that its account never confirmed may have been registered by somebody else beforehand.
    if (existing && existing.email_verified_at === null) throw authErrors.email_taken();
    if (!existing && config.registration !== 'open') throw authErrors.registration_closed();
    const link = db.transaction(async (trx) => {
      const user =
        existing ?? (await registration.create(trx, { email, fullName: claims.name, emailVerified: true, origin }));
      const { subject } = claims;
      const identity = { provider, subject, user_id: user.id, created_at: clock.now() };
      // Two tabs of the same person may come back at once.
      const linked = await trx('auth_oidc_identities')
        .insert(identity)
        .onConflict(['provider', 'subject'])
        .ignore()
        .returning('subject');
      if (linked.length === 0) throw authErrors.email_taken();
      const actor = { kind: 'user', id: user.uuid, tenantId: null };
      await auditLog.record({ action: 'user.provider_linked', actor, detail: { provider }, ...origin }, trx);
      return user;
    });
    return link.catch(async (error) => {
      const meanwhile = codeOf(error) === 'email_taken' ? await linkedTo(provider, claims.subject) : null;
      if (!meanwhile) throw error;
      return meanwhile;
    });
  }

  async function linkedTo(provider: string, subject: string): Promise<UserRow | null> {
    const known = await db.write('auth_oidc_identities').where({ provider, subject }).first('user_id');
    return known ? people.userById(known.user_id) : null;
  }

  function redirectUri(provider: string): string {
    return `${coreConfig.http.publicUrl}/api/platform/auth/oidc/${provider}/callback`;
  }

  function settingsOf(provider: string): AuthConfig['oidc'][string] {
    const settings = getOwn(config.oidc, provider);
    if (!settings) throw authErrors.unknown_provider();
    return settings;
  }

  async function discover(provider: string): Promise<client.Configuration> {
    const settings = settingsOf(provider);
    let found = discovered.get(provider);
    if (!found) {
      found = ask(settings).catch((error) => {
        discovered.delete(provider);
        throw coreErrors.unavailable({ message: `The provider ${provider} does not answer`, cause: error });
      });
      discovered.set(provider, found);
    }
    return found;
  }

  async function ask({ issuer, clientId, clientSecret }: AuthConfig['oidc'][string]): Promise<client.Configuration> {
    const client = await library();
    return client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      [client.customFetch]: (url, options) => guardedFetch(issuer, url, options),
      execute: issuer.startsWith('http:') ? [client.allowInsecureRequests] : [],
    });
  }

  async function guardedFetch(issuer: string, url: string, options: client.CustomFetchOptions): Promise<Response> {
    const answer = await outbound.request(url, {
      method: options.method,
      headers: options.headers,
      body: options.body === null || options.body === undefined ? undefined : String(options.body),
      redirects: 0,
      trusted: issuer,
    });
    const isEmpty = answer.status === 204 || answer.status === 304;
    return new Response(isEmpty ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: answer.headers,
    });
  }
}

/** One cookie for each round trip, so that two tabs do not disturb each other. */
function cookieNameOf(state: string): string {
  return `patchbay-oidc-${sha256(state).slice(0, 12)}`;
}
