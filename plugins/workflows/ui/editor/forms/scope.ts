/** What an expression may use at a task: data that is there, and what tasks around it and before it bring. */
import type { TaskList, TaskNode } from '../../graph/tasks.ts';
import { type Place, placeOf } from '../edits/index.ts';

export interface ScopeEntry {
  /** `$input`, `.email`, `select(…)`. */
  text: string;
  detail: string;
}

const VARIABLES = ['$input', '$context', '$workflow', '$task', '$runtime', '$secrets', '$authorization'] as const;
const FILTERS = [
  'map(',
  'select(',
  'length',
  'keys',
  'add',
  'first',
  'last',
  'sort_by(',
  'group_by(',
  'unique_by(',
  'join(',
  'split(',
  'test(',
  'tostring',
  'tonumber',
  'fromjson',
  'tojson',
  'now',
  'todate',
  'has(',
  'any(',
  'all(',
  'to_entries',
  'from_entries',
  'with_entries(',
  'ascii_downcase',
  'not',
  'empty',
  'if . then . else . end',
];
const MOST_FIELDS = 200;

export interface ScopeOf {
  tree: TaskList;
  pointer: string;
  /** The parsed definition, for names of secrets and of loops. */
  definition: unknown;
  /** What the task has got the last time, or a sample. */
  input: unknown;
  /** Outputs of tasks the last time, by pointer. */
  outputs: ReadonlyMap<string, unknown>;
}

export function scopeAt({ tree, pointer, definition, input, outputs }: ScopeOf): ScopeEntry[] {
  const fields = pathsIn(input).map((text): ScopeEntry => ({ text, detail: short(valueAt(input, text)) }));
  const variables = VARIABLES.map((text): ScopeEntry => ({ text, detail: '' }));
  const loops = loopVariables(tree, pointer, definition).map((text): ScopeEntry => ({ text, detail: '' }));
  const secrets = secretsOf(definition).map((name): ScopeEntry => ({ text: `$secrets.${name}`, detail: '' }));
  const before = tasksBefore(tree, pointer).flatMap((task): ScopeEntry[] => {
    const output = outputs.get(task.pointer);
    return pathsIn(output).map((path) => ({ text: path, detail: `${task.name}: ${short(valueAt(output, path))}` }));
  });
  const filters = FILTERS.map((text): ScopeEntry => ({ text, detail: '' }));
  const seen = new Set<string>();
  return [...fields, ...loops, ...secrets, ...variables, ...before, ...filters].filter(
    ({ text }) => !seen.has(text) && seen.add(text),
  );
}

/** Tasks of the same list that come before, and of the lists around it. */
export function tasksBefore(tree: TaskList, pointer: string): TaskNode[] {
  const found: TaskNode[] = [];
  let place: Place | null = placeOf(tree, pointer);
  while (place) {
    found.push(...place.list.tasks.slice(0, place.list.isParallel ? 0 : place.index));
    const outer = place.list.pointer.split('/').slice(0, -1).join('/');
    place = ownerOf(tree, outer);
  }
  return found;
}

/** The place of the task whose lists a pointer leads into. */
function ownerOf(tree: TaskList, pointer: string): Place | null {
  let at = pointer;
  while (at.length > 1) {
    const place = placeOf(tree, at);
    if (place && place.list.tasks[place.index]?.pointer === at) return place;
    at = at.split('/').slice(0, -1).join('/');
  }
  return null;
}

/** `$item` of the loops around it, `$error` of the catch that it is in. */
function loopVariables(tree: TaskList, pointer: string, definition: unknown): string[] {
  const found: string[] = [];
  const steps = pointer.split('/').slice(1);
  let held: unknown = definition;
  for (const [index, step] of steps.entries()) {
    held = child(held, step);
    const next = steps[index + 1];
    const loop = child(held, 'for');
    if (loop !== undefined && next === 'do')
      found.push(`$${text(child(loop, 'each'), 'item')}`, `$${text(child(loop, 'at'), 'index')}`);
    if (next === 'catch') found.push(`$${text(child(child(held, 'catch'), 'as'), 'error')}`);
    if (next === 'foreach')
      found.push(
        `$${text(child(child(held, 'foreach'), 'item'), 'item')}`,
        `$${text(child(child(held, 'foreach'), 'at'), 'index')}`,
      );
  }
  return tree.tasks.length > 0 ? found : [];
}

/** Names of those that the definition uses. */
export function secretsOf(definition: unknown): string[] {
  const names = child(child(definition, 'use'), 'secrets');
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

/** `.items[0].name` of everything in a value, the outer ones first. */
export function pathsIn(value: unknown): string[] {
  const found: string[] = [];
  const queue: { path: string; held: unknown; depth: number }[] = [{ path: '', held: value, depth: 0 }];
  for (const { path, held, depth } of queue) {
    if (found.length >= MOST_FIELDS || depth > 4 || typeof held !== 'object' || held === null) continue;
    if (Array.isArray(held)) {
      if (held.length > 0) queue.push({ path: `${path || '.'}[0]`, held: held[0], depth: depth + 1 });
      continue;
    }
    for (const [key, inner] of Object.entries(held)) {
      const next = /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path || '.'}[${JSON.stringify(key)}]`;
      found.push(next);
      queue.push({ path: next, held: inner, depth: depth + 1 });
    }
  }
  return found;
}

export function valueAt(value: unknown, path: string): unknown {
  const steps = path.match(/[A-Za-z_]\w*|\[\d+\]|\["(?:[^"\\]|\\.)*"\]/g) ?? [];
  return steps.reduce<unknown>(
    (held, step) => child(held, step.startsWith('[') ? String(JSON.parse(step)[0]) : step),
    value,
  );
}

/** Of a definition, by a JSON pointer. */
export function valueAtPointer(definition: unknown, pointer: string): unknown {
  return pointer.split('/').slice(1).reduce(child, definition);
}

function child(held: unknown, key: string): unknown {
  if (Array.isArray(held)) return held[Number(key)];
  if (typeof held !== 'object' || held === null) return undefined;
  return Object.entries(held).find(([name]) => name === key.replaceAll('~1', '/').replaceAll('~0', '~'))?.[1];
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

export function short(value: unknown): string {
  const written = JSON.stringify(value) ?? '';
  return written.length > 40 ? `${written.slice(0, 40)}…` : written;
}
