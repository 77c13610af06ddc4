/** A value inside of a text made into another one, by changing what differs and nothing else. */
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { endBefore } from './block-texts.ts';
import { differences, type Path, type Step } from './differences.ts';
import { insertedItem, removedItem } from './items.ts';
import { isMeant } from './meaning.ts';
import { applied, type Change, columnOf, contentEnd, lineEnd, lineStart, shifted } from './text.ts';
import { blockLines, inlineText, isInline, isLiteral, type Style, scalarText } from './write.ts';

/** The text with another value at a path; null where people have to write it. `undefined` takes it away. */
export function withValue(text: string, path: Path, value: unknown, how: Style): string | null {
  const document = parseDocument(text);
  if (document.errors.length > 0) return null;
  if (throughAlias(document.contents, path)) return null;
  const found = nodeAt(document.contents, path);
  const after = written();
  return after !== null && isMeant(document, after, path, value) ? after : null;

  function written(): string | null {
    if (value === undefined) return found === undefined ? text : done(text, [{ kind: 'remove', path }], how);
    if (found === undefined) return done(text, [{ kind: 'insert', path, value }], how);
    // An alias inside may stand for what is written outside of this text.
    if (isNode(found) && hasAliases(found)) return null;
    const before: unknown = isNode(found) ? found.toJS(document) : found;
    return done(text, differences(before, value, path), how);
  }
}

function done(text: string, steps: readonly Step[], how: Style): string | null {
  let current = text;
  for (const step of steps) {
    const changes = changesOf(current, step, how);
    if (!changes) return null;
    current = applied(current, changes);
  }
  return current;
}

function changesOf(text: string, step: Step, how: Style): Change[] | null {
  const document = parseDocument(text);
  if (document.errors.length > 0) return null;
  const [holder, last] = [step.path.slice(0, -1), step.path.at(-1)];
  if (last === undefined || throughAlias(document.contents, step.path)) return null;
  // What uses it elsewhere would change as well.
  if (throughAnchor(document.contents, step.kind === 'remove' ? holder : step.path)) return null;
  const parent = nodeAt(document.contents, holder);
  if (step.kind === 'remove') return removedFrom(text, parent, last, holder, how);
  if (step.kind === 'insert') return insertedInto(text, parent, last, step.value, holder, how);
  if (isSeq(parent)) {
    const item = parent.items[Number(last)];
    return isNode(item) ? [putItem(text, parent, item, step.value, how)] : null;
  }
  const pair = isMap(parent) ? pairOf(parent, String(last)) : null;
  return isMap(parent) && pair ? putPair(text, parent, pair, step.value, how) : null;
}

function removedFrom(text: string, parent: unknown, last: string | number, holder: Path, how: Style): Change[] | null {
  if (!isMap(parent) && !isSeq(parent)) return null;
  // A block with nothing in it would be no value at all.
  if (parent.items.length === 1)
    return holder.length === 0
      ? null
      : changesOf(text, { kind: 'put', path: holder, value: isMap(parent) ? {} : [] }, how);
  const index = isMap(parent) ? parent.items.findIndex((pair) => keyOf(pair) === String(last)) : Number(last);
  return removedItem(text, parent, index);
}

function insertedInto(
  text: string,
  parent: unknown,
  last: string | number,
  value: unknown,
  holder: Path,
  how: Style,
): Change[] | null {
  const isItem = typeof last === 'number';
  const whole = isItem ? [value] : { [last]: value };
  if (isScalar(parent) && parent.value === null)
    return changesOf(text, { kind: 'put', path: holder, value: whole }, how);
  if (!isMap(parent) && !isSeq(parent)) return null;
  if (parent.items.length === 0) return changesOf(text, { kind: 'put', path: holder, value: whole }, how);
  return insertedItem(text, parent, isItem ? last : parent.items.length, whole, how);
}

/** Another value behind a key. */
function putPair(
  text: string,
  parent: YAMLMap,
  { key, value: old }: Pair,
  value: unknown,
  how: Style,
): Change[] | null {
  // A tag stands between the key and its value, and says what that is.
  if (isNode(old) && old.tag) return null;
  const keyEnd = isNode(key) ? key.range?.[1] : undefined;
  if (keyEnd === undefined) return null;
  const colon = text.indexOf(':', keyEnd);
  const range = isNode(old) ? old.range : null;
  const hasColon = colon !== -1 && (!range || colon < Math.max(range[0], keyEnd + 1));
  const after = hasColon ? colon + 1 : keyEnd;
  const [from, to] = range ? [range[0], range[1]] : [after, after];
  const spacer = hasColon ? ' ' : ': ';
  if (parent.flow) {
    const written = from >= to ? `${spacer}${inlineText(value, how)}` : inlineText(value, how);
    return from >= to ? [{ from: after, to: after, insert: written }] : [{ from, to, insert: written }];
  }
  const column = columnOf(text, isNode(key) ? (key.range?.[0] ?? 0) : 0);
  const isBelow = from < to && text.slice(after, from).includes('\n');
  const end = from < to ? contentEnd(text, from, to, column, false) : after;
  const line = text.slice(isBelow ? after : end, lineEnd(text, isBelow ? after : end));
  const comment = from < to || isBelow ? line.trim() : text.slice(after, lineEnd(text, after)).trim();
  const lines = linesBehind(value, how, comment !== '');
  const whole = comment === '' ? lineEnd(text, end) : end;
  if (lines) {
    const body = lines.map((one, index) => (index === 0 ? one : shifted([one], column)[0])).join(how.eol);
    // A block keeps what is said beside its key.
    const isBeside = (isBelow || from >= to) && comment !== '' && lines[0] === '';
    const insert = isBeside ? ` ${comment}${body}` : lines[0] === '' ? body : ` ${body}`;
    const past = isBeside && !isBelow ? lineEnd(text, after) : whole;
    return [{ from: after, to: endBefore(text, `k:${insert}`, Math.max(past, after)), insert }];
  }
  const written =
    isInline(value) && !(typeof value === 'object' && value !== null) ? scalarText(value, how) : inlineText(value, how);
  const insert = isBelow && comment !== '' ? ` ${written} ${comment}` : ` ${written}`;
  return [{ from: after, to: Math.max(end, after), insert }];
}

/** Lines for a value that has some of its own, the first of them behind the colon; null for what is written in one. */
function linesBehind(value: unknown, how: Style, isSaid: boolean): string[] | null {
  if (how.isJson) return null;
  if (isLiteral(value))
    return isSaid ? null : blockLines({ k: value }, how).map((line, index) => (index === 0 ? line.slice(3) : line));
  if (isInline(value) || typeof value === 'string') return null;
  return blockLines({ k: value }, how).map((line, index) => (index === 0 ? '' : line));
}

function putItem(text: string, parent: YAMLSeq, item: Node, value: unknown, how: Style): Change {
  const [from, to] = item.range ? [item.range[0], item.range[1]] : [0, 0];
  if (parent.flow || how.isJson) return { from, to, insert: inlineText(value, how) };
  const dash = dashOf(text, from);
  const end = from < to ? contentEnd(text, from, to, dash, false) : from;
  if (isInline(value) || (typeof value === 'string' && !isLiteral(value)))
    return { from, to: end, insert: typeof value === 'object' ? inlineText(value, how) : scalarText(value, how) };
  const [first = '', ...rest] = blockLines([value], how);
  const insert = [first.slice(2), ...shifted(rest, dash)].join(how.eol);
  return { from, to: endBefore(text, `${' '.repeat(dash)}- ${insert}`, end), insert };
}

function dashOf(text: string, from: number): number {
  const start = lineStart(text, from);
  return text.slice(start, from).lastIndexOf('-');
}

function pairOf(map: YAMLMap, key: string): Pair | null {
  return map.items.find((pair) => keyOf(pair) === key) ?? null;
}

function keyOf(pair: unknown): string | null {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : null;
}

function hasAliases(node: Node): boolean {
  let isFound = false;
  visit(node, {
    Alias() {
      isFound = true;
      return visit.BREAK;
    },
  });
  return isFound;
}

/** Null where a key has nothing behind it, undefined where there is no such key. Names may be written as numbers. */
function nodeAt(root: unknown, path: Path): unknown {
  let node = root;
  for (const step of path) {
    if (isMap(node)) {
      const pair = pairOf(node, String(step));
      node = pair ? (pair.value ?? null) : undefined;
    } else node = isSeq(node) ? node.items[Number(step)] : undefined;
  }
  return node;
}

/** Whether something on the way, the last step included, has an anchor. */
function throughAnchor(root: unknown, path: Path): boolean {
  return [...path.keys(), path.length].some((length) => {
    const node = nodeAt(root, path.slice(0, length));
    return isNode(node) && !isAlias(node) && Boolean(node.anchor);
  });
}

/** What an alias stands for is written elsewhere, and counts there too. */
function throughAlias(root: unknown, path: Path): boolean {
  let node = root;
  for (const step of path) {
    if (isAlias(node)) return true;
    if (isMap(node)) node = pairOf(node, String(step))?.value;
    else if (isSeq(node)) node = node.items[Number(step)];
    else return false;
  }
  return isAlias(node);
}
