/** Elements of XML by their local names, for documents in which what is read holds nothing but text. Each is one pass. */
import { lazily } from '../loading/lazily.ts';

const entities = lazily<typeof import('entities')>('entities', import.meta.url);

/** What stands between the beginning and the end of each such element, of so many at most; those within it are not among them. */
export function partsOf(xml: string, name: string, most = Number.POSITIVE_INFINITY): string[] {
  const begin = new RegExp(`<(?:[\\w.-]{1,40}:)?${name}(?:\\s[^<>]{0,2000})?>`, 'g');
  const end = new RegExp(`</(?:[\\w.-]{1,40}:)?${name}\\s{0,20}>`, 'g');
  const parts: string[] = [];
  for (let opened = begin.exec(xml); opened && parts.length < most; opened = begin.exec(xml)) {
    end.lastIndex = begin.lastIndex;
    const closed = end.exec(xml);
    if (!closed) break;
    parts.push(xml.slice(begin.lastIndex, closed.index));
    begin.lastIndex = end.lastIndex;
  }
  return parts;
}

/** The text of the first such element; '' without one. */
export function textIn(xml: string, name: string): string {
  const [part = ''] = partsOf(xml, name, 1);
  const text = /^\s*<!\[CDATA\[([\s\S]*?)\]\]>\s*$/.exec(part)?.[1] ?? entities().decodeXML(part);
  return text.trim();
}

export function has(xml: string, name: string): boolean {
  return new RegExp(`<(?:[\\w.-]{1,40}:)?${name}(?:\\s[^<>]{0,2000})?/?>`).test(xml);
}
