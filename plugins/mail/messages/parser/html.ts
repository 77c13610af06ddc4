/**
 * What an HTML mail says and where it leads, read once from left to right: each character is looked at a fixed number of
 * times, whatever the sender wrote. Not for showing: markup is cut, not cleaned. Ours, and not `htmlparser2`, which looks through
 * all open elements at each end tag: 280 KB of `<b>` and then `</i>` take it a hundred times as long as these.
 */
import { lazily } from '#core/thread-kit.ts';
import { createScanner, type Scanner } from './scanner.ts';

const entities = lazily<typeof import('entities')>('entities', import.meta.url);
/** HTML beyond this is neither text nor links. */
const MAX_HTML = 500_000;
const MAX_TEXT = 500_000;
const MAX_LINKS = 100;
const MAX_LINK = 2_000;
/** The beginning of a tag, in which its attributes are looked for. */
const MAX_TAG = 4_000;

/** Elements that hold no text. */
const SILENT = new Set(['style', 'script', 'head', 'title', 'template']);
/** Elements whose end (or presence) ends a line. */
const LINES = new Set(['br', '/p', '/div', '/tr', '/li', '/h1', '/h2', '/h3', '/h4', '/h5', '/h6']);
const TAG_NAME = /^\/?[a-z][a-z0-9]{0,20}/;
const HREF = /\bhref\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;
const URL_IN_TEXT = /https?:\/\/[^\s<>"')\]]{1,2000}/g;

/** The text without its markup, lines where the HTML breaks them. */
export function textOf(html: string, scanner: Scanner = createScanner(html.slice(0, MAX_HTML))): string {
  const pieces: string[] = [];
  walk(scanner, {
    text: (piece) => void pieces.push(piece),
    tag: (name) => void pieces.push(LINES.has(name) ? '\n' : ' '),
  });
  return entities()
    .decodeHTML(pieces.join(''))
    .replace(/[ \t\u00a0]+/g, ' ')
    .trim();
}

/** Where the mail leads: links of its HTML first, then addresses in its text; each once, a hundred at most. */
export function linksOf(
  html: string,
  text: string,
  scanner: Scanner = createScanner(html.slice(0, MAX_HTML)),
): string[] {
  const found = new Set<string>();
  walk(scanner, {
    text: () => {},
    tag: (name, whole) => {
      if (name !== 'a' || found.size >= MAX_LINKS) return;
      const [, double, single, bare] = HREF.exec(whole.slice(0, MAX_TAG)) ?? [];
      const link = entities()
        .decodeHTMLAttribute(double ?? single ?? bare ?? '')
        .trim();
      if (/^https?:\/\/./i.test(link) && link.length <= MAX_LINK) found.add(link);
    },
  });
  for (const [link] of text.slice(0, MAX_TEXT).matchAll(URL_IN_TEXT)) {
    if (found.size >= MAX_LINKS) break;
    found.add(link);
  }
  return [...found];
}

interface Visitor {
  text(piece: string): void;
  /** The name is lower-case, with its slash; '' for comments and declarations. */
  tag(name: string, whole: string): void;
}

function walk(scanner: Scanner, visitor: Visitor): void {
  const { text } = scanner;
  let at = 0;
  while (at < text.length) {
    const open = scanner.find('<', at);
    const start = open < 0 ? text.length : open;
    if (start > at) visitor.text(text.slice(at, start));
    if (open < 0) return;
    const end = endOfTag(scanner, open);
    // Nothing closes it, so nothing closes a later one either: the rest is no text that anybody sees.
    if (end < 0) return;
    const name = TAG_NAME.exec(text.slice(open + 1, open + 24).toLowerCase())?.[0] ?? '';
    visitor.tag(name, text.slice(open, Math.min(end, open + MAX_TAG)));
    at = afterSilent(scanner, name, end);
  }
}

/** Where the tag or comment that begins here ends; -1 when it does not. */
export function endOfTag(scanner: Scanner, open: number): number {
  if (scanner.text.startsWith('<!--', open)) {
    const closed = scanner.find('-->', open + 4);
    if (closed >= 0) return closed + 3;
  }
  const end = scanner.find('>', open);
  return end < 0 ? -1 : end + 1;
}

/** Behind the end tag of an element without text; an element that is never closed is passed over as a tag alone. */
export function afterSilent(scanner: Scanner, name: string, from: number): number {
  if (!SILENT.has(name)) return from;
  const closed = scanner.find(`</${name}`, from);
  if (closed < 0) return from;
  const end = scanner.find('>', closed);
  return end < 0 ? scanner.text.length : end + 1;
}
