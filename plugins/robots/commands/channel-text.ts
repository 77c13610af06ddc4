/**
 * Text as a channel shows it. Markdown becomes plain text where stars would be shown as stars; what is too long for one
 * message is split at paragraphs, then at sentences (of Chinese too), then at words, then anywhere between two characters.
 */

export interface ChannelText {
  /** Whether it shows Markdown. */
  markdown: boolean;
  /** Longest message, in characters or, where that is what counts, in bytes of UTF-8. */
  limit: number;
  unit: 'characters' | 'bytes';
}

/** Chats of the WorkBot family show plain text, and refuse more than 2 048 bytes. */
const USUAL: ChannelText = { markdown: false, limit: 2_048, unit: 'bytes' };
const CHANNELS = new Map<string, ChannelText>([['telegram', { markdown: false, limit: 4_096, unit: 'characters' }]]);

function channelTextOf(channel: string): ChannelText {
  return CHANNELS.get(channel) ?? USUAL;
}

/** The messages that a text becomes on the channel, in order; none for an empty one. */
export function splitFor(channel: string, text: string): string[] {
  return split(text, channelTextOf(channel));
}

/** The same for Markdown, as models write it. */
export function markdownFor(channel: string, markdown: string): string[] {
  const rules = channelTextOf(channel);
  return split(rules.markdown ? markdown : plainText(markdown), rules);
}

/** Where a message may end, from the best place to the worst. */
const ENDS = [
  /\n{2,}/g,
  /\n/g,
  /[。！？；…]+[”’」』）]*|(?<![.!?;])[.!?;]+["')\]]*(?=\s)/gu,
  /[，、]|[,:](?=\s)/g,
  /\s+/g,
];

export function split(text: string, { limit, unit }: Pick<ChannelText, 'limit' | 'unit'>): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const most = fitting(rest, limit, unit);
    const end = most === rest.length ? most : lastEnd(rest, most);
    const part = rest.slice(0, end).trim();
    if (part !== '') parts.push(part);
    rest = rest.slice(end).trim();
  }
  return parts;
}

/** How many UTF-16 units of the text fit, at least one character; no character is cut in two. */
function fitting(text: string, limit: number, unit: 'characters' | 'bytes'): number {
  const head = text.slice(0, limit * LONGEST_CHARACTER);
  const most = unit === 'bytes' ? unitsIn(head, limit) : limit;
  if (most >= head.length) return head.length;
  const { index = 0, segment = '' } = characters.segment(head).containing(most) ?? {};
  return index > 0 ? index : segment.length;
}

/** How many UTF-16 units of the text fit into so many bytes of UTF-8. */
function unitsIn(text: string, bytes: number): number {
  return encoder.encodeInto(text, new Uint8Array(bytes)).read;
}

const encoder = new TextEncoder();
const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** UTF-16 units of those that somebody writes; a limit of `n` is looked for in so much more text. */
const LONGEST_CHARACTER = 16;

/** The last good place to end within the first `most` units; not so early that most of the message stays empty. */
function lastEnd(text: string, most: number): number {
  const head = text.slice(0, most + 1);
  for (const ends of ENDS) {
    const places = [...head.matchAll(ends)].map((match) => match.index + match[0].length);
    const last = places.findLast((place) => place <= most);
    if (last !== undefined && last >= most / 3) return last;
  }
  return most;
}

const FENCE = /^\s*(?:```|~~~)[^\n]*$/;
const RULE = /^\s{0,3}(?:[-*_]\s*){3,}$/;
/** Of a line without spaces around it. */
const TABLE_RULE = /^\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?$/;

/** Markdown without its marks: links keep their address, lists their points, tables their cells. Code stays as it is. */
export function plainText(markdown: string): string {
  const lines: string[] = [];
  let isCode = false;
  for (const line of markdown.replaceAll('\r\n', '\n').split('\n')) {
    if (FENCE.test(line)) isCode = !isCode;
    else if (isCode) lines.push(line);
    else if (!TABLE_RULE.test(line.trim())) lines.push(RULE.test(line) ? '' : plainLine(line));
  }
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function plainLine(line: string): string {
  const text = withoutHeading(line.replace(/^(\s*)(?:>\s?)+/, '$1')).replace(/^(\s*)[*+-]\s+(?:\[[ xX]\]\s+)?/, '$1• ');
  return withoutTable(inline(text));
}

/** Closing marks are none of its text either. They are counted from the end, since a pattern would try every beginning. */
function withoutHeading(line: string): string {
  const [, text] = /^\s{0,3}#{1,6}\s+(.*)$/.exec(line) ?? [];
  if (text === undefined) return line;
  let end = text.trimEnd().length;
  while (text[end - 1] === '#') end--;
  return text.slice(0, end).trimEnd();
}

function withoutTable(line: string): string {
  if (!/^\s*\|.*\|\s*$/.test(line)) return line;
  return line
    .trim()
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())
    .join('  ');
}

/** What stands between back-ticks, or behind a back-slash, means nothing. */
function inline(line: string): string {
  return line
    .split(/(`+[^`]*`+|\\[\\`*_{}[\]()#+.!|>~-])/)
    .map((part, place) => (place % 2 === 0 ? unmarked(part) : part.replace(/^\\|^`+\s?|\s?`+$/g, '')))
    .join('');
}

/**
 * What is marked is no longer than some hundred characters: a mark that is left open is not looked for to the end of the line.
 * Where an address ends only one place may be, or a bracket that is left open would be looked for from each.
 */
function unmarked(text: string): string {
  return text
    .replace(/!\[([^\][]*)\]\(([^()\s]+)(?:\s[^()]*)?\)/g, (_, name: string, url: string) => linked(name, url))
    .replace(/\[([^\][]+)\]\(([^()\s]+)(?:\s[^()]*)?\)/g, (_, name: string, url: string) => linked(name, url))
    .replace(/<(https?:\/\/[^<>\s]+|mailto:[^<>\s]+)>/g, '$1')
    .replace(/(\*\*|__)(?=\S)(.{0,500}?\S)\1/g, '$2')
    .replace(/~~(?=\S)(.{0,500}?\S)~~/g, '$1')
    .replace(
      /(?<![\p{L}\p{N}*])\*(?=\S)([^*]*[^*\s])\*(?![\p{L}\p{N}*])|(?<=\p{Script=Han})\*(?=\S)([^*]*[^*\s])\*/gu,
      '$1$2',
    )
    .replace(/(?<![\p{L}\p{N}_])_(?=\S)([^_]*[^_\s])_(?![\p{L}\p{N}_])/gu, '$1');
}

function linked(name: string, url: string): string {
  return name === '' || name === url ? url : `${name} (${url})`;
}
