/**
 * The tasks of a definition as a tree, read from its text: each with the JSON pointer by which the engine names it, and the
 * range of the text in which it stands. It reads what can be read, and judges nothing: that is the server's.
 */
import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';

/** The keywords of the DSL; `for` has a `do` too, so it is looked for first. */
export const KINDS = [
  'for',
  'call',
  'do',
  'emit',
  'fork',
  'listen',
  'raise',
  'run',
  'set',
  'switch',
  'try',
  'wait',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Range {
  from: number;
  to: number;
}

export interface TaskNode {
  /** `/do/2/make`, as executions and mistakes name it. */
  pointer: string;
  name: string;
  /** Null for a task without a keyword of the DSL. */
  kind: Kind | null;
  /** What of it is worth a second line: `mail.find`, `PT5M`. */
  detail: string;
  /** The expression of its `if`. */
  condition: string | null;
  /** Where it leads: the name of a task of the same list, or `continue`, `exit`, `end`; with the case of a `switch`. */
  exits: readonly Exit[];
  /** The lists of tasks inside of it. */
  lists: readonly TaskList[];
  /** Its item in the text, from the name to the end of its value. */
  range: Range;
}

export interface Exit {
  to: string;
  label: string | null;
}

export interface TaskList {
  /** `/do`, `/do/3/retry/catch/do`. */
  pointer: string;
  /** What it is of its task: `do`, `try`, `catch`, `branches`, `foreach`. */
  role: 'do' | 'try' | 'catch' | 'branches' | 'foreach';
  /** Branches run side by side; the others one after another. */
  isParallel: boolean;
  tasks: readonly TaskNode[];
  /** The list in the text; null where it is not written. */
  range: Range | null;
}

/** Aliases may multiply what is written; nobody looks at more. */
const MOST_TASKS = 5_000;
const LONGEST_DETAIL = 80;

/** Null while the text is no YAML, or no map. */
export function parseTasks(text: string): TaskList | null {
  const document = parseDocument(text, { keepSourceTokens: false });
  if (document.errors.length > 0) return null;
  const root = document.contents;
  if (!isMap(root)) return null;
  const seen = { tasks: 0 };
  return listAt(valueAt(root, 'do'), '/do', 'do');

  function listAt(given: unknown, pointer: string, role: TaskList['role']): TaskList {
    const list = resolved(given);
    const tasks: TaskNode[] = [];
    if (isSeq(list)) {
      for (const [index, item] of list.items.entries()) {
        const task = taskAt(resolved(item), pointer, index);
        if (task) tasks.push(task);
      }
    }
    return { pointer, role, isParallel: role === 'branches', tasks, range: isSeq(list) ? rangeOf(list) : null };
  }

  function taskAt(item: unknown, base: string, index: number): TaskNode | null {
    if (!isMap(item)) return null;
    const [entry] = item.items;
    if (!isPair(entry) || seen.tasks >= MOST_TASKS) return null;
    seen.tasks += 1;
    const name = textOf(entry.key);
    const pointer = `${base}/${index}/${pointerStep(name)}`;
    const value = resolved(entry.value);
    const body = isMap(value) ? value : null;
    const kind = body ? (KINDS.find((keyword) => body.has(keyword)) ?? null) : null;
    return {
      pointer,
      name,
      kind,
      range: rangeOfPair(entry) ?? rangeOf(item) ?? { from: 0, to: 0 },
      detail: body && kind ? detailOf(body, kind) : '',
      condition: body?.has('if') ? textOf(valueAt(body, 'if')) : null,
      exits: body && kind ? exitsOf(body, kind) : [{ to: 'continue', label: null }],
      lists: body && kind ? listsOf(body, kind, pointer) : [],
    };
  }

  function listsOf(body: YAMLMap, kind: Kind, pointer: string): TaskList[] {
    if (kind === 'do' || kind === 'for') return [listAt(valueAt(body, 'do'), `${pointer}/do`, 'do')];
    if (kind === 'fork') return [listAt(inside(body, 'fork', 'branches'), `${pointer}/fork/branches`, 'branches')];
    if (kind === 'listen' && body.has('foreach'))
      return [listAt(inside(body, 'foreach', 'do'), `${pointer}/foreach/do`, 'foreach')];
    if (kind !== 'try') return [];
    const tried = listAt(valueAt(body, 'try'), `${pointer}/try`, 'try');
    const caught = listAt(inside(body, 'catch', 'do'), `${pointer}/catch/do`, 'catch');
    return caught.range ? [tried, caught] : [tried];
  }

  function exitsOf(body: YAMLMap, kind: Kind): Exit[] {
    if (kind === 'raise') return [];
    const then = { to: textOf(valueAt(body, 'then')) || 'continue', label: null };
    if (kind !== 'switch') return [then];
    const cases = resolved(valueAt(body, 'switch'));
    if (!isSeq(cases)) return [then];
    let isOpen = true;
    const exits = cases.items.flatMap((item): Exit[] => {
      const one = resolved(item);
      const entry = isMap(one) ? one.items[0] : undefined;
      const rule = resolved(entry?.value);
      if (!entry || !isMap(rule)) return [];
      if (!rule.has('when')) isOpen = false;
      return [{ to: textOf(valueAt(rule, 'then')) || 'continue', label: textOf(entry.key) }];
    });
    return isOpen ? [...exits, then] : exits;
  }

  function detailOf(body: YAMLMap, kind: Kind): string {
    const value = resolved(valueAt(body, kind));
    if (kind === 'do' || kind === 'try' || kind === 'switch') return '';
    if (isScalar(value)) return cut(textOf(value));
    if (!isMap(value)) return '';
    if (kind === 'for') return cut(textOf(valueAt(value, 'in')));
    if (kind === 'wait')
      return cut(value.items.map((pair) => amountOf(textOf(pair.value), textOf(pair.key))).join(' '));
    if (kind === 'emit') return cut(textOf(inside(value, 'event', 'with', 'type')));
    if (kind === 'listen')
      return cut(textOf(inside(value, 'to', 'one', 'with', 'type')) || firstKey(valueAt(value, 'to')));
    if (kind === 'raise') return cut(textOf(valueAt(value, 'error')) || textOf(inside(value, 'error', 'title')));
    if (kind === 'fork') return '';
    return cut(value.items.map((pair) => textOf(pair.key)).join(', '));
  }

  function inside(map: YAMLMap, ...path: string[]): unknown {
    let found: unknown = map;
    for (const key of path) {
      const here = resolved(found);
      found = isMap(here) ? valueAt(here, key) : undefined;
    }
    return found;
  }

  function firstKey(value: unknown): string {
    const map = resolved(value);
    return isMap(map) ? textOf(map.items[0]?.key) : '';
  }

  function resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(document) : node;
  }
}

/** All tasks of a tree, outer ones before those inside. */
export function flatTasks(list: TaskList): TaskNode[] {
  return list.tasks.flatMap((task) => [task, ...task.lists.flatMap(flatTasks)]);
}

/** One step of a JSON pointer (RFC 6901 §4). */
export function pointerStep(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The innermost task at a place of the text: where the cursor is. */
export function taskAtOffset(list: TaskList, offset: number): TaskNode | null {
  return flatTasks(list).findLast(({ range }) => range.from <= offset && offset <= range.to) ?? null;
}

/** The task that a pointer into the definition is about: `/do/2/make/with/body` is about `/do/2/make`. */
export function taskOfPointer(list: TaskList, pointer: string): TaskNode | null {
  return flatTasks(list).findLast((task) => `${pointer}/`.startsWith(`${task.pointer}/`)) ?? null;
}

function valueAt(map: YAMLMap, key: string): unknown {
  return map.get(key, true);
}

function textOf(node: unknown): string {
  if (isScalar(node)) return node.value === null ? '' : String(node.value);
  return typeof node === 'string' ? node : '';
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST_DETAIL ? `${line.slice(0, LONGEST_DETAIL)}…` : line;
}

function rangeOf(node: Pick<Node, 'range'>): Range | null {
  return node.range ? { from: node.range[0], to: node.range[1] } : null;
}

function rangeOfPair({ key, value }: Pair): Range | null {
  const first = isNode(key) ? rangeOf(key) : null;
  const last = isNode(value) ? rangeOf(value) : null;
  return first && { from: first.from, to: (last ?? first).to };
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

/** `1 second`, `5 seconds`: the language has only the plural. */
function amountOf(amount: string, unit: string): string {
  return `${amount} ${amount === '1' ? unit.replace(/s$/, '') : unit}`;
}
