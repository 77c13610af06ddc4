/**
 * What a step may refer to, with what stood there the last time: what it gets, what the workflow began with, and what earlier
 * steps gave. The last of these is forgotten once the next step has run, so that a step which is referred to puts it into
 * `$context`, under its own name.
 */
import type { TaskList } from '../../graph/tasks.ts';
import { bodyOf, type Edit, placeOf, setField } from '../edits/index.ts';
import { stepBefore } from '../model/known-input.ts';
import { hasFirstData } from '../triggers/trigger.ts';
import { pathsIn, short, tasksBefore, valueAt } from './scope.ts';

export interface Reference {
  /** A jq expression. */
  text: string;
  /** What it gave the last time. */
  detail: string;
  /** The path by itself, for people. */
  label: string;
}

export interface ReferenceGroup {
  kind: 'own' | 'start' | 'step';
  /** Of the step. */
  name: string;
  /** The step that has to keep what it gives; null for all others. */
  keeps: string | null;
  references: readonly Reference[];
  /** Only a run shows what is there: that of this step, where there is one to try. */
  unknown: { step: string | null } | null;
}

/** What stood where the last time: the part of a sample that is asked for here. */
interface KnownData {
  input: unknown;
  inputOf(pointer: string): unknown;
  outputs: ReadonlyMap<string, unknown>;
  contextOf(pointer: string): unknown;
}

const MOST = 80;

export function referencesAt(
  tree: TaskList,
  pointer: string,
  definition: unknown,
  sample: Pick<KnownData, 'input' | 'inputOf' | 'outputs'>,
): ReferenceGroup[] {
  const place = placeOf(tree, pointer);
  const former = place ? stepBefore(place) : undefined;
  const own = sample.inputOf(pointer);
  const start = startOf(definition, sample.input);
  const steps = tasksBefore(tree, pointer).flatMap((task): ReferenceGroup[] => {
    const output = sample.outputs.get(task.pointer);
    if (output === undefined || task.pointer === former?.pointer) return [];
    const kept = exportOf(definition, task.pointer);
    if (kept !== undefined && kept !== keeping(task.name)) return [];
    const root = inContext(task.name);
    return [
      {
        kind: 'step',
        name: task.name,
        keeps: kept === undefined ? task.pointer : null,
        references: referencesIn(output, root),
        unknown: null,
      },
    ];
  });
  const groups: ReferenceGroup[] = [
    {
      kind: 'own',
      name: former?.name ?? '',
      keeps: null,
      references: referencesIn(own, ''),
      unknown: own === undefined ? { step: former?.pointer ?? null } : null,
    },
    ...steps,
    { kind: 'start', name: '', keeps: null, references: referencesIn(start.value, start.path), unknown: null },
  ];
  // What the first step gets is what the workflow began with.
  const isSame = former === undefined && JSON.stringify(own) === JSON.stringify(start.value);
  return groups.filter(
    ({ kind, references, unknown }) => (references.length > 0 || unknown !== null) && !(kind === 'start' && isSame),
  );
}

/** What an event carries, where the first step sees just that; else all that the workflow gets. */
function startOf(definition: unknown, input: unknown): { path: string; value: unknown } {
  const [event] = Array.isArray(input) ? input : [];
  return hasFirstData(definition) && typeof event === 'object' && event !== null && 'data' in event
    ? { path: '$workflow.input[0].data', value: event.data }
    : { path: '$workflow.input', value: input };
}

/** What makes a step keep what it gives; null where it says something else about that, or people have to write it. */
export function keepOutput(text: string, tree: TaskList, pointer: string): Edit | null {
  const place = placeOf(tree, pointer);
  const task = place?.list.tasks[place.index];
  if (!place || !task) return null;
  const body = bodyOf(text, place);
  if (typeof body === 'object' && body !== null && 'export' in body) return null;
  return setField(text, place, ['export'], { as: keeping(task.name) });
}

/** `$context` as it will be: with what the steps before keep of themselves. */
export function contextAt(
  tree: TaskList,
  pointer: string,
  definition: unknown,
  sample: Pick<KnownData, 'contextOf' | 'outputs'>,
): unknown {
  const known = sample.contextOf(pointer);
  const kept = tasksBefore(tree, pointer).filter(
    (task) => exportOf(definition, task.pointer) === keeping(task.name) && sample.outputs.has(task.pointer),
  );
  if (kept.length === 0 || (known !== null && typeof known !== 'object')) return known;
  return { ...known, ...Object.fromEntries(kept.map(({ name, pointer: at }) => [name, sample.outputs.get(at)])) };
}

function keeping(name: string): string {
  return `\${ ($context // {}) + { ${JSON.stringify(name)}: . } }`;
}

function inContext(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `$context.${name}` : `$context[${JSON.stringify(name)}]`;
}

function exportOf(definition: unknown, pointer: string): unknown {
  const held = pointer
    .split('/')
    .slice(1)
    .concat('export', 'as')
    .reduce<unknown>((found, step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      return typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined;
    }, definition);
  return held;
}

function referencesIn(value: unknown, root: string): Reference[] {
  if (value === undefined || value === null) return [];
  const whole: Reference = { text: root || '.', label: '.', detail: short(value) };
  const parts = pathsIn(value)
    .slice(0, MOST)
    .map((path) => ({
      text: root === '' ? path : root + path.replace(/^\.(?=\[)/, ''),
      label: path,
      detail: short(valueAt(value, path)),
    }));
  return [...parts, whole];
}
