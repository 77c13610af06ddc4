/** A folder over WebDAV (RFC 4918). A file is sent under another name and moved when it is whole. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { entriesIn, isMultistatus, MULTI_STATUS, PROPFIND } from '../outbound/multistatus.ts';
import type { Outbound, OutboundAnswer } from '../outbound/outbound.ts';
import { type Call, streamed, tried } from './calls.ts';
import type { TargetConfig } from './config.ts';
import { type Sending, type StoredFile, type Target, TargetError } from './stored-files.ts';

const SHORT_MS = 60_000;
/** Of a move, for which some copy. */
const LONG_MS = 30 * 60_000;
const LONGEST_MS = 12 * 3600 * 1000;
/** That a server takes nothing of what is sent. */
const IDLE_MS = 2 * 60_000;
const PART = '.part';

interface Asked {
  headers?: Record<string, string>;
  body?: string;
  timeoutMs?: number;
  fine: readonly number[];
  signal: AbortSignal;
}

export function webdavTarget({ url, user, password }: TargetConfig['webdav'], outbound: Outbound): Target {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const credentials: Record<string, string> =
    user === '' ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  return {
    label: base.href,
    list,
    put,
    open: (name, signal) =>
      streamed(outbound, base.href, urlOf(name), credentials, { what: `GET ${name}`, signal, fine: [200] }),
    async remove(name, signal) {
      await ask('DELETE', name, { fine: [200, 202, 204, 404], signal });
    },
    async discard(name, _upload, signal) {
      await ask('DELETE', `${name}${PART}`, { fine: [200, 202, 204, 404], signal });
    },
  };

  async function list(signal: AbortSignal): Promise<StoredFile[]> {
    const answer = await ask('PROPFIND', '', { ...PROPFIND, fine: [MULTI_STATUS, 404], signal });
    if (answer.status === 404) return [];
    const xml = answer.text();
    if (!isMultistatus(xml)) throw new TargetError(`${base.host} does not answer as WebDAV does`);
    const found: StoredFile[] = [];
    // Only what lies right in the folder.
    for await (const { path, isFolder, size } of entriesIn(xml, base))
      if (!isFolder && !path.includes('/') && !path.endsWith(PART)) found.push({ name: path, size_bytes: size });
    return found;
  }

  async function put(name: string, file: string, sending: Sending): Promise<void> {
    const { signal } = sending;
    const part = `${name}${PART}`;
    // One that is there already is not allowed to be made; whether it is, the next call shows.
    await ask('MKCOL', '', { fine: [200, 201, 301, 302, 403, 405, 409, 501], signal });
    await sending.begun?.(part);
    const { size } = await stat(file);
    try {
      await tried(callOf('PUT', part, { fine: [200, 201, 204], signal }), () => sent(part, file, size, sending));
      await ask('MOVE', part, {
        headers: { destination: urlOf(name).href, overwrite: 'T' },
        timeoutMs: LONG_MS,
        fine: [201, 204],
        signal,
      });
    } catch (error) {
      const soon = AbortSignal.timeout(5_000);
      await ask('DELETE', part, { fine: [200, 202, 204, 404], signal: soon }).catch(() => {});
      throw error;
    }
  }

  /** One try. Servers that know no chunks want to know the length first. */
  async function sent(part: string, file: string, size: number, sending: Sending): Promise<OutboundAnswer> {
    const idle = new AbortController();
    const watch = setTimeout(() => idle.abort(new TargetError('Nothing was taken for two minutes')), IDLE_MS);
    let done = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, pass) {
        done += chunk.length;
        watch.refresh();
        sending.report?.(done);
        pass(null, chunk);
      },
    });
    const from = createReadStream(file);
    from.on('error', (error) => counted.destroy(error));
    // Whoever calls is told by the call.
    counted.on('error', () => {});
    try {
      return await outbound.request(urlOf(part), {
        method: 'PUT',
        headers: { ...credentials, 'content-length': String(size), 'content-type': 'application/octet-stream' },
        body: from.pipe(counted),
        timeoutMs: LONGEST_MS,
        redirects: 0,
        trusted: base.href,
        signal: AbortSignal.any([sending.signal, idle.signal]),
      });
    } finally {
      clearTimeout(watch);
      from.destroy();
      counted.destroy();
    }
  }

  function ask(method: string, name: string, { headers, body, timeoutMs, ...asked }: Asked): Promise<OutboundAnswer> {
    return tried(callOf(method, name, asked), () =>
      outbound.request(urlOf(name), {
        method,
        headers: { ...credentials, ...headers },
        ...(body !== undefined && { body }),
        timeoutMs: timeoutMs ?? SHORT_MS,
        redirects: 0,
        trusted: base.href,
        signal: asked.signal,
      }),
    );
  }

  function callOf(method: string, name: string, { fine, signal }: Pick<Asked, 'fine' | 'signal'>): Call {
    return { what: `${method} ${name === '' ? base.pathname : name}`, fine, signal };
  }

  function urlOf(name: string): URL {
    return new URL(encodeURIComponent(name), base);
  }
}
