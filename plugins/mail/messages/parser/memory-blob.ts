/**
 * A Blob that is nothing but its bytes, for the parser's thread. postal-mime collects each part of a message line by
 * line and joins the lines through a Blob; Node's keeps every line outside of the heap and reads them back
 * asynchronously, which was half of the parser's work.
 */
type Piece = string | ArrayBuffer | ArrayBufferView;

export class MemoryBlob {
  readonly #pieces: Uint8Array[];
  readonly type: string;

  constructor(pieces: readonly Piece[] = [], { type = '' }: { type?: string } = {}) {
    this.#pieces = pieces.map(bytesOf);
    this.type = type;
  }

  get size(): number {
    return this.#pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** A copy that shares nothing with the pieces. */
  async arrayBuffer(): Promise<ArrayBuffer> {
    const joined = new Uint8Array(this.size);
    let end = 0;
    for (const piece of this.#pieces) {
      joined.set(piece, end);
      end += piece.length;
    }
    return joined.buffer;
  }
}

const NEWLINE = Uint8Array.of(0x0a);

function bytesOf(piece: Piece): Uint8Array {
  if (piece === '\n') return NEWLINE;
  if (typeof piece === 'string') return Buffer.from(piece);
  if (ArrayBuffer.isView(piece)) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  return new Uint8Array(piece);
}
