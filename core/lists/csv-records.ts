/**
 * The records of a CSV file, one after the other and in small slices, so that a large file holds up nobody else. Problems
 * are said with the line they are in.
 */
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { lazily } from '../loading/lazily.ts';

const csvParse = lazily<typeof import('csv-parse')>('csv-parse', import.meta.url);

export interface CsvRecord {
  cells: Record<string, string>;
  /** Counted from 1; of a record with line breaks in it the last one. */
  line: number;
}

/** What is wrong with the file as a whole. */
export class CsvProblem extends Error {
  readonly line: number;
  constructor(line: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.line = line;
  }
}

/** About two milliseconds of work. */
const SLICE_BYTES = 16 * 1024;
const LINE_FEED = 0x0a;
/** The first line names the columns. */
const LONGEST_HEAD = 64 * 1024;
const LONGEST_RECORD = 64 * 1024;

/** Throws `CsvProblem`. */
export async function* recordsOf(bytes: Buffer, longest = LONGEST_RECORD): AsyncGenerator<CsvRecord> {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') throw new CsvProblem(1, 'the file is UTF-16; save it as "CSV UTF-8"');
  const parser = csvParse().parse({
    columns: true,
    bom: true,
    delimiter: delimiterOf(bytes),
    info: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: longest,
  });
  const source = Readable.from(slicesOf(bytes));
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const { record, info } of parser) yield { cells: record, line: info.lines };
  } catch (cause) {
    if (!(cause instanceof csvParse().CsvError)) throw cause;
    throw new CsvProblem(Number(cause.lines ?? 0), cause.message, cause);
  } finally {
    source.destroy();
  }
}

/** Others have their turn between two slices. Throws `CsvProblem` for what is not UTF-8. */
async function* slicesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let start = 0, line = 1; start < bytes.length; start += SLICE_BYTES) {
    const slice = bytes.subarray(start, start + SLICE_BYTES);
    try {
      decoder.decode(slice, { stream: start + SLICE_BYTES < bytes.length });
    } catch (cause) {
      throw new CsvProblem(line, 'the file is not UTF-8; save it as "CSV UTF-8"', cause);
    }
    yield slice;
    for (const byte of slice) if (byte === LINE_FEED) line++;
    await setImmediate();
  }
}

/** What a spreadsheet of another habit writes: all cells of the first line tell. */
function delimiterOf(bytes: Buffer): string {
  const [head = ''] = bytes.subarray(0, LONGEST_HEAD).toString('utf8').split(/\r?\n/, 1);
  if (head.includes(',')) return ',';
  return [';', '\t'].find((one) => head.includes(one)) ?? ',';
}
