/** Tokens of OAuth 2.0 and OpenID Connect, of grants that need no person. */
import { createHmac, randomUUID } from 'node:crypto';
import { type OutboundAnswer, sha256 } from '#core/kit.ts';
import { fault } from '../../language/faults.ts';
import { GRANTS, TOKEN_EXCHANGE } from '../../language/grants.ts';
import type { TaskCall } from '../model.ts';

interface Token {
  value: string;
  /** A clock that was set back since says nothing of when it ends. */
  since: number;
  until: number;
}

interface Client {
  id?: string;
  secret?: string;
  assertion?: string;
  authentication?: 'client_secret_basic' | 'client_secret_post' | 'client_secret_jwt' | 'private_key_jwt' | 'none';
}
const tokens = new Map<string, Promise<Token>>();
const MAX_TOKENS = 1_000;
/** A token is fetched again so long before its end. */
const MARGIN_MS = 30_000;
const ASSERTION_MS = 60_000;
/** Nobody's token or description is longer; it is read where everybody waits for it. */
const MOST_BYTES = 256 * 1024;
const WELL_KNOWN = '/.well-known/openid-configuration';

/** A token of a grant that needs no person, kept until it ends. RFC 6749 §4.3 and §4.4, RFC 8693. */
export async function tokenOf(call: TaskCall, scheme: string, settings: Record<string, unknown>): Promise<string> {
  const { clock } = call.run.world.services;
  const key = sha256(`${call.run.execution.tenant_id} ${JSON.stringify(settings)}`);
  const kept = await tokens.get(key)?.catch(() => null);
  if (kept && kept.since <= clock.now() && clock.now() < kept.until) return kept.value;
  const fetched = fetchToken(call, scheme, settings);
  if (tokens.size >= MAX_TOKENS) tokens.clear();
  tokens.set(key, fetched);
  try {
    return (await fetched).value;
  } catch (error) {
    tokens.delete(key);
    throw error;
  }
}

async function fetchToken(call: TaskCall, scheme: string, settings: Record<string, unknown>): Promise<Token> {
  const { outbound, clock } = call.run.world.services;
  const client = (settings.client ?? {}) as Client;
  const grant = String(settings.grant ?? 'client_credentials');
  if (!GRANTS.includes(grant)) {
    throw fault('configuration', `The grant '${grant}' is not supported; use ${GRANTS.join(', ')}`);
  }
  const form = new URLSearchParams({ grant_type: grant });
  const scopes = settings.scopes as string[] | undefined;
  const audiences = settings.audiences as string[] | undefined;
  if (scopes?.length) form.set('scope', scopes.join(' '));
  if (audiences?.length) form.set('audience', audiences.join(' '));
  if (grant === 'password') {
    form.set('username', String(settings.username ?? ''));
    form.set('password', String(settings.password ?? ''));
  }
  if (grant === TOKEN_EXCHANGE) {
    for (const party of ['subject', 'actor'] as const) {
      const given = settings[party] as { token: string; type: string } | undefined;
      if (!given) continue;
      form.set(`${party}_token`, given.token);
      form.set(`${party}_token_type`, given.type);
    }
  }
  const url = await tokenEndpoint(call, scheme, settings);
  const headers: Record<string, string> = { accept: 'application/json' };
  identify(client, form, headers, url, clock.now());
  const isJson = (settings.request as { encoding?: string } | undefined)?.encoding === 'application/json';
  headers['content-type'] = isJson ? 'application/json' : 'application/x-www-form-urlencoded';
  const body = isJson ? JSON.stringify(Object.fromEntries(form)) : form.toString();
  const answer = await outbound.request(url, {
    method: 'POST',
    headers,
    body,
    maxBytes: MOST_BYTES,
    signal: call.frame.signal,
  });
  const granted = saidIn(answer);
  if (typeof granted.access_token !== 'string') {
    throw fault('authentication', `The token endpoint answered ${answer.status}`);
  }
  checkIssuer(granted.access_token, settings.issuers as string[] | undefined);
  const seconds = Number(granted.expires_in ?? 60);
  const since = clock.now();
  return { value: granted.access_token, since, until: since + seconds * 1000 - MARGIN_MS };
}

/** Says who the client is, in the way that it chose. RFC 6749 §2.3, RFC 7523 §2.2. */
function identify(
  client: Client,
  form: URLSearchParams,
  headers: Record<string, string>,
  audience: string,
  now: number,
): void {
  const { id = '', secret = '', authentication = 'client_secret_post' } = client;
  if (authentication === 'client_secret_basic') {
    headers.authorization = `Basic ${Buffer.from([id, secret].map(encodeURIComponent).join(':')).toString('base64')}`;
    return;
  }
  if (id !== '') form.set('client_id', id);
  if (authentication === 'client_secret_post' && secret !== '') form.set('client_secret', secret);
  if (authentication !== 'client_secret_jwt' && authentication !== 'private_key_jwt') return;
  const isSigned = authentication === 'private_key_jwt';
  form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  form.set('client_assertion', isSigned ? (client.assertion ?? '') : assertionOf(id, secret, audience, now));
}

/** A JWT signed with the client's secret (RFC 7523 §3). */
function assertionOf(id: string, secret: string, audience: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const claims = {
    iss: id,
    sub: id,
    aud: audience,
    jti: randomUUID(),
    iat: seconds,
    exp: seconds + ASSERTION_MS / 1000,
  };
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** `issuers` are those whose tokens are taken. A token that is no JWT does not say who issued it. */
function checkIssuer(token: string, issuers: readonly string[] | undefined): void {
  if (!issuers?.length) return;
  let issuer: unknown;
  try {
    issuer = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).iss;
  } catch {
    issuer = undefined;
  }
  if (!issuers.includes(String(issuer))) {
    throw fault('authentication', `The token was issued by ${String(issuer)}, which is not among the issuers`);
  }
}

async function tokenEndpoint(call: TaskCall, scheme: string, settings: Record<string, unknown>): Promise<string> {
  const authority = String(settings.authority ?? '').replace(/\/$/, '');
  if (scheme === 'oauth2') {
    const path = (settings.endpoints as { token?: string } | undefined)?.token ?? '/oauth2/token';
    return /^https?:/.test(path) ? path : authority + path;
  }
  const { outbound } = call.run.world.services;
  const address = authority.endsWith(WELL_KNOWN) ? authority : authority + WELL_KNOWN;
  const found = await outbound.request(address, { maxBytes: MOST_BYTES, signal: call.frame.signal });
  const { token_endpoint: endpoint } = saidIn(found);
  if (typeof endpoint !== 'string' || endpoint === '')
    throw fault('authentication', `${authority} does not say where its tokens are`);
  return endpoint;
}

/** Nothing where it is no JSON: what the parser would say of it shows a part, which may be the token. */
function saidIn(answer: OutboundAnswer): Record<string, unknown> {
  if (answer.status !== 200) return {};
  try {
    const said = answer.json();
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
