/** `call: http`: one request through the outbound guard. */
import { exactJson, type OutboundAnswer, OutboundError } from '#core/kit.ts';
import { evaluateDeep } from '../../language/expressions.ts';
import { fault } from '../../language/faults.ts';
import type { TaskCall } from '../model.ts';
import { authorized, type Policy } from './authentication.ts';
import { idempotencyKey } from './idempotency.ts';

export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | Buffer;
  redirect: boolean;
  output: 'content' | 'response' | 'raw';
  authentication?: Policy;
}

interface HttpArguments {
  method?: string;
  endpoint?: string | { uri?: string; authentication?: Policy };
  headers?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  output?: HttpRequest['output'];
  redirect?: boolean;
}

/** As long as any answer may take; a time-out of the task ends it earlier. */
const TIMEOUT_MS = 60_000;
const MOST_REDIRECTS = 10;

export async function httpCall(call: TaskCall, given: Record<string, unknown>): Promise<unknown> {
  const args = (await evaluateDeep(given, call.input, call.scope)) as HttpArguments;
  const { endpoint } = args;
  const url = addressOf(given.endpoint, endpoint, call.input);
  if (!url) throw fault('configuration', 'call: http needs an endpoint');
  for (const [name, value] of Object.entries(args.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== null) url.searchParams.append(name, String(one));
  }
  const headers = headersOf(args.headers);
  const body = bodyOf(args.body, headers);
  return send(call, {
    method: (args.method ?? 'get').toUpperCase(),
    url: url.href,
    headers,
    ...(body !== undefined && { body }),
    redirect: args.redirect ?? false,
    output: args.output ?? 'content',
    ...(typeof endpoint === 'object' && endpoint.authentication && { authentication: endpoint.authentication }),
  });
}

/** By their names in small letters. What has no value is left out. */
export function headersOf(given: Record<string, unknown> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name.toLowerCase(), String(value)]],
    ),
  );
}

/** Sends it with its authentication, and gives what the workflow asked for. Throws a communication fault. */
export async function send(call: TaskCall, request: HttpRequest): Promise<unknown> {
  const { run, frame } = call;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const headers = { ...(!isRead && { 'idempotency-key': idempotencyKey(call) }), ...request.headers };
  let answer: OutboundAnswer;
  try {
    answer = await authorized(call, request.authentication, request, (more) =>
      run.world.services.outbound.request(request.url, {
        method: request.method,
        headers: { ...headers, ...more },
        ...(request.body !== undefined && { body: request.body }),
        timeoutMs: TIMEOUT_MS,
        maxBytes: run.world.config.maxDataBytes,
        redirects: request.redirect ? MOST_REDIRECTS : 0,
        signal: frame.signal,
      }),
    );
  } catch (error) {
    throw outboundFault(error, `${request.method} ${request.url}`, frame.signal);
  }
  // Without `redirect` only 2xx is a success, with it 3xx is one too (specification, "HTTP Call").
  const highest = request.redirect ? 399 : 299;
  if (answer.status < 200 || answer.status > highest) {
    const detail = `${request.method} ${request.url} answered ${answer.status}`;
    throw fault('communication', detail, { status: answer.status, title: 'The server answered with an error status' });
  }
  return outputOf(answer, request);
}

/** What kept a request from being answered, as a fault; anything else as it is. */
export function outboundFault(error: unknown, request: string, signal: AbortSignal): unknown {
  if (!(error instanceof OutboundError)) return error;
  if (signal.aborted) return signal.reason;
  const kinds = { timeout: 'timeout', blocked_address: 'authorization' } as const;
  const kind = kinds[error.code as keyof typeof kinds] ?? 'communication';
  return fault(kind, `${request}: ${error.message}`);
}

function outputOf(answer: OutboundAnswer, { output, method, url, headers }: HttpRequest): unknown {
  if (output === 'raw') return answer.body.toString('base64');
  const content = contentOf(answer);
  if (output === 'content') return content;
  return { request: { method, uri: url, headers }, statusCode: answer.status, headers: answer.headers, content };
}

/** JSON as JSON, with numbers that cannot be held as texts; other text as text, anything else in base64. */
function contentOf(answer: OutboundAnswer): unknown {
  if (answer.body.length === 0) return null;
  const type = answer.headers['content-type'] ?? '';
  if (/[/+]json\b/i.test(type)) {
    const text = textOf(answer.body, type);
    try {
      return exactJson(text);
    } catch {
      return text;
    }
  }
  if (type === '' || /^text\/|[/+]xml\b|urlencoded|javascript|yaml/i.test(type)) return textOf(answer.body, type);
  return answer.body.toString('base64');
}

/** In the charset that the answer names, without a byte order mark; UTF-8 where it names none that is known. */
function textOf(body: Buffer, type: string): string {
  const charset = /;\s*charset="?([^\s";]+)/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

function bodyOf(body: unknown, headers: Record<string, string>): string | undefined {
  if (body === undefined || body === null) return undefined;
  const type = headers['content-type'] ?? '';
  if (/urlencoded/i.test(type) && typeof body === 'object') {
    return new URLSearchParams(
      Object.entries(body)
        .filter(([, value]) => value !== null)
        .map(([name, value]): [string, string] => [name, String(value)]),
    ).toString();
  }
  if (typeof body === 'string' && type !== '' && !/json/i.test(type)) return body;
  headers['content-type'] ??= 'application/json';
  return JSON.stringify(body);
}

type Endpoint = string | { uri?: unknown };

/** The address of an endpoint, as written and as evaluated: what came out of an expression is no template any more. */
export function addressOf(written: unknown, made: unknown, input: unknown): URL | null {
  const [template, uri] = [written, made].map((one) =>
    typeof one === 'string' ? one : (one as Endpoint & object)?.uri,
  );
  if (typeof uri !== 'string' || uri === '') return null;
  return urlOf(uri, uri === template ? input : null);
}

/** A URI template with top-level values of the input: `/pet/{petId}` (specification, "URI Template"). */
function urlOf(template: string, values: unknown): URL {
  const filled = values === null ? template : filledTemplate(template, values);
  try {
    return new URL(filled);
  } catch {
    throw fault('configuration', `${filled.slice(0, 200)} is not an address`);
  }
}

function filledTemplate(template: string, values: unknown): string {
  const query = template.search(/[?#]/);
  return template.replace(/\{([^{}]+)\}/g, (_, name: string, at: number) => {
    const value = typeof values === 'object' && values !== null ? (values as Record<string, unknown>)[name] : undefined;
    if (typeof value === 'object' && value !== null) {
      throw fault('expression', `{${name}} in an address must be a text, a number or a boolean`);
    }
    const text = String(value ?? '');
    if (query < 0 || at < query) refuseAsPart(name, text);
    return encodeURIComponent(text);
  });
}

/** Throws a fault for what would address something else: `/pets/` without an id is all pets, `/pets/..` everything. */
export function refuseAsPart(name: string, text: string): void {
  if (text === '') throw fault('validation', `There is no '${name}' for the address of the call`);
  if (text === '.' || text === '..') throw fault('validation', `'${text}' cannot be the '${name}' of an address`);
}
