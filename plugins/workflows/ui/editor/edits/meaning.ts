/** Whether a text that was changed says what was meant: the last look at an edit, whatever way of writing nobody has thought of. */
import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { isSame, type Path } from './differences.ts';
import { applied, type Edit } from './text.ts';

/** `value` at `path`, or nothing there any more, and all else as before. */
export function isMeant(before: Document, after: string, path: Path, value: unknown): boolean {
  const document = parseDocument(after);
  if (document.errors.length > 0) return false;
  return isSame(changed(plainOf(before.contents), path, plain(value)), plainOf(document.contents));
}

function changed(held: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const isEnd = rest.length === 0;
  if (Array.isArray(held)) {
    const [index, isThere] = [Number(step), Number(step) < held.length];
    if (isEnd && value === undefined) return held.filter((_item, at) => at !== index);
    if (!isThere) return value === undefined ? held : [...held, changed(undefined, rest, value)];
    return held.with(index, changed(held[index], rest, value));
  }
  const map = typeof held === 'object' && held !== null ? (held as Record<string, unknown>) : {};
  if (value === undefined && !Object.hasOwn(map, step)) return held;
  if (isEnd && value === undefined) return Object.fromEntries(Object.entries(map).filter(([key]) => key !== step));
  if (typeof step === 'number' && !isMapping(held)) return [changed(undefined, rest, value)];
  return { ...map, [step]: changed(map[step], rest, value) };
}

function isMapping(held: unknown): boolean {
  return typeof held === 'object' && held !== null;
}

/** As JSON has it. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** What stands for a value that is written elsewhere, which may be outside of this text, is its name. */
function plainOf(node: unknown): unknown {
  if (isAlias(node)) return { alias: node.source };
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map(plainOf);
  if (!isMap(node)) return null;
  return Object.fromEntries(
    node.items.map(({ key, value }) => [
      isScalar(key) ? String(key.value) : JSON.stringify(plainOf(key)),
      plainOf(value),
    ]),
  );
}

/** Tags, values with names, and keys behind question marks: few people write them, and where they stand says more than it seems. */
const UNUSUAL = /(?:^|[\s[{,])(?:[&*!][^\s]|\?[ \t])/m;

/** The edit of tasks, if the definition is what it was with `mean` done to it. Texts as most people write them are not read again. */
export function meant(text: string, edit: Edit | null, mean: (definition: unknown) => void): Edit | null {
  return compared(text, edit, (definition) => {
    mean(definition);
    return definition;
  });
}

/** The edit of one value, if it changes that value of the definition and none that is written in the same place. */
export function meantAt(text: string, edit: Edit | null, path: Path, value: unknown): Edit | null {
  return compared(text, edit, (definition) => changed(definition, path, plain(value)));
}

function compared(text: string, edit: Edit | null, mean: (definition: unknown) => unknown): Edit | null {
  if (!edit || !UNUSUAL.test(text)) return edit;
  const [before, after] = [definitionIn(text), definitionIn(applied(text, edit.changes))];
  if (before === undefined || after === undefined) return null;
  return isSame(mean(before), after) ? edit : null;
}

/** Each use of a value has one of its own. Undefined when it cannot be read. */
function definitionIn(text: string): unknown {
  const document = parseDocument(text, { logLevel: 'error' });
  if (document.errors.length > 0) return undefined;
  try {
    return plain(document.toJS({ maxAliasCount: 100 }));
  } catch {
    return undefined;
  }
}

type Item = Record<string, unknown>;

/** The items of the list of tasks at a pointer, which is there from now on. */
export function itemsAt(definition: unknown, pointer: string): Item[] {
  const steps = stepsOf(pointer);
  const last = steps.pop() ?? '';
  const holder = steps.reduce<Item>((held, step) => (held[step] ?? {}) as Item, definition as Item);
  const items = holder[last];
  if (Array.isArray(items)) return items;
  const made: Item[] = [];
  holder[last] = made;
  return made;
}

export function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
