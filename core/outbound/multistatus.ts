/** What a folder over WebDAV says that it holds (RFC 4918): how it is asked, and what stands in its answer, whoever gave it. */
import { setImmediate } from 'node:timers/promises';
import { has, partsOf, textIn } from './xml.ts';

export interface FolderEntry {
  address: URL;
  /** Below the root, as people write it. */
  path: string;
  isFolder: boolean;
  /** What changes when it does; '' when nothing says so. */
  version: string;
  /** 0 where none is told. */
  size: number;
}

export const MULTI_STATUS = 207;
export const PROPFIND = {
  headers: { depth: '1', 'content-type': 'application/xml; charset=utf-8' },
  body: '<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><getetag/><getlastmodified/><getcontentlength/></prop></propfind>',
};
/** Of one folder: so large an answer has fewer, where they are real. */
const MOST_ENTRIES = 50_000;
/** Others have their turn between so many entries. */
const ENTRIES_AT_ONCE = 200;

export function isMultistatus(xml: string): boolean {
  return has(xml, 'multistatus');
}

/** What lies in the folder, and below the root: an answer may name anything, and behind a proxy it names another host. */
export async function* entriesIn(xml: string, folder: URL, root = folder): AsyncGenerator<FolderEntry> {
  for (const [place, part] of partsOf(xml, 'response', MOST_ENTRIES).entries()) {
    if (place % ENTRIES_AT_ONCE === 0) await setImmediate();
    const href = textIn(part, 'href');
    if (!URL.canParse(href, folder.href)) continue;
    const { pathname, search } = new URL(href, folder);
    if (!pathname.startsWith(root.pathname) || withoutSlash(pathname) === withoutSlash(folder.pathname)) continue;
    const isFolder = has(part, 'collection');
    const address = new URL(root);
    address.pathname = isFolder && !pathname.endsWith('/') ? `${pathname}/` : pathname;
    address.search = search;
    const size = Number(textIn(part, 'getcontentlength') || 0);
    const version = textIn(part, 'getetag') || `${textIn(part, 'getlastmodified')} ${size}`.trim();
    const path = decoded(address.pathname.slice(root.pathname.length));
    yield { address, path, isFolder, size, version: version.slice(0, 300) };
  }
}

function withoutSlash(pathname: string): string {
  return pathname.replace(/\/$/, '');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
