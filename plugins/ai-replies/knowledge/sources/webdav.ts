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
/** In a row. */
const MOST_FAILURES = 5;
const ANSWER_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

export async function listWebdav(outbound: Outbound, order: SourceOrder): Promise<SourceListing> {
  const root = new URL(order.url);
  if (!root.pathname.endsWith('/')) root.pathname += '/';
  const addresses = new Map<string, URL>();
  const items: SourceItem[] = [];
  const left: string[] = [];
  const unseen = new Set<string>();
  const folders = new Map([[root.pathname, root]]);
  const folderPaths = new Map<string, string>();
  for (const folder of folders.values()) {
    const answer = await propfind(folder);
    if (typeof answer !== 'string') {
      left.push(`${answer.path} answers with status ${answer.status}`);
      // One that went away meanwhile holds nothing.
      if (answer.status !== 404) unseen.add(answer.path);
      continue;
    }
    for await (const { address, path, isFolder, version, size } of entriesIn(answer, folder, root)) {
      if (/(?:^|\/)\./.test(path)) continue;
      if (isFolder) {
        folderPaths.set(address.pathname, path);
        if (folders.size < MOST_FOLDERS) folders.set(address.pathname, address);
        else if (!folders.has(address.pathname)) leave('', `More than ${MOST_FOLDERS} folders`);
      } else if (!path.startsWith(order.within) || addresses.has(path)) continue;
      else if (size > order.maxFileBytes) leave(path, `${path} is too large`);
      else if (items.length >= MOST_ITEMS) leave('', `More than ${MOST_ITEMS} files`);
      else {
        items.push({ path, version });
        addresses.set(path, address);
      }
    }
  }
  return { items, arePages: false, version: '', left: [...new Set(left)], unseen, files, close() {} };

  function leave(path: string, why: string): void {
    left.push(why);
    unseen.add(path);
  }

  async function* files(wanted: readonly SourceItem[]): AsyncGenerator<SourceFile> {
    let failures = 0;
    for (const item of wanted) {
      const address = addresses.get(item.path);
      if (!address) continue;
      const answer = await request('GET', address, order.maxFileBytes).catch((error: unknown) => {
        // One file may be larger than was said, or break off; when so many do, the server is gone.
        if (!(error instanceof SourceProblem) || ++failures >= MOST_FAILURES) throw error;
        return error.message;
      });
      if (typeof answer === 'string') {
        yield { ...item, problem: `${item.path}: ${answer}` };
        continue;
      }
      failures = 0;
      if (answer.status === 404) continue;
      yield answer.status === 200
        ? { ...item, bytes: answer.body }
        : { ...item, problem: `${item.path} answers with status ${answer.status}` };
    }
  }

  /** What lies in it; of one below the first, why nobody may know: the others are read all the same. */
  async function propfind(folder: URL): Promise<string | { path: string; status: number }> {
    const answer = await request('PROPFIND', folder, ANSWER_BYTES);
    const { status } = answer;
    if (status !== MULTI_STATUS && folder.pathname !== root.pathname)
      return { path: folderPaths.get(folder.pathname) ?? '', status };
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
