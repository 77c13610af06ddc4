// Expressions of workflows: short ones at once, long ones on a thread of their own, in turn for each tenant.
import assert from 'node:assert/strict';
import {
  evaluateDeep,
  evaluateExpression,
  evaluateNow,
  LARGEST,
  LOOSE,
  type Scope,
  TENANT,
} from '../../../plugins/workflows/language/expressions.ts';
import { Fault } from '../../../plugins/workflows/language/faults.ts';

const of = (tenant: string, more: Scope = {}): Scope => ({ ...more, [TENANT]: tenant });

/** Takes more steps than the main thread gives, and fewer than an expression may. */
const LONG = '[range(30000)] | length';
/** Takes all the steps that an expression may. */
const ENDLESS = 'last(range(1e9))';

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof Fault && error.error.type.endsWith('/expression') && pattern.test(String(error.error.detail));

describe('expressions', () => {
  it('give the same on either thread', async () => {
    const variables: Scope = { item: { a: [1, -0, null, 'ä😀'] }, __proto__: null };
    const expected = { a: { a: [1, -0, null, 'ä😀'] }, b: [{ x: 1 }] };
    const short = '{ a: $item, b: [.] }';
    assert.deepEqual(await evaluateExpression(short, { x: 1 }, of('same', variables)), expected);
    assert.deepEqual(await evaluateExpression(`(${LONG}) as $n | ${short}`, { x: 1 }, of('same', variables)), expected);
  });

  it('that are long let everybody else go on', async () => {
    const order: string[] = [];
    const long = evaluateExpression(ENDLESS, null, of('first')).catch(() => order.push('long'));
    await evaluateExpression('1 + 1', null, of('second')).then((found) => order.push(`short ${found}`));
    // Turns of the event loop pass while the long one runs.
    await new Promise((resolve) => setImmediate(resolve));
    order.push('turn');
    await long;
    assert.deepEqual(order, ['short 2', 'turn', 'long']);
  });

  it('of one tenant stand behind its own, not before those of another', async () => {
    const order: string[] = [];
    const run = (name: string, tenant: string) =>
      evaluateExpression(LONG, null, of(tenant)).then(() => void order.push(name));
    await Promise.all([...[1, 2, 3, 4, 5].map((place) => run(`a${place}`, 'a')), run('b1', 'b'), run('b2', 'b')]);
    assert.deepEqual(order, ['a1', 'b1', 'a2', 'b2', 'a3', 'a4', 'a5']);
  });

  it('go on elsewhere when their tenant has had its share of the main thread', async () => {
    const order: string[] = [];
    // Each is short enough for the main thread, all together are not.
    const many = Array.from({ length: 400 }, () => '${ [range(15000)] | length }');
    const all = evaluateDeep(many, null, of('greedy')).then((found) => {
      order.push('all');
      return found;
    });
    await new Promise((resolve) => setImmediate(resolve));
    order.push('turn');
    assert.deepEqual(
      await all,
      many.map(() => 15_000),
    );
    assert.deepEqual(order, ['turn', 'all']);
  });

  it('fail with their own fault, and nobody else with them', async () => {
    const bombs = [
      ENDLESS,
      `(${LONG}) | error("no")`,
      '("a" * 60 + "b") | test("^(a+)+$")',
      '("x" * 24000000) as $s | [range(4) | ($s | @uri | length)]',
      'def f: [., f]; f',
      '[limit(3000000; repeat(1))] | length',
      'reduce range(26) as $i ("x"; . + .) | [range(1000000)] | length',
      '[range(200000) | tostring] | join(",") | explode | implode',
    ];
    const all = await Promise.allSettled(
      [...bombs, LONG].map((source, place) => evaluateExpression(source, null, of(`t${place}`))),
    );
    assert.deepEqual(
      all.map(({ status }) => status),
      [...bombs.map(() => 'rejected'), 'fulfilled'],
    );
    for (const one of all) assert.ok(one.status === 'fulfilled' || refused(/\(in: /)(one.reason), String(one));
  });

  it('are refused when their result is too large, also when it only becomes so by being written', async () => {
    const limits = of('large', { [LARGEST]: 10_000 });
    await assert.rejects(evaluateExpression('"x" * 20000', null, limits), refused(/larger than 10000 bytes/));
    const doubling = 'reduce range(40) as $i ([1]; [., .])';
    await assert.rejects(evaluateExpression(doubling, null, limits), refused(/larger than 10000 bytes/));
    await assert.rejects(evaluateExpression(`(${LONG}) | [range(9000)]`, null, limits), refused(/larger than 10000/));
  });

  it('that are tried as such leave the text when they fail, also when they are long', async () => {
    const loose = of('loose', { [LOOSE]: true });
    const given = { a: ENDLESS, b: LONG, c: 'Hello there', d: ['.x'] };
    assert.deepEqual(await evaluateDeep(given, { x: 5 }, loose), { a: ENDLESS, b: 30_000, c: 'Hello there', d: [5] });
  });

  it('that must be answered at once are faults when they are long', () => {
    assert.equal(evaluateNow('${ .a }', { a: 1 }, {}), 1);
    assert.throws(() => evaluateNow(LONG, null, {}), refused(/more than 20000 steps/));
  });
});
