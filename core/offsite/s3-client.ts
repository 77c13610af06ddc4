/**
 * Requests to a bucket of S3, or of a service that speaks as it does: addressed by its path, and asked for nothing that only some of
 * them can: PUT, GET, DELETE, ListObjectsV2 and uploads in parts. The signature covers the bytes, so none arrives changed.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Outbound, OutboundAnswer } from '../outbound/outbound.ts';
import { partsOf, textIn } from '../outbound/xml.ts';
import { streamed, tried } from './calls.ts';
import { type Sending, TargetError } from './stored-files.ts';

export interface Bucket {
  endpoint: string;
  region: string;
  bucket: string;
  /** Stands before each name; with a slash at its end. */
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface ListedObject {
  name: string;
  size_bytes: number;
  /** How long it had lain there when it was listed, both by the clock of the service; NaN when it does not say. */
  age_ms: number;
}

export interface S3Client {
  /** `s3://host/bucket/folder/`. */
  label: string;
  /** Throws a TargetError for a status that is not fine. */
  ask(name: string, asked: Asked): Promise<OutboundAnswer>;
  /** All of it, piece by piece. Throws a TargetError when there is none, with its status. */
  open(name: string, signal: AbortSignal): Promise<Readable>;
  /** All of the file under this name, or nothing: in parts when it is large. */
  put(name: string, file: string, sending: Sending): Promise<void>;
  /** Takes back what an upload in parts has left. */
  discard(name: string, uploadId: string, signal: AbortSignal): Promise<void>;
  /** What lies below the prefix and in no folder there, page by page, by name. */
  pages(signal: AbortSignal): AsyncGenerator<ListedObject[]>;
}

const MB = 1024 * 1024;
/** The services take five at least, and ten thousand of them. */
const PART_BYTES = 16 * MB;
const MOST_PARTS = 9_000;
const SHORT_MS = 60_000;
/** What a line takes that is hardly one, for a part. */
const SLOWEST_BYTES_A_SECOND = 20_000;
/** Some services take nothing back, and forget by themselves. */
const TAKEN_BACK = [200, 204, 404, 405, 501];
/** A thousand names of a kilobyte, which XML makes longer. They are read in one go, while nobody else is served. */
const LARGEST_PAGE = 2 * MB;

export interface Asked {
  method?: string;
  query?: Record<string, string>;
  body?: Buffer;
  fine?: readonly number[];
  /** Bytes of the answer. */
  maxBytes?: number;
  signal: AbortSignal;
}

export function s3Client(config: Bucket, outbound: Outbound, partBytes = PART_BYTES): S3Client {
  const { endpoint, region, bucket, prefix, accessKeyId, secretAccessKey } = config;
  const base = endpoint.replace(/\/+$/, '');
  return { label: `s3://${new URL(base).host}/${bucket}/${prefix}`, ask, open: openObject, put, discard, pages };

  async function openObject(name: string, signal: AbortSignal): Promise<Readable> {
    const url = urlOf(name);
    const headers = await signed('GET', url, Buffer.alloc(0));
    return streamed(outbound, base, url, headers, { what: `GET ${name}`, signal, fine: [200] });
  }

  async function discard(name: string, uploadId: string, signal: AbortSignal): Promise<void> {
    await ask(name, { method: 'DELETE', query: { uploadId }, fine: TAKEN_BACK, signal });
  }

  async function* pages(signal: AbortSignal): AsyncGenerator<ListedObject[]> {
    let next: string | null = null;
    do {
      const query: Record<string, string> = {
        'list-type': '2',
        prefix,
        ...(next !== null && { 'continuation-token': next }),
      };
      const answer = await ask('', { query, maxBytes: LARGEST_PAGE, signal });
      const listedAt = Date.parse(answer.headers.date ?? '');
      const result = read(answer, 'ListBucketResult');
      const found = partsOf(result, 'Contents').map((one) => ({
        name: textIn(one, 'Key').slice(prefix.length),
        size_bytes: Number(textIn(one, 'Size')),
        age_ms: listedAt - Date.parse(textIn(one, 'LastModified')),
      }));
      yield found.filter(({ name }) => name !== '' && !name.includes('/'));
      const before: string | null = next;
      next = textIn(result, 'IsTruncated') === 'true' ? textIn(result, 'NextContinuationToken') : null;
      if (next === '' || (next !== null && next === before))
        throw new TargetError(`The list of ${bucket} goes on, and it is not said where`);
    } while (next !== null);
  }

  async function put(name: string, file: string, sending: Sending): Promise<void> {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size > partBytes) await putInParts(name, handle, size, sending);
      else await ask(name, { method: 'PUT', body: await piece(handle, 0, size), signal: sending.signal });
      sending.report?.(size);
    } finally {
      await handle.close();
    }
  }

  async function putInParts(name: string, handle: FileHandle, size: number, sending: Sending): Promise<void> {
    const { signal } = sending;
    const begun = await ask(name, { method: 'POST', query: { uploads: '' }, signal });
    const uploadId = textIn(read(begun, 'InitiateMultipartUploadResult'), 'UploadId');
    try {
      await sending.begun?.(uploadId);
      const tags = await putParts(name, uploadId, handle, size, sending);
      const body = Buffer.from(`<CompleteMultipartUpload>${tags.map(partTag).join('')}</CompleteMultipartUpload>`);
      // It may begin with 200 and say afterwards that nothing came of it.
      read(await ask(name, { method: 'POST', query: { uploadId }, body, signal }), 'CompleteMultipartUploadResult');
    } catch (error) {
      // What is not taken back is paid for; who is told to end has no time for more than one try.
      const soon = AbortSignal.timeout(5_000);
      await discard(name, uploadId, soon).catch(() => {});
      throw error;
    }
  }

  async function putParts(name: string, uploadId: string, handle: FileHandle, size: number, sending: Sending) {
    const step = Math.max(partBytes, Math.ceil(size / MOST_PARTS / MB) * MB);
    const tags: string[] = [];
    for (let at = 0; at < size; at += step) {
      const query = { partNumber: String(tags.length + 1), uploadId };
      const body = await piece(handle, at, Math.min(step, size - at));
      const { headers } = await ask(name, { method: 'PUT', query, body, signal: sending.signal });
      if (!headers.etag) throw new TargetError(`A part of ${name} was taken without a word of what it is`);
      tags.push(headers.etag);
      sending.report?.(at + body.length);
    }
    return tags;
  }

  function ask(
    name: string,
    { method = 'GET', query = {}, body, fine = [200], maxBytes, signal }: Asked,
  ): Promise<OutboundAnswer> {
    const url = urlOf(name);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const what = name === '' ? `The list of ${bucket}` : `${method} ${name}`;
    return tried({ what, signal, fine }, async () =>
      outbound.request(url, {
        method,
        headers: await signed(method, url, body ?? Buffer.alloc(0)),
        ...(body && { body }),
        ...(maxBytes !== undefined && { maxBytes }),
        timeoutMs: SHORT_MS + Math.ceil((body?.length ?? 0) / SLOWEST_BYTES_A_SECOND) * 1000,
        redirects: 0,
        trusted: base,
        signal,
      }),
    );
  }

  function urlOf(name: string): URL {
    return new URL(name === '' ? `${base}/${bucket}` : `${base}/${bucket}/${prefix}${encodeURIComponent(name)}`);
  }

  async function signed(method: string, url: URL, body: Buffer): Promise<Record<string, string>> {
    const headers = { 'x-amz-content-sha256': createHash('sha256').update(body).digest('hex') };
    const { AwsV4Signer } = await import('aws4fetch');
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers,
      accessKeyId,
      secretAccessKey,
      region,
      service: 's3',
    });
    return Object.fromEntries((await signer.sign()).headers);
  }
}

/** What an answer says below its root. */
function read(answer: OutboundAnswer, root: string): string {
  const [found] = partsOf(answer.text(), root, 1);
  if (found !== undefined) return found;
  throw new TargetError(`The answer of ${new URL(answer.url).host} is not one of S3: ${answer.text().slice(0, 300)}`);
}

function partTag(etag: string, index: number): string {
  const escaped = etag.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
  return `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped}</ETag></Part>`;
}

async function piece(handle: FileHandle, at: number, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  for (let filled = 0; filled < size; ) {
    const { bytesRead } = await handle.read(buffer, filled, size - filled, at + filled);
    if (bytesRead === 0) throw new TargetError('The file became shorter while it was sent');
    filled += bytesRead;
  }
  return buffer;
}
