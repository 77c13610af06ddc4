/**
 * Bytes as text. Who has sent them may say how it is written: by a mark at the beginning, in the type (`text/html;
 * charset=iso-8859-1`), in the page itself; else it is UTF-8, or what old programs of China or of Western Europe write.
 * (WHATWG Encoding; HTML 13.2.3.2 "Determining the character encoding")
 */
import { Unreadable } from './blocks.ts';

/** In which a page says it of itself (HTML 4.2.5.4). */
const META_BYTES = 1_024;
const META = /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]{2,40})/i;
const LATIN = /[A-Za-z]/;
const HAN = /\p{Script=Han}/u;
/** Of what is no text, more are control characters. */
const MOST_CONTROLS = 0.02;

/** `sentAs` is the type that came with it, with its parameters. Throws `Unreadable` for what is no text. */
export function textOf(bytes: Buffer, sentAs: string): string {
  const said = [markOf(bytes), charsetOf(sentAs), META.exec(bytes.toString('latin1', 0, META_BYTES))?.[1] ?? null];
  for (const charset of [...said, 'utf-8']) {
    const text = charset === null ? null : decoded(bytes, charset);
    if (text !== null) return text;
  }
  const chinese = decoded(bytes, 'gb18030');
  const western = decoded(bytes, 'windows-1252');
  const text = chinese !== null && !isWesternReadAsChinese(chinese) ? chinese : western;
  if (text === null || hasManyControls(text))
    throw new Unreadable('It is neither text nor a document of a kind that is read');
  return text;
}

/** The parameter of a media type (RFC 9110 §8.3.1), in lower case; null without one. */
export function charsetOf(sentAs: string): string | null {
  return /;\s*charset\s*=\s*"?([\w:.-]{2,40})/i.exec(sentAs)?.[1]?.toLowerCase() ?? null;
}

function markOf(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
}

/** Null when it is not written so, or nobody knows how that is. */
function decoded(bytes: Buffer, charset: string): string | null {
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

/** Two letters of a Western word (the umlaut of "Geöffnet" and the one behind it) become one Chinese character in its middle. */
function isWesternReadAsChinese(text: string): boolean {
  let [all, within] = [0, 0];
  const letters = [...text];
  for (const [place, letter] of letters.entries()) {
    if (!HAN.test(letter)) continue;
    all++;
    const neighbours = [letters[place - 1] ?? '', letters[place + 1] ?? ''];
    if (neighbours.some((one) => LATIN.test(one)) && !neighbours.some((one) => HAN.test(one))) within++;
  }
  return all > 0 && within > all / 2;
}

function hasManyControls(text: string): boolean {
  const controls = text.match(/[^\P{Cc}\t\n\r\f]/gu)?.length ?? 0;
  return controls > text.length * MOST_CONTROLS;
}
