// The functions on regular expressions: match, test, capture, scan, split, splits, sub, gsub.
import { add } from '../arithmetic.ts';
import { collect, type Emit, type Filter, type Frame, many } from '../compile/filter.ts';
import type { Context } from '../compile/scope.ts';
import { Failure } from '../errors.ts';
import { describeValue } from '../json.ts';
import type { Budget } from '../limits.ts';
import { type JsonObject, setKey, typeName, type Value } from '../values.ts';
import { product, type Table } from './define.ts';
import { describeMatches, findMatches, type Match, preparePattern } from './matcher.ts';

interface Request {
  input: Value;
  found: Match[];
}

type Answer = (request: Request, emit: Emit) => void;

/** `name(re)`, `name([re, flags])` and `name(re; flags)`; `extra` flags are always on. */
function searcher(extra: string, answer: Answer, firstOnly = false) {
  return (args: Filter[], { budget }: Context): Filter =>
    many((frame, input, emit) =>
      product(args, frame, input, true, ([pattern = null, flags = null]) =>
        answer({ input, found: search(input, unpack(args, pattern, flags), extra, firstOnly, budget) }, emit),
      ),
    );
}

type Wanted = [pattern: Value, flags: Value];

// One argument may hold both, as [pattern, flags].
function unpack(args: Filter[], pattern: Value, flags: Value): Wanted {
  if (args.length > 1 || typeof pattern === 'string') return [pattern, flags];
  if (!Array.isArray(pattern) || pattern.length === 0) throw new Failure(`${typeName(pattern)} not a string or array`);
  return [pattern[0] ?? null, pattern[1] ?? null];
}

function search(input: Value, [pattern, flags]: Wanted, extra: string, firstOnly: boolean, budget: Budget): Match[] {
  if (typeof input !== 'string') throw new Failure(`${describeValue(input)} cannot be matched, as it is not a string`);
  if (typeof pattern !== 'string') {
    throw new Failure(`${describeValue(pattern)} cannot be matched, as it is not a string`);
  }
  if (flags !== null && typeof flags !== 'string') throw new Failure(`${describeValue(flags)} is not a string`);
  const prepared = preparePattern(pattern, (flags ?? '') + extra, budget);
  return findMatches(input, prepared, prepared.global && !firstOnly, budget);
}

function emitMatches({ input, found }: Request, emit: Emit): void {
  for (const match of describeMatches(String(input), found)) emit(match);
}

/** The named groups of a match. */
function captured(match: Match): JsonObject {
  const made: JsonObject = {};
  for (const { name, text } of match.groups) if (name !== null) setKey(made, name, text);
  return made;
}

function emitScan({ found }: Request, emit: Emit): void {
  for (const { text, groups } of found) emit(groups.length > 0 ? groups.map((group) => group.text) : text);
}

function pieces({ input, found }: Request): string[] {
  const text = String(input);
  let from = 0;
  const parts = found.map((match) => {
    const part = text.slice(from, match.start);
    from = match.end;
    return part;
  });
  return [...parts, text.slice(from)];
}

// Several outputs of the replacement give several results side by side, not every combination.
function substitute(input: Value, found: Match[], replacement: Filter, frame: Frame, budget: Budget, emit: Emit): void {
  if (typeof input !== 'string') throw new Failure(`${describeValue(input)} cannot be matched, as it is not a string`);
  const results: Value[] = [];
  let from = 0;
  for (const match of found) {
    const gap = input.slice(from, match.start);
    collect(replacement, frame, captured(match)).forEach((text, i) => {
      if (typeof text !== 'string') {
        throw new Failure(`${describeValue(captured(match))} cannot be added to a string: ${typeName(text)}`);
      }
      results[i] = add(budget, results[i] ?? null, gap + text);
    });
    from = match.end;
  }
  if (results.length === 0) emit(input);
  for (const result of results) emit(add(budget, result, input.slice(from)));
}

function substitution(extra: string) {
  return ([pattern, replacement, flags]: Filter[], { budget }: Context): Filter => {
    if (!pattern || !replacement) throw new Error('missing argument');
    const args = flags ? [pattern, flags] : [pattern];
    return many((frame, input, emit) =>
      product(args, frame, input, false, ([re = null, given = null]) =>
        substitute(input, search(input, [re, given], extra, false, budget), replacement, frame, budget, emit),
      ),
    );
  };
}

const match = searcher('', emitMatches);
const test = searcher('', ({ found }, emit) => emit(found.length > 0), true);
const capture = searcher('', ({ found }, emit) => found.forEach((item) => void emit(captured(item))));
const scan = searcher('g', emitScan);
const split = searcher('g', (request, emit) => emit(pieces(request)));
const splits = searcher('g', (request, emit) => pieces(request).forEach((part) => void emit(part)));

export const regex: Table = {
  'match/1': match,
  'match/2': match,
  'test/1': test,
  'test/2': test,
  'capture/1': capture,
  'capture/2': capture,
  'scan/1': scan,
  'scan/2': scan,
  'split/2': split,
  'splits/1': splits,
  'splits/2': splits,
  'sub/2': substitution(''),
  'sub/3': substitution(''),
  'gsub/2': substitution('g'),
  'gsub/3': substitution('g'),
};
