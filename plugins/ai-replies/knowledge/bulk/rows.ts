/** Documents as rows of CSV or lines of JSON: `name`, and `text` or `url` with `schedule`. */
import { setImmediate } from 'node:timers/promises';
import { CsvProblem, isAppError, recordsOf, sanitizeText } from '#core/kit.ts';
import { nameOfPage } from '../page-address.ts';
import { nextRead } from '../schedule.ts';
import { firstLineOf } from './first-line.ts';

export interface TextRow {
  line: number;
  name: string;
  text: string;
}

export interface PageRow {
  line: number;
  name: string;
  url: string;
  schedule: string | null;
}

export type Row = TextRow | PageRow | { line: number; name: string; problem: string };

/** As long as a text that is sent alone may be. */
const LONGEST_TEXT = 4 * 1024 * 1024;
const LONGEST_NAME = 200;
const LONGEST_URL = 2_000;
/** Others have their turn between so many lines. */
const LINES = 100;
const CELLS = ['name', 'text', 'url', 'schedule'] as const;

type Cells = Partial<Record<(typeof CELLS)[number], string>>;

/** Throws `CsvProblem` for what is wrong with a CSV as a whole. */
export async function* rowsOf(bytes: Buffer, now: number): AsyncGenerator<Row> {
  if (isJson(bytes)) yield* rowsOfJson(bytes, now);
  else
    for await (const { cells, line } of recordsOf(bytes, LONGEST_TEXT)) {
      if (!Object.hasOwn(cells, 'text') && !Object.hasOwn(cells, 'url'))
        throw new CsvProblem(1, 'there is neither a column `text` nor a column `url`');
      yield rowOf(Object.fromEntries(CELLS.map((name) => [name, withoutEscape(cells[name])])), line, now);
    }
}

/** Lines of JSON begin with a brace, and the first line of a CSV names its columns. */
function isJson(bytes: Buffer): boolean {
  return bytes
    .subarray(0, 1_000)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
    .startsWith('{');
}

async function* rowsOfJson(bytes: Buffer, now: number): AsyncGenerator<Row> {
  let [line, start] = [0, 0];
  while (start < bytes.length) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    const written = bytes.subarray(start, end);
    start = end + 1;
    line++;
    if (written.length > 2 * LONGEST_TEXT) yield { line, name: '', problem: 'The line is too long' };
    else if (written.length > 0) {
      const text = written
        .toString('utf8')
        .replace(/^\ufeff/, '')
        .trim();
      if (text !== '') yield rowOf(cellsOf(text), line, now);
    }
    if (line % LINES === 0) await setImmediate();
  }
}

/** Null for what is no object whose values are texts. */
function cellsOf(json: string): Cells | null {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const cells = CELLS.map((name) => [name, Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined]);
    const given = cells.filter(([, cell]) => cell !== undefined && cell !== null);
    return given.every(([, cell]) => typeof cell === 'string') ? Object.fromEntries(given) : null;
  } catch {
    return null;
  }
}

function rowOf(cells: Cells | null, line: number, now: number): Row {
  if (cells === null) return { line, name: '', problem: 'The line is no JSON object with texts as its values' };
  const { name = '', text = '', url = '', schedule = '' } = cells;
  const named = sanitizeText(name, LONGEST_NAME)
    .replace(/[\x00-\x1f\x7f]/g, ' ')
    .trim();
  const wrong = (problem: string): Row => ({ line, name: named, problem });
  if ((text.trim() === '') === (url === '')) return wrong('It has to have either a `text` or a `url`');
  if (url === '') {
    if (schedule !== '') return wrong('Only pages of the web have a `schedule`');
    if (Buffer.byteLength(text) > LONGEST_TEXT) return wrong('Its text is longer than 4 MB');
    return { line, name: named || firstLineOf(text), text: sanitizeText(text, text.length) };
  }
  if (!/^https?:\/\/[^\0]+$/.test(url) || url.length > LONGEST_URL) return wrong('Its `url` is no address of the web');
  const problem = schedule === '' ? null : scheduleProblem(schedule, now);
  if (problem !== null) return wrong(problem);
  return { line, name: named || nameOfPage(url).slice(0, LONGEST_NAME), url, schedule: schedule || null };
}

function scheduleProblem(schedule: string, now: number): string | null {
  try {
    nextRead(schedule, now);
    return schedule.length <= 100 ? null : 'Its `schedule` is too long';
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.message;
  }
}

/** An export puts an apostrophe before what a spreadsheet would run. */
function withoutEscape(cell: string | undefined): string | undefined {
  return cell?.replace(/^'(?=[=+\-@\t\r])/, '');
}
