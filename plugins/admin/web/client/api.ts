/**
 * The one client through which pages speak to the server, typed by its own OpenAPI document. `$api.useQuery('get', path)`
 * reads, `$api.useMutation('post', path)` writes; failures are an ApiError, whatever the dialect.
 */
import createClient, { type Middleware } from 'openapi-fetch';
import createQueries from 'openapi-react-query';
import { type ApiError, apiErrorOf } from './api-error.ts';
import { noteCall } from './calls.ts';
import { language } from './language.ts';
import type { paths } from './openapi.d.ts';
import { isUnanswered, suspectServer } from './server-reach.ts';
import { sessionEnded } from './session-end.ts';

/** What was given to prove who somebody is was wrong; their session, if there is one, goes on. */
const WRONG_PROOFS = new Set([
  'invalid_credentials',
  'otp_required',
  'invalid_otp',
  'invalid_passkey',
  'provider_failed',
]);
let csrfToken = '';

/** The token that goes with every write; the server gives another one with each session. */
export function storeToken(token: string | null): void {
  csrfToken = token ?? '';
}

/** What every request carries beside the cookie that the browser adds: reading too, which marks a mail as read. */
function headers(): Record<string, string> {
  const own = { 'accept-language': language.get() };
  return csrfToken === '' ? own : { ...own, 'x-csrf-token': csrfToken };
}

/** Looks at an answer: keeps a new token, notes the call, tells when the session has ended. */
export async function settled(request: Request, body: string | null, response: Response): Promise<Response> {
  const token = response.headers.get('x-csrf-token');
  if (token) csrfToken = token;
  noteCall({ method: request.method, url: request.url, body, status: response.status });
  if (response.ok || response.status === 304) return response;
  const error: ApiError = await apiErrorOf(response);
  if (error.status === 401 && !WRONG_PROOFS.has(error.code)) sessionEnded();
  throw error;
}

const bodies = new WeakMap<Request, string>();

const middleware: Middleware = {
  async onRequest({ request }) {
    for (const [name, value] of Object.entries(headers())) request.headers.set(name, value);
    const isText = /json|text|yaml/.test(request.headers.get('content-type') ?? '');
    if (request.body && isText) bodies.set(request, await request.clone().text());
    return request;
  },
  onError({ error }) {
    if (isUnanswered(error)) suspectServer();
  },
  onResponse: ({ request, response }) => settled(request, bodies.get(request) ?? null, response),
};

export const api = createClient<paths>({ baseUrl: location.origin });
api.use(middleware);

export const $api = createQueries(api);

/** For what is no JSON: text, files, streams. Throws an ApiError like the client. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const request = new Request(new URL(path, location.origin), init);
  for (const [name, value] of Object.entries(headers())) request.headers.set(name, value);
  return settled(request, typeof init.body === 'string' ? init.body : null, await answered(request));
}

async function answered(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (isUnanswered(error)) suspectServer();
    throw error;
  }
}
