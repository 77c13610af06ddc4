/** `call: openapi`: finds the operation in the document, places its parameters, and sends it as `call: http` does. */

import { messageOf } from '#core/errors.ts';
import { lookUp } from '#core/look-up.ts';
import type { TaskCall } from '../engine/model.ts';
import { evaluateDeep } from '../language/expressions.ts';
import { fault } from '../language/faults.ts';
import { authorized, type Policy } from './authentication.ts';
import { readDocument } from './foreign-document.ts';
import { addressOf, type HttpRequest, outboundFault, refuseAsPart, send } from './http.ts';

interface OpenApiArguments {
  document?: { endpoint?: string | { uri: string; authentication?: Policy } };
  operationId?: string;
  parameters?: Record<string, unknown>;
  authentication?: Policy;
  output?: HttpRequest['output'];
  redirect?: boolean;
}
interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie' | 'body' | 'formData';
  required?: boolean;
  $ref?: string;
}
interface Server {
  url: string;
  variables?: Record<string, { default: string }>;
}
interface Operation {
  operationId?: string;
  parameters?: Parameter[];
  requestBody?: object;
  servers?: Server[];
}
interface Document {
  servers?: Server[];
  /** Swagger 2. */
  host?: string;
  basePath?: string;
  schemes?: string[];
  paths?: Record<string, Record<string, Operation | Parameter[] | undefined>>;
}
interface Found {
  path: string;
  method: string;
  operation: Operation;
  parameters: Parameter[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const KEPT_MS = 5 * 60_000;
const MAX_KEPT = 100;
/** As they came; in memory they are several times as large. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;
const kept = new Map<string, { document: Document; bytes: number; until: number }>();
let keptBytes = 0;

export async function openApiCall(call: TaskCall, given: Record<string, unknown>): Promise<unknown> {
  const args = (await evaluateDeep(given, call.input, call.scope)) as OpenApiArguments;
  const endpoint = args.document?.endpoint;
  const address = addressOf((given.document as OpenApiArguments['document'])?.endpoint, endpoint, call.input);
  if (!address) throw fault('configuration', 'call: openapi needs document.endpoint');
  const url = address.href;
  const document = await documentAt(call, url, typeof endpoint === 'object' ? endpoint.authentication : undefined);
  const found = operationOf(document, args.operationId ?? '');
  return send(call, {
    ...requestOf(document, url, found, args.parameters ?? {}),
    redirect: args.redirect ?? false,
    output: args.output ?? 'content',
    ...(args.authentication && { authentication: args.authentication }),
  });
}

/** Documents that anybody may read are kept; those behind a policy are for this execution alone. */
async function documentAt(call: TaskCall, url: string, policy: Policy | undefined): Promise<Document> {
  const { outbound, clock } = call.run.world.services;
  const found = policy ? undefined : kept.get(url);
  const left = (found?.until ?? 0) - clock.now();
  // Longer than it may be kept: the clock was set back.
  if (found && left > 0 && left <= KEPT_MS) return found.document;
  const answer = await authorized(call, policy, { method: 'GET', url }, (headers) =>
    outbound.request(url, { headers, signal: call.frame.signal }),
  ).catch((error) => {
    throw outboundFault(error, `GET ${url}`, call.frame.signal);
  });
  if (answer.status !== 200) {
    throw fault('communication', `The OpenAPI document answered ${answer.status}`, { status: answer.status });
  }
  let read: unknown;
  try {
    read = await readDocument(answer.text());
  } catch (error) {
    throw fault('configuration', `The OpenAPI document is neither JSON nor YAML: ${messageOf(error).slice(0, 200)}`);
  }
  const document = (typeof read === 'object' && read !== null ? read : {}) as Document;
  if (policy) return document;
  const bytes = answer.body.length;
  if (kept.size >= MAX_KEPT || keptBytes + bytes > MAX_KEPT_BYTES) forgetAll();
  // Another one of this address may have been read meanwhile.
  keptBytes += bytes - (kept.get(url)?.bytes ?? 0);
  kept.set(url, { document, bytes, until: clock.now() + KEPT_MS });
  return document;
}

function forgetAll(): void {
  kept.clear();
  keptBytes = 0;
}

function operationOf(document: Document, operationId: string): Found {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation || Array.isArray(operation) || operation.operationId !== operationId) continue;
      const shared = Array.isArray(item.parameters) ? item.parameters : [];
      const parameters = [...shared, ...(operation.parameters ?? [])].map((one) => resolved(document, one));
      return { path, method, operation, parameters };
    }
  }
  throw fault('configuration', `The OpenAPI document has no operation '${operationId}'`);
}

function resolved(document: Document, parameter: Parameter): Parameter {
  if (!parameter.$ref?.startsWith('#/')) return parameter;
  let found: unknown = document;
  for (const step of parameter.$ref.slice(2).split('/')) {
    found = (found as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return (found ?? parameter) as Parameter;
}

function requestOf(
  document: Document,
  documentUrl: string,
  { path, method, operation, parameters }: Found,
  values: Record<string, unknown>,
): Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'> {
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
      filled = filled.replaceAll(`{${name}}`, encodeURIComponent(String(value)));
    } else if (place === 'query')
      for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
    else if (place === 'header') headers[name.toLowerCase()] = String(value);
    else if (place === 'cookie') cookies.push(`${name}=${encodeURIComponent(String(value))}`);
    else if (place === 'formData') form.append(name, String(value));
    else body = value;
  }
  if (cookies.length > 0) headers.cookie = cookies.join('; ');
  // What is no parameter is the body: as `body`, or property by property.
  if (operation.requestBody) body = 'body' in rest ? rest.body : rest;
  if (form.size > 0) headers['content-type'] = 'application/x-www-form-urlencoded';
  else if (body !== undefined) headers['content-type'] = 'application/json';
  const url = new URL(`${baseOf(document, documentUrl, operation).replace(/\/$/, '')}${filled}`);
  for (const [name, value] of query) url.searchParams.append(name, value);
  const text = form.size > 0 ? form.toString() : body === undefined ? undefined : JSON.stringify(body);
  return { method: method.toUpperCase(), url: url.href, headers, ...(text !== undefined && { body: text }) };
}

function baseOf(document: Document, documentUrl: string, operation: Operation): string {
  if (document.host) {
    const scheme = document.schemes?.[0] ?? new URL(documentUrl).protocol.slice(0, -1);
    return `${scheme}://${document.host}${document.basePath ?? ''}`;
  }
  const server = operation.servers?.[0] ?? document.servers?.[0] ?? { url: '/' };
  const url = server.url.replace(
    /\{(\w+)\}/g,
    (whole, name: string) => lookUp(server.variables, name)?.default ?? whole,
  );
  return new URL(url, documentUrl).href;
}
