/** Everything that people can do with a task in the graph, beside what it means for the definition. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import * as edits from '../../../../plugins/workflows/ui/editor/edits/index.ts';
import { flatTasks, parseTasks, type TaskList } from '../../../../plugins/workflows/ui/graph/tasks.ts';

type Steps = (string | number)[];
type Item = Record<string, any>;

export interface Action {
  /** For the message of a failure. */
  name: string;
  run(text: string, tree: TaskList): edits.Edit | null;
  /** Does the same to the parsed definition. */
  mean(definition: any): void;
  /** Pointers of the tasks whose lines it may touch. */
  touches: string[];
  keepsComments: boolean;
  /** The list that it puts the task into. */
  into?: string;
}

const BODY = { call: 'http', with: { method: 'get', endpoint: 'https://api.example.com/{id}', body: '${ .a, [1] }' } };
const VALUES = [
  'plain',
  'a: b # c',
  '${ .a | {b: .c} }',
  'two\nlines\n',
  'two\nlines',
  '  spaces ',
  '',
  'true',
  '- x',
  "it's",
  '"q"',
  'kept\n\n',
  '\n',
  0,
  -1.5,
  true,
  null,
  [],
  {},
  [1, 'two', { three: [3] }],
  { a: { b: ['x: y'] }, c: 'd' },
  { text: 'kept\n\n' },
  ['\n\n'],
];

function place(tree: TaskList, pointer: string): edits.Place {
  const found = edits.placeOf(tree, pointer);
  assert.ok(found, pointer);
  return found;
}

export function stepsOf(pointer: string): Steps {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function at(definition: any, steps: Steps): any {
  return steps.reduce((held, step) => held[step], definition);
}

export function listsOf(tree: TaskList): TaskList[] {
  return [tree, ...flatTasks(tree).flatMap(({ lists }) => lists)].filter(({ range }) => range !== null);
}

interface Read {
  text: string;
  tree: TaskList;
  /** Not to be changed. */
  definition: any;
}

let last: Read | null = null;

/** What an action is found in is what it is tried on: read once. */
export function read(text: string): Read {
  if (last?.text === text) return last;
  const tree = parseTasks(text);
  assert.ok(tree, text);
  last = { text, tree, definition: parse(text) };
  return last;
}

/** Everything that can be done with each task, `pick` choosing where there are many ways. */
export function actionsIn(text: string, pick: (size: number) => number): Action[][] {
  const { tree, definition } = read(text);
  return flatTasks(tree).map(({ pointer }) =>
    actionsOn(tree, pointer, pick).filter((action) => isThere(definition, action, pointer)),
  );
}

function actionsOn(tree: TaskList, pointer: string, pick: (size: number) => number): Action[] {
  const { list, index } = place(tree, pointer);
  const task = list.tasks[index]!;
  const own = stepsOf(list.pointer);
  const both = { touches: [pointer], keepsComments: true };
  const name = edits.freeName(list, 'new-task');
  const targets = listsOf(tree).filter(({ pointer: target }) => !target.startsWith(`${pointer}/`));
  const target = targets[pick(targets.length)]!;
  const place2 = pick(target.tasks.length + 1);
  const isSame = target.pointer === list.pointer;
  const canMove = isSame
    ? place2 !== index && place2 !== index + 1
    : !target.tasks.some((other) => other.name === task.name);
  const value = VALUES[pick(VALUES.length)];
  const field = ['set', 'if', 'with', 'metadata', 'then'][pick(5)]!;
  const setValue = (path: string[], next: unknown): Action => ({
    ...both,
    name: `set ${path.join('/')} of ${pointer} to ${JSON.stringify(next)}`,
    keepsComments: false,
    run: (text, now) => edits.setField(text, place(now, pointer), path, next),
    mean(definition) {
      const steps = [...stepsOf(pointer), ...path.slice(0, -1)];
      const outer = at(definition, steps.slice(0, -1));
      outer[steps.at(-1)!] ??= {};
      const holder = outer[steps.at(-1)!];
      if (next === undefined) delete holder[path.at(-1)!];
      else holder[path.at(-1)!] = next;
    },
  });
  return [
    {
      ...both,
      name: `add before ${pointer}`,
      run: (text, now) => edits.addTask(text, place(now, pointer), 'new-task', BODY),
      mean: (definition) => at(definition, own).splice(index, 0, { [name]: BODY }),
    },
    {
      ...both,
      name: `add at the end of the list of ${pointer}`,
      run: (text, now) => edits.addTask(text, { ...place(now, pointer), index: list.tasks.length }, 'new-task', BODY),
      mean: (definition) => at(definition, own).push({ [name]: BODY }),
    },
    {
      ...both,
      name: `remove ${pointer}`,
      keepsComments: false,
      run: (text, now) => edits.removeTask(text, place(now, pointer)),
      mean: (definition) => at(definition, own).splice(index, 1),
    },
    {
      ...both,
      name: `copy ${pointer}`,
      run: (text, now) => edits.copyTask(text, place(now, pointer)),
      mean(definition) {
        const items: Item[] = at(definition, own);
        items.splice(index + 1, 0, { [edits.freeName(list, task.name)]: structuredClone(items[index]![task.name]) });
      },
    },
    {
      ...both,
      name: `rename ${pointer}`,
      run: (text, now) => edits.renameTask(text, place(now, pointer), 'Another: name'),
      mean(definition) {
        const items: Item[] = at(definition, own);
        items[index] = { 'Another: name': items[index]![task.name] };
      },
    },
    ...edits.WRAPPERS.map(
      (wrapper): Action => ({
        ...both,
        name: `wrap ${pointer} in ${wrapper}`,
        run: (text, now) => edits.wrapTask(text, place(now, pointer), wrapper),
        mean(definition) {
          const items: Item[] = at(definition, own);
          const isTarget = list.tasks.some(({ exits }) => exits.some(({ to }) => to === task.name));
          const outer = isTarget ? task.name : edits.freeName(list, `${wrapper}-${task.name}`);
          const inner = [items[index]];
          const bodies = {
            try: { try: inner, catch: {} },
            for: { for: { each: 'item', in: '.items' }, do: inner },
            fork: { fork: { branches: inner } },
            do: { do: inner },
          };
          items[index] = { [outer]: bodies[wrapper] };
        },
      }),
    ),
    ...(canMove
      ? [
          {
            ...both,
            into: target.pointer,
            name: `move ${pointer} to ${target.pointer}/${place2}`,
            run: (text: string, now: TaskList) =>
              edits.moveTask(text, place(now, pointer), {
                list: listsOf(now).find((l) => l.pointer === target.pointer)!,
                index: place2,
              }),
            mean(definition: any) {
              const [from, to]: [Item[], Item[]] = [at(definition, own), at(definition, stepsOf(target.pointer))];
              const item = from[index]!;
              const before = to[place2];
              from.splice(index, 1);
              to.splice(before === undefined ? to.length : to.indexOf(before), 0, item);
            },
          },
        ]
      : []),
    setValue([field], value),
    setValue([field], undefined),
  ];
}

/** A field that is not there cannot be taken away. */
function isThere(definition: any, { name }: Action, pointer: string): boolean {
  const field = /^set (\w+) .* to undefined$/.exec(name)?.[1];
  return !field || field in (at(definition, stepsOf(pointer)) ?? {});
}
