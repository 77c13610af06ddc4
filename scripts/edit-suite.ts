// Edits the examples of a specification as people do in the graph: `node scripts/edit-suite.ts path/to/dsl-reference.md …`.
// Takes the YAML blocks of Markdown and of feature files that are definitions or tasks, writes each in every way that the
// tests know, and does with each of its tasks everything that can be done, with the assertions of the tests of the editor.
// EDIT_SEED=7 draws other places and values. Exit code 1 when one fails.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { actionsIn } from '#test/plugins/workflows/editor/actions.ts';
import { checked } from '#test/plugins/workflows/editor/checks.ts';
import type { Written } from '#test/plugins/workflows/editor/definitions.ts';
import { HANDS } from '#test/plugins/workflows/editor/hands.ts';
import { KINDS } from '../plugins/workflows/ui/graph/tasks.ts';

const BLOCK = /^([ \t]*)(?:```|""")ya?ml[ \t]*\n([\s\S]*?)^[ \t]*(?:```|""")[ \t]*$/gm;
const HEAD = `document: { dsl: '1.0.0', namespace: tests, name: one-task, version: '1.0.0' }\n`;

interface Found {
  definitions: Written[];
  /** Where blocks stand that no YAML can be read from. */
  unreadable: string[];
  others: number;
}

function blocksOf(path: string): Written[] {
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  return [...text.matchAll(BLOCK)].map(({ 1: indent = '', 2: block = '', index }) => ({
    name: `${path}:${text.slice(0, index).split('\n').length + 1}`,
    text: block
      .split('\n')
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
      .join('\n'),
  }));
}

/** A definition as it stands, a task as the only one of a definition; null for anything else. */
function definitionOf(text: string): string | null {
  const value: unknown = parse(text);
  if (typeof value !== 'object' || value === null) return null;
  if ('document' in value && 'do' in value) return text;
  if (!KINDS.some((kind) => Object.hasOwn(value, kind))) return null;
  return `${HEAD}do:\n  - task:\n${text.replaceAll(/^(?=.)/gm, '      ')}`;
}

function found(paths: readonly string[]): Found {
  const result: Found = { definitions: [], unreadable: [], others: 0 };
  for (const { name, text } of paths.flatMap(blocksOf)) {
    try {
      const definition = definitionOf(text);
      if (definition === null) result.others += 1;
      else result.definitions.push({ name, text: definition });
    } catch {
      result.unreadable.push(name);
    }
  }
  return result;
}

/** Numbers that are the same for the same seed (mulberry32). */
function drawing(seed: number): (size: number) => number {
  let state = seed;
  return (size) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % size;
  };
}

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('usage: node scripts/edit-suite.ts path/to/dsl-reference.md path/to/do.feature …');
  process.exit(2);
}
const { definitions, unreadable, others } = found(paths);
const pick = drawing(Number(process.env.EDIT_SEED ?? 1));
let edits = 0;
let failures = 0;
for (const { name, text } of definitions)
  for (const [hand, write] of Object.entries(HANDS)) {
    const written = write(text);
    for (const action of actionsIn(written, pick).flat()) {
      edits += 1;
      try {
        checked(written, action);
      } catch (error) {
        failures += 1;
        console.log(`${name} ${hand}: ${error instanceof Error ? error.message : error}\n`);
      }
    }
  }
for (const name of unreadable) console.log(`${name}: no YAML`);
console.log(
  `${definitions.length} definitions, ${edits} edits, ${failures} failures; ${others} blocks are something else`,
);
if (definitions.length === 0 || failures > 0) process.exitCode = 1;
