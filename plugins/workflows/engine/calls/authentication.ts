/** Authentication policies of the DSL: basic, bearer and digest; the tokens of oauth2 and oidc are next door. */

import { createHash, randomBytes } from 'node:crypto';
import { getOwn, type OutboundAnswer } from '#core/kit.ts';
import { evaluateDeep } from '../../language/expressions.ts';
import { fault } from '../../language/faults.ts';
import type { TaskCall } from '../model.ts';
import { secretTexts } from '../secret-texts.ts';
import { tokenOf } from './oauth.ts';

export type Policy = Record<string, unknown>;
type Attempt = (headers: Record<string, string>) => Promise<OutboundAnswer>;

/**
 * Makes the request with what the policy asks for. `{use: name}` is one of `use.authentications`. From then on the task
 * has `$authorization` (specification, "Authorization Descriptor").
 */
export async function authorized(
  call: TaskCall,
  given: Policy | undefined,
  request: { method: string; url: string },
  attempt: Attempt,
): Promise<OutboundAnswer> {
  if (!given) return attempt({});
  const { run, input, scope } = call;
  const named = typeof given.use === 'string' ? getOwn(run.definition.use?.authentications, given.use) : given;
  if (!named) throw fault('configuration', `There is no authentication '${String(given.use)}' in use.authentications`);
  const policy = (await evaluateDeep(named, input, scope)) as Record<string, Record<string, unknown>>;
  const [scheme = '', own = {}] = Object.entries(policy)[0] ?? [];
  const settings = typeof own.use === 'string' ? secretOf(run.secrets, own.use) : own;
  if (scheme === 'basic') return attempt(described(call, 'Basic', base64(`${settings.username}:${settings.password}`)));
  if (scheme === 'bearer') return attempt(described(call, 'Bearer', String(settings.token)));
  if (scheme === 'digest') return withDigest(call, settings, request, attempt);
  if (scheme === 'oauth2' || scheme === 'oidc') {
    return attempt(described(call, 'Bearer', await tokenOf(call, scheme, settings)));
  }
  throw fault('configuration', `Authentication by '${scheme}' is not supported`);
}

/** The header of the request, which the task's `output.as` and `export.as` may see and the log may not. */
function described(
  { scope, run }: TaskCall,
  scheme: string,
  parameter: string,
  ...parts: string[]
): { authorization: string } {
  scope.authorization = { scheme, parameter };
  for (const text of secretTexts([parameter, ...parts])) run.hidden.add(text);
  return { authorization: `${scheme} ${parameter}` };
}

function secretOf(secrets: Record<string, unknown>, name: string): Record<string, unknown> {
  const secret = getOwn(secrets, name);
  if (secret === undefined) throw fault('authorization', `There is no secret '${name}'`);
  if (typeof secret !== 'object' || secret === null) {
    throw fault('configuration', `The secret '${name}' must be an object with the policy's properties`);
  }
  return secret as Record<string, unknown>;
}

/** RFC 7616: the first answer brings the challenge, the second request the response to it. */
async function withDigest(
  call: TaskCall,
  settings: Record<string, unknown>,
  { method, url }: { method: string; url: string },
  attempt: Attempt,
): Promise<OutboundAnswer> {
  const first = await attempt({});
  const challenge = first.headers['www-authenticate'] ?? '';
  if (first.status !== 401 || !/^digest /i.test(challenge)) return first;
  const part = (name: string): string =>
    new RegExp(`\\b${name}=(?:"([^"]*)"|([^\\s,]+))`, 'i').exec(challenge)?.slice(1).join('') ?? '';
  const algorithm = part('algorithm') || 'MD5';
  const hash = (text: string): string =>
    createHash(/sha-256/i.test(algorithm) ? 'sha256' : 'md5')
      .update(text)
      .digest('hex');
  const { pathname, search } = new URL(url);
  const uri = pathname + search;
  const [realm, nonce, opaque] = [part('realm'), part('nonce'), part('opaque')];
  const cnonce = randomBytes(12).toString('hex');
  const user = hash(`${settings.username}:${realm}:${settings.password}`);
  const secret = /-sess$/i.test(algorithm) ? hash(`${user}:${nonce}:${cnonce}`) : user;
  const hasQop = part('qop')
    .split(',')
    .some((qop) => qop.trim() === 'auth');
  const path = hash(`${method}:${uri}`);
  const response = hasQop
    ? hash(`${secret}:${nonce}:00000001:${cnonce}:auth:${path}`)
    : hash(`${secret}:${nonce}:${path}`);
  const fields = [
    `username="${settings.username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `algorithm=${algorithm}`,
    `response="${response}"`,
    ...(hasQop ? ['qop=auth', 'nc=00000001', `cnonce="${cnonce}"`] : []),
    ...(opaque ? [`opaque="${opaque}"`] : []),
  ];
  return attempt(described(call, 'Digest', fields.join(', '), response));
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
