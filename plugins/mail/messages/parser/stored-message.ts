/** What is stored of a message when it comes in: all that was found in it, but for long texts, which are found anew when read. */
import { type ParsedMessage, parseMessage } from './parse.ts';

export interface StoredMessage extends ParsedMessage {
  /** Its text and HTML are empty here: they are in its bytes, and would be stored twice. */
  isLong: boolean;
}

/** Longer ones take the database more than reading them again takes a thread. */
const LONG_CHARACTERS = 32 * 1024;

export async function storedMessage(raw: Uint8Array): Promise<StoredMessage> {
  const parsed = await parseMessage(raw);
  const isLong = parsed.text.length + parsed.html.length > LONG_CHARACTERS;
  return { ...parsed, ...(isLong && { text: '', html: '' }), isLong };
}

/** The texts of one that is long. */
export async function textsOf(raw: Uint8Array): Promise<{ text: string; html: string }> {
  const { text, html } = await parseMessage(raw);
  return { text, html };
}
