/** What the pages of executions need beside their log: what they wait for, and long data whole. */
import assert from 'node:assert/strict';
import { type Person, register } from '#test/support/accounts.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

const BASE = '/api/platform';

describe('what pages show of an execution', () => {
  let bench: Bench;
  let stranger: Person;
  before(async () => {
    bench = await startBench();
    stranger = await register(bench.app);
  });
  after(() => bench.app.stop());

  it('says what it waits for, and until when', async () => {
    await bench.publish(
      'waits',
      `do:
- both:
    fork:
      branches:
      - pause: { wait: { hours: 1 } }
      - ask: { call: workflows.approve, with: { to: boss@example.com } }
      - again and again:
          try:
          - fail: { raise: { error: { type: 'https://x.example/t', status: 500 } } }
          catch: { retry: { delay: { minutes: 5 } } }`,
    );
    const { app } = bench;
    const id = await bench.start('waits');
    const { waits } = await bench.until(id, (execution) => execution.waits.length === 3);
    const found = waits.map(({ reference, instance, kind, until }: Record<string, string>) => [
      reference,
      instance,
      kind,
      until && Math.round((Date.parse(until) - app.clock.now()) / 60_000),
    ]);
    found.sort((one: string[], other: string[]) => (String(one) < String(other) ? -1 : 1));
    assert.deepEqual(found, [
      ['/do/0/both/fork/branches/0/pause', '0', 'timer', 60],
      ['/do/0/both/fork/branches/1/ask', '1', 'approval', null],
      ['/do/0/both/fork/branches/2/again and again', '2', 'retry', 5],
    ]);
    await bench.admin.post(`${BASE}/executions/${id}/cancel`);
    assert.deepEqual((await bench.until(id, ({ status }) => status === 'cancelled')).waits, []);
  });

  it('gives data whole that it shows by their beginning', async () => {
    await bench.publish('long', `do:\n- twice: { set: { text: '\${ .text + .text }' } }`);
    const text = 'x'.repeat(60_000);
    const { id } = await bench.run('long', { text });
    const shown = await bench.look(id);
    assert.equal(shown.output.truncated, true);
    const data = `${BASE}/executions/${id}/data`;
    const whole = await bench.admin.get(`${data}?of=output`);
    assert.deepEqual(whole.body, { text: text + text });
    assert.match(String(whole.headers.get('content-disposition')), /^attachment; filename="[\w-]+\.output\.json"$/);
    const ofTask = await bench.admin.get(`${data}?of=input&reference=${encodeURIComponent('/do/0/twice')}`);
    assert.deepEqual(ofTask.body, { text });
    assert.equal((await bench.admin.get(`${data}?of=error`)).body, null);
    assert.equal((await bench.admin.get(`${data}?of=input&reference=/do/7/none`)).status, 404);
    assert.equal((await stranger.http.get(`${data}?of=output`)).status, 404);
    assert.equal((await bench.app.http.get(`${data}?of=output`)).status, 401);
  });

  it('hides secrets in the file too', async () => {
    await bench.admin.put(`${BASE}/workflow-secrets/token`, { value: 'a very secret text' });
    await bench.publish('hides', `use: { secrets: [token] }\ndo:\n- tell: { set: { said: '\${ $secrets.token }' } }`);
    const { id } = await bench.run('hides');
    const { text } = await bench.admin.get(`${BASE}/executions/${id}/data?of=output`);
    assert.deepEqual(JSON.parse(text), { said: '••••' });
  });

  it('gives the definition of an execution to whoever may see that, of other tenants and other versions too', async () => {
    const text = definitionOf('theirs', 'do:\n- one: { set: { a: 1 }, export: { as: .a } }\n- two: { set: { b: 1 } }');
    const published = await stranger.http.post(`${BASE}/workflows`, { definition: text });
    assert.equal(published.status, 201, published.text);
    const { body, text: said } = await stranger.http.post(`${BASE}/workflows/test/theirs/executions?wait=20`, {
      input: {},
    });
    assert.equal(body.status, 'completed', said);
    const next = text.replace("version: '1.0.0'", "version: '1.1.0'").replace('a: 1', 'a: 2');
    await stranger.http.post(`${BASE}/workflows`, { definition: next });
    const path = `${BASE}/executions/${body.id}/definition`;
    for (const who of [stranger.http, bench.admin]) {
      const answer = await who.get(path);
      assert.equal(answer.status, 200, answer.text);
      const { version, source, definition } = answer.body;
      assert.deepEqual([version, source, definition.do[0].one.set], ['1.0.0', text, { a: 1 }]);
    }
    const other = await register(bench.app);
    assert.equal((await other.http.get(path)).status, 404);
    assert.equal((await bench.app.http.get(path)).status, 401);
    const { tasks } = await bench.look(body.id);
    assert.deepEqual(
      tasks.map(({ context }: { context: unknown }) => context),
      [1, null],
    );
  });

  it('adds a secret only where there is none of its name', async () => {
    const put = (value: string) =>
      stranger.http.put(`${BASE}/workflow-secrets/fresh`, { value }, { 'if-none-match': '*' });
    assert.equal((await put('one')).status, 204);
    const second = await put('two');
    assert.deepEqual([second.status, second.body.code], [412, 'precondition_failed']);
  });
});
