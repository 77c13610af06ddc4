/** `call: openapi`: finds the operation in the document, places its parameters, and sends it as `call: http` does. */

import { messageOf } from '#core/kit.ts';
import { evaluateDeep } from '../../language/expressions.ts';
import { fault } from '../../language/faults.ts';
import type { TaskCall } from '../model.ts';
import { authorized, type Policy } from './authentication.ts';
import { readOperation } from './foreign-document.ts';
import { addressOf, type HttpRequest, outboundFault, refuseAsPart, send } from './http.ts';
import type { Operation } from './openapi-operation.ts';

interface OpenApiArguments {
  document?: { endpoint?: string | { uri: string; authentication?: Policy } };
  operationId?: string;
  parameters?: Record<string, unknown>;
  authentication?: Policy;
  output?: HttpRequest['output'];
  redirect?: boolean;
}
const KEPT_MS = 5 * 60_000;
const MAX_KEPT = 100;
/** Of the path of an address. */
const LONGEST_PATH = 64 * 1024;
/** By the address of the document and the name of the operation. */
const kept = new Map<string, { operation: Operation; until: number }>();
/** The latest document of each tenant that is read. */
const reading = new Map<string, Promise<void>>();

export async function openApiCall(call: TaskCall, given: Record<string, unknown>): Promise<unknown> {
  const args = (await evaluateDeep(given, call.input, call.scope)) as OpenApiArguments;
  const endpoint = args.document?.endpoint;
  const address = addressOf((given.document as OpenApiArguments['document'])?.endpoint, endpoint, call.input);
  if (!address) throw fault('configuration', 'call: openapi needs document.endpoint');
  const url = address.href;
  const policy = typeof endpoint === 'object' ? endpoint.authentication : undefined;
  const operationId = args.operationId ?? '';
  const operation =
    keptAt(call, url, operationId, policy) ??
    (await afterOthers(call, () => operationAt(call, url, operationId, policy)));
  return send(call, {
    ...requestOf(operation, url, args.parameters ?? {}),
    redirect: args.redirect ?? false,
    output: args.output ?? 'content',
    ...(args.authentication && { authentication: args.authentication }),
  });
}

/** Documents of a tenant come one after another: what waits to be read holds none in memory. */
async function afterOthers<T>({ run, frame }: TaskCall, work: () => Promise<T>): Promise<T> {
  const tenant = run.execution.tenant_id;
  const { signal } = frame;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  const before = reading.get(tenant);
  const turn = (async () => {
    await before;
    signal.throwIfAborted();
    return work();
  })();
  const done = turn.then(
    () => {},
    () => {},
  );
  reading.set(tenant, done);
  void done.then(() => {
    if (reading.get(tenant) === done) reading.delete(tenant);
  });
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([turn, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Operations of documents that anybody may read are kept; those behind a policy are for this execution alone. */
async function operationAt(
  call: TaskCall,
  url: string,
  operationId: string,
  policy: Policy | undefined,
): Promise<Operation> {
  const { outbound, clock } = call.run.world.services;
  const found = keptAt(call, url, operationId, policy);
  if (found) return found;
  const answer = await authorized(call, policy, { method: 'GET', url }, (headers) =>
    outbound.request(url, { headers, signal: call.frame.signal }),
  ).catch((error) => {
    throw outboundFault(error, `GET ${url}`, call.frame.signal);
  });
  if (answer.status !== 200) {
    throw fault('communication', `The OpenAPI document answered ${answer.status}`, { status: answer.status });
  }
  let operation: Operation | null;
  try {
    operation = await readOperation(call.run.execution.tenant_id, answer.text(), operationId);
  } catch (error) {
    throw fault('configuration', `The OpenAPI document cannot be read: ${messageOf(error).slice(0, 200)}`);
  }
  if (!operation) throw fault('configuration', `The OpenAPI document has no operation '${operationId}'`);
  if (policy) return operation;
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(keyOf(url, operationId), { operation, until: clock.now() + KEPT_MS });
  return operation;
}

function keptAt({ run }: TaskCall, url: string, operationId: string, policy: Policy | undefined): Operation | null {
  const found = policy ? undefined : kept.get(keyOf(url, operationId));
  const left = (found?.until ?? 0) - run.world.services.clock.now();
  // Longer than it may be kept: the clock was set back.
  return found && left > 0 && left <= KEPT_MS ? found.operation : null;
}

function keyOf(url: string, operationId: string): string {
  return `${url} ${operationId}`;
}

function requestOf(
  operation: Operation,
  documentUrl: string,
  values: Record<string, unknown>,
): Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'> {
  const { path, method, parameters, hasBody } = operation;
  let filled = path;
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  const form = new URLSearchParams();
  const cookies: string[] = [];
  const rest: Record<string, unknown> = { ...values };
  let body: unknown;
  for (const { name, in: place, required } of parameters) {
    const value = values[name];
    delete rest[name];
    if (value === undefined || value === null) {
      if (required || place === 'path') throw fault('validation', `The parameter '${name}' is required`);
      continue;
    }
    if (place === 'path') {
      refuseAsPart(name, String(value));
      filled = filledWith(filled, name, encodeURIComponent(String(value)));
    } else if (place === 'query')
      for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
    else if (place === 'header') headers[name.toLowerCase()] = String(value);
    else if (place === 'cookie') cookies.push(`${name}=${encodeURIComponent(String(value))}`);
    else if (place === 'formData') form.append(name, String(value));
    else body = value;
  }
  if (cookies.length > 0) headers.cookie = cookies.join('; ');
  // What is no parameter is the body: as `body`, or property by property.
  if (hasBody) body = 'body' in rest ? rest.body : rest;
  if (form.size > 0) headers['content-type'] = 'application/x-www-form-urlencoded';
  else if (body !== undefined) headers['content-type'] = 'application/json';
  const url = new URL(`${baseOf(operation, documentUrl).replace(/\/$/, '')}${filled}`);
  for (const [name, value] of query) url.searchParams.append(name, value);
  const text = form.size > 0 ? form.toString() : body === undefined ? undefined : JSON.stringify(body);
  return { method: method.toUpperCase(), url: url.href, headers, ...(text !== undefined && { body: text }) };
}

/** A document may name a place in its path as often as it likes. */
function filledWith(path: string, name: string, text: string): string {
  const parts = path.split(`{${name}}`);
  if (path.length + (parts.length - 1) * text.length > LONGEST_PATH)
    throw fault('validation', `With the parameter '${name}' the path has more than ${LONGEST_PATH} characters`);
  return parts.join(text);
}

function baseOf({ host, basePath, scheme, server }: Operation, documentUrl: string): string {
  if (host !== null) return `${scheme ?? new URL(documentUrl).protocol.slice(0, -1)}://${host}${basePath}`;
  return new URL(server, documentUrl).href;
}
