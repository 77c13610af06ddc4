/** PostgreSQL carries at most 8000 bytes in a notification: longer texts travel in pieces and are put together again. */
import { randomUUID } from 'node:crypto';

/** Bytes of a piece's text; its head (`id:index:count:`) has room beside it. */
const PIECE_LENGTH = 7_900;
/** Parts of texts whose rest never came are forgotten, oldest first. */
const MOST_UNFINISHED = 100;

/** The pieces of a JSON text, in order. Everything beyond ASCII is escaped, so that a character is a byte. */
export function inPieces(json: string): string[] {
  const text = json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const id = randomUUID();
  const count = Math.max(1, Math.ceil(text.length / PIECE_LENGTH));
  return Array.from(
    { length: count },
    (_, index) => `${id}:${index}:${count}:${text.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH)}`,
  );
}

export interface Assembler {
  /** The whole text when this was its last piece, else null. Pieces of one text come in order. */
  add(piece: string): string | null;
  clear(): void;
}

export function createAssembler(): Assembler {
  const unfinished = new Map<string, string[]>();

  return {
    add(piece) {
      const [, id = '', index = '', count = '', text = ''] = /^([^:]*):(\d+):(\d+):(.*)$/s.exec(piece) ?? [];
      if (count === '1') return text;
      const pieces = unfinished.get(id) ?? [];
      if (pieces.length !== Number(index)) return null; // its beginning was missed
      pieces.push(text);
      unfinished.set(id, pieces);
      if (pieces.length < Number(count)) {
        for (const oldest of unfinished.keys()) {
          if (unfinished.size <= MOST_UNFINISHED) break;
          unfinished.delete(oldest);
        }
        return null;
      }
      unfinished.delete(id);
      return pieces.join('');
    },
    clear: () => unfinished.clear(),
  };
}
