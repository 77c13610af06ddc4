// Runs jq's own test files against the interpreter of workflows: `node scripts/jq-suite.ts path/to/jq.test …`.
// The files are in jq's source release, in tests/. Exit code 1 when less than 99 % of a file's cases pass.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { compileJq, JqError, JqSyntaxError } from '../plugins/workflows/jq/index.ts';

const WANTED_SHARE = 0.99;

interface Case {
  line: number;
  program: string;
  /** null where the program must not compile */
  run: { input: string; outputs: string[] } | null;
}

/** Groups of lines: a program, its input, its outputs; after `%%FAIL` a program and the message of its syntax error. */
function readCases(text: string): Case[] {
  const groups: { line: number; lines: string[] }[] = [{ line: 1, lines: [] }];
  text.split('\n').forEach((line, i) => {
    if (line.startsWith('#')) return;
    if (line.trim() === '') groups.push({ line: i + 2, lines: [] });
    else groups.at(-1)?.lines.push(line);
  });
  return groups.flatMap(({ line, lines }): Case[] => {
    const [first = '', second = '', ...rest] = lines;
    if (first === '') return [];
    if (first.startsWith('%%FAIL')) return [{ line, program: second, run: null }];
    return [{ line, program: first, run: { input: second, outputs: rest } }];
  });
}

/** What this interpreter has not on purpose: modules, further inputs and the environment. */
function isOutOfScope({ program }: Case): boolean {
  const code = program.replace(/"(\\.|[^"\\])*"/g, '""');
  return /^(import|include|module) |\bmodulemeta\b|\binputs?\b|\$ENV\b|\benv\b|\$__prog_args\b/.test(code);
}

const parse = compileJq('fromjson');

/** A value as JSON has it: nan and the infinities are null. */
function fromText(text: string): unknown {
  return JSON.parse(JSON.stringify(parse(text.replace(/^\uFEFF/, ''))[0]));
}

function outputsOf(program: string, input: unknown): unknown[] {
  try {
    return compileJq(program)(input);
  } catch (error) {
    if (!(error instanceof JqError)) throw error;
    // An error ends the outputs; those before it still count.
    return compileJq(`(${program})?`)(input);
  }
}

/** What went wrong, or null. */
function failure({ program, run }: Case): string | null {
  try {
    if (run === null) {
      compileJq(program);
      return 'compiles, and should not';
    }
    const input = parse(run.input.replace(/^\uFEFF/, ''))[0];
    const found: unknown = JSON.parse(JSON.stringify(outputsOf(program, input)));
    const expected = run.outputs.map(fromText);
    if (isDeepStrictEqual(found, expected)) return null;
    return `expected ${JSON.stringify(expected)}\n  found    ${JSON.stringify(found)}`;
  } catch (error) {
    if (run === null && error instanceof JqSyntaxError) return null;
    return String(error);
  }
}

function runFile(path: string): boolean {
  const all = readCases(readFileSync(path, 'utf8'));
  const cases = all.filter((one) => !isOutOfScope(one));
  let passed = 0;
  for (const one of cases) {
    const fault = failure(one);
    if (fault === null) passed++;
    else console.log(`${path}:${one.line}  ${one.program}\n  on       ${one.run?.input}\n  ${fault}\n`);
  }
  const share = passed / cases.length;
  console.log(`${path}: left out ${all.length - cases.length} (modules, further inputs, the environment)`);
  console.log(`${path}: ${passed} of ${cases.length} (${(share * 100).toFixed(1)} %)`);
  return share >= WANTED_SHARE;
}

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('usage: node scripts/jq-suite.ts path/to/jq.test …');
  process.exit(2);
}
if (!paths.map(runFile).every(Boolean)) process.exitCode = 1;
