/** Files that a page of the docs shows, written into a plugin: whole ones, and changes of those that are there. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './command-line.ts';

const BLOCKS = /^```(?<kind>\w+) title="(?<file>[^"]+)"\n(?<text>.*?)^```$/gms;

/** Does what the page shows in the folder of a plugin; gives how many lines that adds. */
export function followGuide(page: string, folder: string): number {
  let added = 0;
  for (const { groups = {} } of readFileSync(join(ROOT, 'docs', page), 'utf8').matchAll(BLOCKS)) {
    const { kind, file = '', text = '' } = groups;
    const target = join(folder, file);
    if (kind !== 'diff') {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
      added += linesOf(text).length;
      continue;
    }
    const before = readFileSync(target, 'utf8');
    const after = changed(before, text, file);
    writeFileSync(target, after);
    added += linesOf(after).length - linesOf(before).length;
  }
  return added;
}

/** Lines with `-` are replaced by those with `+` that follow. */
function changed(before: string, diff: string, file: string): string {
  let text = before;
  for (const { groups = {} } of diff.matchAll(/^-(?<old>.*)\n(?<fresh>(?:\+.*\n)+)/gm)) {
    const { old = '', fresh = '' } = groups;
    assert.ok(text.includes(`${old}\n`), `${file} has no line: ${old}`);
    text = text.replace(`${old}\n`, () => fresh.replace(/^\+/gm, ''));
  }
  return text;
}

function linesOf(text: string): string[] {
  return text.trimEnd().split('\n');
}
