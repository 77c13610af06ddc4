/**
 * Stacks that name what somebody has written, where the code runs from files that were made of it (`scripts/bundle-server.ts`).
 * Node could do so itself (`--enable-source-maps`), but would read all maps, and keep them; here that of a file is read when
 * an error of it is first looked at.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

const PLACE = /(?<file>file:\/\/[^\s()]+):(?<line>\d+):(?<column>\d+)/;

/** For all errors from now on; `folder` is where the files that were made and their maps lie. */
export function showSources(folder: URL): void {
  const maps = new Map<string, SourceMap | null>();
  Error.prepareStackTrace = (error, sites) =>
    [sentenceOf(error), ...sites.map((site) => `    at ${sourceOf(String(site))}`)].join('\n');

  function sourceOf(frame: string): string {
    return frame.replace(PLACE, (place, file: string, line: string, column: string) => {
      if (!file.startsWith(folder.href)) return place;
      const found = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1);
      // Some of what was made stands in no source.
      if (!found || !('originalSource' in found) || typeof found.originalSource !== 'string') return place;
      return `${new URL(found.originalSource, file).href}:${found.originalLine + 1}:${found.originalColumn + 1}`;
    });
  }

  function mapOf(file: string): SourceMap | null {
    const known = maps.get(file);
    if (known !== undefined) return known;
    const read = readMap(file);
    maps.set(file, read);
    return read;
  }
}

function readMap(file: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(file)}.map`, 'utf8')));
  } catch {
    // Then the stack names the file that it has.
    return null;
  }
}

/** An error may be anything, and have a name that throws. */
function sentenceOf(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
