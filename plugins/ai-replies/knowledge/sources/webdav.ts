/** A folder over WebDAV (RFC 4918): PROPFIND from folder to folder, GET for what has changed. */
import { setImmediate } from 'node:timers/promises';
import { messageOf, type Outbound, type OutboundAnswer } from '#core/kit.ts';
import {
  MOST_ITEMS,
  type SourceFile,
  type SourceItem,
  type SourceListing,
  type SourceOrder,
  SourceProblem,
} from './types.ts';
import { has, partsOf, textIn } from './xml.ts';

const MOST_FOLDERS = 500;
const ANSWER_BYTES = 4 * 1024 * 1024;
/** Of one folder: so large an answer has fewer, where they are real. */
const MOST_ENTRIES = 50_000;
/** Others have their turn between so many entries. */
const ENTRIES_AT_ONCE = 200;
const TIMEOUT_MS = 60_000;
const MULTI_STATUS = 207;
const WANTED =
  '<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><getetag/><getlastmodified/><getcontentlength/></prop></propfind>';

interface Entry {
  address: URL;
  isFolder: boolean;
  version: string;
  size: number;
}

export async function listWebdav(outbound: Outbound, order: SourceOrder): Promise<SourceListing> {
  const root = new URL(order.url);
  if (!root.pathname.endsWith('/')) root.pathname += '/';
  const addresses = new Map<string, URL>();
  const items: SourceItem[] = [];
  const left: string[] = [];
  const folders = new Map([[root.pathname, root]]);
  for (const folder of folders.values()) {
    for await (const { address, isFolder, version, size } of entriesIn(await propfind(folder), folder, root)) {
      const path = pathOf(address, root);
      if (/(?:^|\/)\./.test(path)) continue;
      if (isFolder) {
        if (folders.size < MOST_FOLDERS) folders.set(address.pathname, address);
        else if (!folders.has(address.pathname)) left.push(`More than ${MOST_FOLDERS} folders`);
      } else if (!path.startsWith(order.within) || addresses.has(path)) continue;
      else if (size > order.maxFileBytes) left.push(`${path} is too large`);
      else if (items.length >= MOST_ITEMS) left.push(`More than ${MOST_ITEMS} files`);
      else {
        items.push({ path, version });
        addresses.set(path, address);
      }
    }
  }
  return { items, arePages: false, version: '', left: [...new Set(left)], files, close() {} };

  async function* files(wanted: readonly SourceItem[]): AsyncGenerator<SourceFile> {
    for (const item of wanted) {
      const address = addresses.get(item.path);
      if (!address) continue;
      const answer = await request('GET', address, order.maxFileBytes);
      if (answer.status === 404) continue;
      if (answer.status !== 200) throw new SourceProblem(`${item.path} answers with status ${answer.status}`);
      yield { ...item, bytes: answer.body };
    }
  }

  async function propfind(folder: URL): Promise<string> {
    const answer = await request('PROPFIND', folder, ANSWER_BYTES);
    if (answer.status === 401 || answer.status === 403)
      throw new SourceProblem('The folder may not be read: its name of the user or its password is wrong');
    if (answer.status !== MULTI_STATUS)
      throw new SourceProblem(
        `There is no folder over WebDAV: ${folder.pathname} answers with status ${answer.status}`,
      );
    return answer.text();
  }

  async function request(method: string, address: URL, maxBytes: number): Promise<OutboundAnswer> {
    const { authorization, signal } = order;
    const body: Record<string, string> =
      method === 'PROPFIND' ? { depth: '1', 'content-type': 'application/xml; charset=utf-8' } : {};
    try {
      return await outbound.request(address, {
        method,
        headers: { ...body, ...(authorization !== null && { authorization }) },
        ...(method === 'PROPFIND' && { body: WANTED }),
        timeoutMs: TIMEOUT_MS,
        maxBytes,
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw new SourceProblem(`The folder could not be read: ${messageOf(error)}`);
    }
  }
}

/** What lies in the folder, and below the root: an answer may name anything. */
async function* entriesIn(xml: string, folder: URL, root: URL): AsyncGenerator<Entry> {
  for (const [place, part] of partsOf(xml, 'response', MOST_ENTRIES).entries()) {
    if (place % ENTRIES_AT_ONCE === 0) await setImmediate();
    const href = textIn(part, 'href');
    if (!URL.canParse(href, folder.href)) continue;
    const address = new URL(href, folder);
    const isWithin = address.origin === root.origin && address.pathname.startsWith(root.pathname);
    if (!isWithin || withoutSlash(address) === withoutSlash(folder)) continue;
    const isFolder = has(part, 'collection');
    if (isFolder && !address.pathname.endsWith('/')) address.pathname += '/';
    const size = Number(textIn(part, 'getcontentlength') || 0);
    const version = textIn(part, 'getetag') || `${textIn(part, 'getlastmodified')} ${size}`.trim();
    yield { address, isFolder, size, version: version.slice(0, 300) };
  }
}

function withoutSlash({ pathname }: URL): string {
  return pathname.replace(/\/$/, '');
}

function pathOf({ pathname }: URL, root: URL): string {
  const path = pathname.slice(root.pathname.length);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
