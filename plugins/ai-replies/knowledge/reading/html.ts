/** HTML as Markdown with its headings; what is for machines or the eye alone is left out. */
import sanitize from 'sanitize-html';
import Turndown from 'turndown';
import { type Block, Unreadable } from './blocks.ts';
import { blocksOfMarkdown } from './markdown.ts';

const KEPT = [
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'p',
  'div',
  'section',
  'article',
  'main',
  'br',
  'hr',
  'blockquote',
  'pre',
  'code',
  'ul',
  'ol',
  'li',
  'dl',
  'dt',
  'dd',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'caption',
  'strong',
  'b',
  'em',
  'i',
  'a',
  'span',
  'details',
  'summary',
  'figcaption',
];
/** With all that is in them. */
const DROPPED = ['style', 'script', 'textarea', 'option', 'noscript', 'nav', 'template', 'svg', 'iframe', 'title'];

/** Elements that are left open one inside the other: the parser's time grows with their square. */
const DEEPEST = 2_000;
/** Those that nobody has to close. */
const LEFT_OPEN = new Set(
  'area base br col embed hr img input link meta source track wbr p li dt dd tr td th thead tbody option'.split(' '),
);

/** Turndown's time grows with the square of a gap. */
const LONG_GAP = /\s{50,10000}/g;

/** Throws `Unreadable` for what is nested too deeply. */
export function blocksOfHtml(source: string): Block[] {
  refuseDeep(source);
  const clean = sanitize(source, {
    allowedTags: KEPT,
    allowedAttributes: {},
    nonTextTags: DROPPED,
    nestingLimit: 200,
  });
  const turndown = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
  turndown.addRule('cell', { filter: ['th', 'td'], replacement: (content) => ` ${content.replaceAll('\n', ' ')} |` });
  turndown.addRule('row', { filter: 'tr', replacement: (content) => `|${content}\n` });
  turndown.addRule('link', { filter: 'a', replacement: (content) => content });
  // Turndown escapes what Markdown would take for its own; nobody writes questions so.
  turndown.escape = (text) => text;
  return blocksOfMarkdown(turndown.turndown(clean.replace(LONG_GAP, '\n\n')));
}

function refuseDeep(source: string): void {
  const open: string[] = [];
  const counts = new Map<string, number>();
  for (const [, end, written = ''] of source.matchAll(/<(\/?)([a-z][a-z0-9]{0,20})/gi)) {
    const name = written.toLowerCase();
    if (LEFT_OPEN.has(name)) continue;
    if (end === '') {
      open.push(name);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    // With an element all end that are open within it; an end of none that is open ends nothing.
    if (end === '/' && (counts.get(name) ?? 0) > 0)
      for (let last: string | undefined; last !== name; ) {
        last = open.pop();
        if (last !== undefined) counts.set(last, (counts.get(last) ?? 0) - 1);
      }
    if (open.length > DEEPEST) throw new Unreadable('Its elements are nested too deeply');
  }
}

/** What the page calls itself; '' when it does not. */
export function titleOf(source: string): string {
  const title = /<title[^>]{0,200}>([^<]{1,300})<\/title>/i.exec(source.slice(0, 100_000))?.[1] ?? '';
  return sanitize(title, { allowedTags: [] }).replaceAll('&amp;', '&').replace(/\s+/g, ' ').trim();
}
