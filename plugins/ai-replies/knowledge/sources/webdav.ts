/** A folder over WebDAV (RFC 4918): PROPFIND from folder to folder, GET for what has changed. */
import { entriesIn, MULTI_STATUS, messageOf, type Outbound, type OutboundAnswer, PROPFIND } from '#core/kit.ts';
import {
  MOST_ITEMS,
  type SourceFile,
  type SourceItem,
  type SourceListing,
  type SourceOrder,
  SourceProblem,
} from './types.ts';

const MOST_FOLDERS = 500;
const ANSWER_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

export async function listWebdav(outbound: Outbound, order: SourceOrder): Promise<SourceListing> {
  const root = new URL(order.url);
  if (!root.pathname.endsWith('/')) root.pathname += '/';
  const addresses = new Map<string, URL>();
  const items: SourceItem[] = [];
  const left: string[] = [];
  const folders = new Map([[root.pathname, root]]);
  for (const folder of folders.values()) {
    for await (const { address, path, isFolder, version, size } of entriesIn(await propfind(folder), folder, root)) {
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
    const { headers = {}, body }: { headers?: Record<string, string>; body?: string } =
      method === 'PROPFIND' ? PROPFIND : {};
    try {
      return await outbound.request(address, {
        method,
        headers: { ...headers, ...(authorization !== null && { authorization }) },
        ...(body !== undefined && { body }),
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
