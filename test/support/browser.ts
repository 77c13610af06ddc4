/** A browser for tests: keeps cookies as servers set them, and says with each request what a page of the server would. */
import assert from 'node:assert/strict';
import { type Answer, createClient } from './client.ts';
import type { TestPlatform } from './harness.ts';

export interface Browser {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Signs in with a password, as a page does. */
  signIn(identifier: string, password: string, otp?: string): Promise<Answer>;
  /** The `Cookie` header of what it keeps. */
  cookie(): string;
  /** Keeps this instead: to go back, or to be somebody else. */
  keep(cookie: string): void;
  /** What its page sends as X-CSRF-Token. */
  csrf: string;
  /** The headers of a page's request, for streams and sockets. */
  headers(): Record<string, string>;
  /** The same cookies, sent to another replica. */
  at(app: TestPlatform): Browser;
}

export function openBrowser(app: TestPlatform, jar = new Map<string, string>(), token = { value: '' }): Browser {
  const http = createClient(app.url);
  const browser: Browser = {
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    delete: (path, body, headers) => send('DELETE', path, body, headers),
    async signIn(identifier, password, otp) {
      const answer = await send('POST', '/api/platform/auth/session', { identifier, password, ...(otp && { otp }) });
      assert.equal(answer.status, 200, answer.text);
      return answer;
    },
    cookie: () => [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
    keep(cookie) {
      jar.clear();
      for (const pair of cookie.split('; ').filter(Boolean)) take(pair);
    },
    get csrf() {
      return token.value;
    },
    set csrf(value) {
      token.value = value;
    },
    headers: () => ({ cookie: browser.cookie(), origin: app.url, 'sec-fetch-site': 'same-origin' }),
    at: (other) => openBrowser(other, jar, token),
  };
  return browser;

  async function send(method: string, path: string, body?: unknown, more: Record<string, string> = {}) {
    const own: Record<string, string> = { 'sec-fetch-site': 'same-origin' };
    if (jar.size > 0) own.cookie = browser.cookie();
    if (method !== 'GET') own.origin = app.url;
    if (token.value) own['x-csrf-token'] = token.value;
    const headers = Object.entries({ ...own, ...more }).filter(([, value]) => value !== '');
    const answer = await http.send(method, path, body, Object.fromEntries(headers));
    for (const cookie of answer.headers.getSetCookie()) take(cookie);
    const fresh = answer.headers.get('x-csrf-token');
    if (fresh) token.value = fresh;
    return answer;
  }

  function take(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(';');
    const [name = '', value = ''] = pair.split('=');
    if (attributes.some((one) => one.trim() === 'Max-Age=0')) jar.delete(name);
    else jar.set(name, value);
  }
}
