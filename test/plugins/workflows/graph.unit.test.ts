/** The graph of a workflow: it names tasks as the engine does, knows where they stand in the text, and lays them out. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { waysOf } from '../../../plugins/workflows/ui/graph/flow.ts';
import {
  type Box,
  column,
  hasBranches,
  labelWidth,
  layoutOf,
  planOf,
} from '../../../plugins/workflows/ui/graph/layout.ts';
import { spread } from '../../../plugins/workflows/ui/graph/spread.ts';
import { statesOf } from '../../../plugins/workflows/ui/graph/states.ts';
import { flatTasks, parseTasks, taskAtOffset, taskOfPointer } from '../../../plugins/workflows/ui/graph/tasks.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

const EVERYTHING = definitionOf(
  'everything',
  `do:
- prepare: { set: { items: [1, 2] } }
# Each of them.
- each a/b:
    for: { each: item, in: .items }
    do:
    - check:
        switch:
        - even: { when: $item % 2 == 0, then: exit }
        - odd: { then: continue }
    - double: { set: { items: '\${ .items }' } }
- both:
    fork:
      branches:
      - left: { set: { side: left } }
      - right: { do: [ { inner: { set: { a: 1 } } } ] }
- risky:
    try:
    - fail: { raise: { error: { type: 'https://x.example/t', status: 500, title: It broke } } }
    catch:
      do:
      - recover: { set: { recovered: true } }
- last: { set: { done: true } }
`,
);
const EXAMPLES = new URL('../../../plugins/workflows/examples/', import.meta.url);

describe('the graph of a workflow', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  it('names tasks as the log of an execution does', async () => {
    const answer = await bench.admin.post('/api/platform/workflows', { definition: EVERYTHING });
    assert.equal(answer.status, 201, answer.text);
    const { id } = await bench.run('everything');
    const log = new Set((await bench.look(id)).tasks.map(({ reference }: { reference: string }) => reference));
    const named = flatTasks(parseTasks(EVERYTHING)!).map(({ pointer }) => pointer);
    assert.deepEqual([...log].sort(), [...named].sort());
    assert.ok(log.has('/do/1/each a~1b/do/0/check') && log.has('/do/3/risky/catch/do/0/recover'));
  });

  it('lights the ways that an execution took, and no others', async () => {
    const text = definitionOf(
      'ways',
      `do:
- each:
    for: { in: '[1]' }
    do:
    - leave: { set: { a: 1 }, then: exit }
    - never: { set: { a: 2 } }
- left out: { if: 'false', set: { a: 3 } }
- risky:
    try:
    - fail: { raise: { error: { type: 'https://x.example/t', status: 500 } } }
    - after: { set: { a: 4 } }
    catch:
      do:
      - recover: { set: { a: 5 } }
- decide:
    switch:
    - yes: { when: 'true', then: mail }
    - maybe: { when: 'false', then: mail }
    - otherwise: { then: end }
- mail: { set: { a: 6 } }
`,
    );
    const answer = await bench.admin.post('/api/platform/workflows', { definition: text });
    assert.equal(answer.status, 201, answer.text);
    const { id } = await bench.run('ways');
    const states = statesOf((await bench.look(id)).tasks);
    const layout = layoutOf(parseTasks(text)!, { spread, isJoined: true });
    const nameOf = (box: string) => box.split('/').at(-1);
    const lit = waysOf(layout, states).filter(({ isLit }) => isLit);
    assert.deepEqual(lit.map(({ line }) => `${nameOf(line.from)} ${line.label ?? ''}> ${nameOf(line.to)}`).sort(), [
      'decide yes / maybe> mail',
      'do#start > each',
      'do#start > leave',
      'do#start > recover',
      'leave > do#end',
      'mail > do#end',
      'recover > do#end',
      'risky > decide',
      'try#start > fail',
    ]);
  });

  it('stands cases from left to right as they are written', () => {
    for (const [first, second] of [
      ['yes: { then: mail }', 'otherwise: { then: end }'],
      ['no: { then: end }', 'yes: { then: mail }'],
      ['one: { then: continue }', 'other: { then: continue }'],
    ]) {
      const text = `do:\n- decide:\n    switch:\n    - ${first}\n    - ${second}\n- mail: { set: {} }\n`;
      const { lines } = layoutOf(parseTasks(text)!, { spread, isJoined: false });
      const places = lines.flatMap(({ labelAt }) => labelAt?.x ?? []);
      assert.ok(places.length === 2 && places[0]! < places[1]!, text);
    }
    assert.ok(labelWidth('其他情况') > labelWidth('case'));
  });

  it('knows where each task stands in the text', () => {
    const tasks = parseTasks(EVERYTHING)!;
    for (const { name, range } of flatTasks(tasks))
      assert.ok(EVERYTHING.slice(range.from, range.to).startsWith(`${name}:`), name);
    const at = (text: string) => taskAtOffset(tasks, EVERYTHING.indexOf(text))?.name;
    assert.deepEqual(
      [at("items: '"), at('side: left'), at('recovered'), at('dsl')],
      ['double', 'left', 'recover', undefined],
    );
    assert.equal(taskOfPointer(tasks, '/do/2/both/fork/branches/0/left/set/side')?.name, 'left');
    assert.equal(taskOfPointer(tasks, '/do/1/each a~1b/for/in')?.name, 'each a/b');
    assert.equal(taskOfPointer(tasks, '/input/schema'), null);
  });

  it('gives nothing for a text that does not parse, and an empty list where there are no tasks', () => {
    assert.equal(parseTasks('do: [ { a: '), null);
    assert.equal(parseTasks('just a text'), null);
    assert.deepEqual(parseTasks('document: {}')?.tasks, []);
    assert.deepEqual(parseTasks('do: { a: 1 }')?.tasks, []);
  });

  it('is not drowned by aliases', () => {
    const levels = Array.from({ length: 12 }, (_, n) =>
      n === 0 ? '- &a0 { t0: { set: { a: 1 } } }' : `- &a${n} { t${n}: { do: [ ${Array(9).fill(`*a${n - 1}`)} ] } }`,
    );
    const tasks = flatTasks(parseTasks(`do:\n${levels.join('\n')}\n`)!);
    assert.ok(tasks.length <= 5_000);
  });

  it('lays out every example: boxes beside one another, and those inside within', () => {
    const texts = readdirSync(EXAMPLES).map((file) => readFileSync(new URL(file, EXAMPLES), 'utf8'));
    for (const text of [...texts, EVERYTHING]) {
      const tasks = parseTasks(text)!;
      const { boxes, lines } = layoutOf(tasks, { spread, isJoined: false });
      assert.equal(boxes.filter(({ task }) => task).length, flatTasks(tasks).length);
      const ids = new Set(boxes.map(({ id }) => id));
      for (const { from, to, points } of lines) assert.ok(ids.has(from) && ids.has(to) && points.length > 1);
      for (const [index, one] of boxes.entries())
        for (const other of boxes.slice(index + 1))
          assert.ok(isApart(one, other) || isWithin(one, other) || isWithin(other, one), `${one.id} over ${other.id}`);
    }
  });

  it('stands tasks one below the other where the library for branches would', () => {
    const chain = '- a: { set: { b: 1 } }\n- each: { for: { in: .c }, do: [ { d: { set: { e: 1 } } } ] }\n';
    for (const text of ['do: []', `do:\n${chain}`, `do:\n${chain}- last: { set: {}, then: end }\n`]) {
      const tasks = parseTasks(text)!;
      assert.ok(!hasBranches(tasks), text);
      const sizes = new Map(
        ['/do#start', ...tasks.tasks.map(({ pointer }) => pointer), '/do#end'].map((id, index) => [
          id,
          { width: 100 + index * 31, height: 20 + index },
        ]),
      );
      const plan = planOf(tasks, sizes);
      assert.deepEqual(column(plan), spread(plan));
    }
  });

  it('knows which graphs have branches', () => {
    for (const inner of [
      '{ a: { set: {}, then: end } }, { b: { set: {} } }',
      '{ a: { set: {} } }, { b: { set: {}, then: a } }',
      '{ a: { set: {}, then: a } }',
      '{ a: { do: [ { b: { raise: { error: x } } } ] } }',
      '{ a: { switch: [ { yes: { then: continue } } ] } }',
    ])
      assert.ok(hasBranches(parseTasks(`do: [ ${inner} ]`)!), inner);
  });

  it('keeps what nothing leads to below what is written before it', () => {
    const tasks = parseTasks(`do:
- one: { raise: { error: { type: 'https://x.example/t', status: 400 } } }
- two: { set: { a: 1 } }
`)!;
    const { boxes } = layoutOf(tasks, { spread, isJoined: false });
    const top = (id: string) => boxes.find((box) => box.id === id)!.y;
    assert.ok(top('/do/1/two') > top('/do/0/one'));
  });
});

function isApart(a: Box, b: Box): boolean {
  return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
}

function isWithin(outer: Box, inner: Box): boolean {
  const isInside = inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width;
  return isInside && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height;
}
