/** What a step may refer to is what it will find when it runs: the data of a step further back is kept for it. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { applied } from '#plugins/workflows/ui/editor/edits/index.ts';
import { contextAt, keepOutput, referencesAt } from '#plugins/workflows/ui/editor/forms/references.ts';
import { headOf } from '#plugins/workflows/ui/editor/model/head.ts';
import { type KnownData, knownInput } from '#plugins/workflows/ui/editor/model/known-input.ts';
import { pinKey, pinsByPointer } from '#plugins/workflows/ui/editor/model/pin-keys.ts';
import { parseTasks } from '#plugins/workflows/ui/graph/tasks.ts';

const TEXT = `input: { from: '.[0].data' }
do:
# kept
- ask: { call: http, with: { method: get, endpoint: https://a.example } }
- two-words: { set: { b: 1 } }
- own:
    set: { c: 1 }
    export: { as: '\${ .c }' }
- last: { set: { d: 1 } }
`;
const SAMPLE = {
  input: [{ data: { subject: 'Hello' } }],
  inputOf: () => ({ c: 1 }),
  contextOf: () => null,
  outputs: new Map<string, unknown>([
    ['/do/0/ask', { name: 'Ada', 'odd key': [1] }],
    ['/do/1/two-words', { b: 1 }],
    ['/do/2/own', { c: 1 }],
  ]),
};

describe('data that a step refers to', () => {
  const at = (text: string) =>
    referencesAt(parseTasks(text)!, '/do/3/last', parse(text), SAMPLE).map(({ kind, name, keeps, references }) => ({
      kind,
      name,
      keeps,
      texts: references.map((one) => one.text),
    }));

  it('is what it gets, what earlier steps gave, and what the workflow began with', () => {
    assert.deepEqual(at(TEXT), [
      { kind: 'own', name: 'own', keeps: null, texts: ['.c', '.'] },
      {
        kind: 'step',
        name: 'ask',
        keeps: '/do/0/ask',
        texts: ['$context.ask.name', '$context.ask["odd key"]', '$context.ask'],
      },
      {
        kind: 'step',
        name: 'two-words',
        keeps: '/do/1/two-words',
        texts: ['$context["two-words"].b', '$context["two-words"]'],
      },
      {
        kind: 'start',
        name: '',
        keeps: null,
        texts: ['$workflow.input[0].data.subject', '$workflow.input[0].data'],
      },
    ]);
  });

  it('is not guessed of a step that has never run', () => {
    const text = `do:
- ask: { call: http, with: { method: get, endpoint: https://a.example } }
- pause: { wait: { minutes: 1 } }
- decide:
    switch:
    - yes: { when: .ok, then: soon }
    - no: { then: late }
- soon: { set: { a: 1 }, then: last }
- late: { set: { a: 2 } }
- last: { do: [ { inner: { set: {} } } ] }
- each: { input: { from: .items }, do: [ { one: { set: {} } } ] }
`;
    const tree = parseTasks(text)!;
    const nothing = new Map<string, unknown>();
    const known = { start: { subject: 'Hello' }, inputs: nothing, outputs: nothing, newer: nothing, isOfRun: false };
    const inputOf = (pointer: string, data: Partial<KnownData> = {}) =>
      knownInput(text, tree, pointer, { ...known, ...data });
    assert.deepEqual(inputOf('/do/0/ask'), { subject: 'Hello' });
    const untried = ['/do/1/pause', '/do/2/decide', '/do/3/soon', '/do/4/late', '/do/5/last', '/do/6/each'];
    for (const pointer of untried) assert.equal(inputOf(pointer), undefined, pointer);
    const [own, start] = referencesAt(tree, '/do/2/decide', parse(text), { ...known, input: { a: 1 }, inputOf });
    assert.deepEqual([own?.name, own?.references, own?.unknown], ['pause', [], { step: '/do/1/pause' }]);
    assert.deepEqual(
      start?.references.map((one) => one.text),
      ['$workflow.input.a', '$workflow.input'],
    );

    const tried = { newer: new Map([['/do/0/ask', { ok: true }]]) };
    for (const pointer of untried.slice(0, 4)) assert.deepEqual(inputOf(pointer, tried), { ok: true }, pointer);
    // Two lead there, each with something else.
    assert.equal(inputOf('/do/5/last', tried), undefined);
    const last = {
      newer: new Map([['/do/5/last', { items: [] }]]),
      inputs: new Map([['/do/5/last', 7]]),
      isOfRun: true,
    };
    assert.deepEqual(
      [inputOf('/do/5/last/do/0/inner', last), inputOf('/do/6/each', last), inputOf('/do/6/each/do/0/one', last)],
      [7, { items: [] }, undefined],
    );
  });

  it('is kept by the step that gave it, beside what others keep', () => {
    const edit = keepOutput(TEXT, parseTasks(TEXT)!, '/do/0/ask');
    assert.ok(edit);
    const text = applied(TEXT, edit.changes);
    assert.match(text, /# kept/);
    const { as } = parse(text).do[0].ask.export;
    assert.equal(as, '${ ($context // {}) + { "ask": . } }');
    assert.equal(at(text).find(({ name }) => name === 'ask')?.keeps, null);
    const context = contextAt(parseTasks(text)!, '/do/3/last', parse(text), SAMPLE);
    assert.deepEqual(context, { ask: SAMPLE.outputs.get('/do/0/ask') });
    // What a step says about that itself stays.
    assert.equal(keepOutput(text, parseTasks(text)!, '/do/2/own'), null);
  });

  it('is pinned for a step wherever it stands', () => {
    assert.equal(pinKey('/do/2/make/try/0/ask'), '/do/make/try/ask');
    const pins = new Map([['/do/last', 7]]);
    assert.deepEqual([...pinsByPointer(pins, parseTasks(TEXT)!)], [['/do/3/last', 7]]);
  });

  it('knows what stands around the tasks without reading them', () => {
    const { do: _tasks, ...head } = parse(TEXT);
    assert.deepEqual(headOf(`${TEXT}\n# end\noutput: { as: . }\n`), { ...head, do: [], output: { as: '.' } });
    assert.deepEqual(headOf('{"do": [], "schedule": {"cron": "0 8 * * *"}}'), {
      do: [],
      schedule: { cron: '0 8 * * *' },
    });
    assert.equal(headOf('a: ['), null);
  });
});
