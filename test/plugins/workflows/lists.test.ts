/** The lists of workflows: the contract of all lists, what they filter by, whose rows they show, and versions of writes. */
import assert from 'node:assert/strict';
import { addMember, catchMails, confirmAddress, keyOf, type Person, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { walkList } from '#test/support/lists.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

const BASE = '/api/platform';
const HELLO = 'do:\n- one: { set: { said: hello } }\n- two: { set: { said: again } }';

describe('the lists of workflows', () => {
  let bench: Bench;
  let owner: Person;
  let stranger: Person;
  let failed: string;

  before(async () => {
    bench = await startBench();
    owner = await register(bench.app);
    stranger = await register(bench.app);
    await publish(owner, 'b-hello', HELLO, { team: 'billing', paid: true });
    await publish(owner, 'c-daily', `schedule: { every: { days: 1 } }\n${HELLO}`);
    await publish(owner, 'a-fails', "do:\n- one: { raise: { error: { type: 'https://x.example/t', status: 400 } } }");
    await publish(stranger, 'theirs', `schedule: { every: { days: 2 } }\n${HELLO}`);
    for (const name of ['key', 'api', 'word']) {
      await ok(owner.http.put(`${BASE}/workflow-secrets/${name}`, { value: `very ${name}` }));
      await bench.app.clock.advance(1_000);
    }
    await ok(stranger.http.put(`${BASE}/workflow-secrets/hidden`, { value: 'x' }));
    for (const correlation_id of ['order-1', 'order-2', 'a, b']) await run(owner, 'b-hello', { correlation_id });
    failed = (await run(owner, 'a-fails')).id;
    await run(stranger, 'theirs', { correlation_id: 'order-1' });
  });
  after(() => bench.app.stop());

  const ok = async (answer: ReturnType<Client['get']>) => {
    const { status, body, text } = await answer;
    assert.ok(status < 300, text);
    return body;
  };
  const run = (who: Person, name: string, more = {}) =>
    ok(who.http.post(`${BASE}/workflows/test/${name}/executions?wait=20`, { input: {}, ...more }));
  async function publish({ http }: Person, name: string, body: string, tags: object = {}, headers = {}) {
    const source = definitionOf(name, body);
    const definition = source.replace("version: '1.0.0'\n", `version: '1.0.0'\n  tags: ${JSON.stringify(tags)}\n`);
    return ok(http.post(`${BASE}/workflows`, { definition }, headers));
  }
  const shown = async (path: string, who = owner) => (await ok(who.http.get(`${BASE}/${path}`))).items;
  const names = async (path: string, who = owner) => (await shown(path, who)).map(({ name }: { name: string }) => name);

  it('keep the contract of lists', async () => {
    await publish(owner, 'b-hello', `${HELLO}\n- three: { set: { said: more } }`, { team: 'billing', paid: true });
    const client = owner.http;
    await walkList({ client, path: `${BASE}/workflows`, id: 'name', rows: 3, sorts: ['name', 'updated_at'] });
    const versions = `${BASE}/workflows/test/b-hello/versions`;
    await walkList({ client, path: versions, rows: 2, sorts: ['created_at'] });
    await walkList({ client, path: `${BASE}/executions`, rows: 4, sorts: ['seq'] });
    const secrets = `${BASE}/workflow-secrets`;
    await walkList({ client, path: secrets, id: 'name', rows: 3, sorts: ['name', 'updated_at'] });
    const schedules = `${BASE}/workflow-schedules`;
    await walkList({ client, path: schedules, id: 'name', rows: 1, sorts: ['next_run_at'] });
  });

  it('show the log of an execution, from its own row and from rows of its tasks', async () => {
    const [{ id: packed }] = await shown('executions?name=b-hello&limit=1');
    const { db } = bench.app.services;
    const logs = await db.read('workflows_executions').where({ id: packed }).select('log');
    assert.ok(logs[0]?.log, 'its log is in its row');
    const steps = 'do:\n- one: { set: { n: 1 } }\n- rest: { wait: { days: 1 } }\n- two: { set: { n: 2 } }';
    await publish(owner, 'd-long', steps);
    const { id: long } = await ok(owner.http.post(`${BASE}/workflows/test/d-long/executions`, {}));
    await bench.until(long, ({ status }) => status === 'waiting');
    for (const [id, rows] of [
      [packed, 2],
      [long, 2],
    ] as const) {
      const path = `${BASE}/executions/${id}/tasks`;
      await walkList({ client: owner.http, path, rows, sorts: ['id'] });
      const { tasks } = await ok(owner.http.get(`${BASE}/executions/${id}`));
      const listed = (await shown(`executions/${id}/tasks`)).map(({ id: _id, ...task }: { id: number }) => task);
      assert.deepEqual(listed, tasks);
      assert.equal((await stranger.http.get(path)).status, 404);
      assert.equal((await owner.http.get(`${path}?status=nope`)).status, 422);
    }
    assert.deepEqual((await shown(`executions/${long}/tasks?status=completed`)).length, 1);
    assert.deepEqual((await shown(`executions/${packed}/tasks?reference=/do/1/two`)).length, 1);
    await ok(owner.http.delete(`${BASE}/workflows/test/d-long`));
  });

  it('filter workflows by name, namespace, tag and state, and say what became of the last execution', async () => {
    const all = await shown('workflows');
    assert.deepEqual(
      all.map(({ name, last_execution, next_run_at }: any) => [name, last_execution?.status, next_run_at !== null]),
      [
        ['a-fails', 'faulted', false],
        ['b-hello', 'completed', false],
        ['c-daily', undefined, true],
      ],
    );
    assert.deepEqual([all[0].last_execution.id, all[0].version, all[1].tags.team], [failed, '1.0.0', 'billing']);
    assert.deepEqual(await names('workflows?name=b'), ['b-hello']);
    assert.deepEqual(await names('workflows?namespace=other'), []);
    for (const [tag, found] of [
      ...([
        ['team', 1],
        ['team:billing', 1],
        ['team:bill', 0],
        ['paid:true', 1],
        ['paid:1', 0],
        ['%', 0],
      ] as const),
    ]) {
      assert.equal((await names(`workflows?tag=${encodeURIComponent(tag)}`)).length, found, tag);
    }
    await ok(owner.http.patch(`${BASE}/workflows/test/c-daily`, { enabled: false }));
    assert.deepEqual(await names('workflows?enabled=false'), ['c-daily']);
    assert.deepEqual(await names('workflow-schedules'), []);
    await ok(owner.http.patch(`${BASE}/workflows/test/c-daily`, { enabled: true }));
    assert.deepEqual(await names('workflows?hook=open'), []);
  });

  it('filter executions by state, workflow, time and correlation', async () => {
    const all = await shown('executions?sort=seq');
    const ids = async (query: string, who = owner) =>
      (await shown(`executions?${query}`, who)).map(({ id }: { id: string }) => id);
    assert.deepEqual(await ids('status=faulted,cancelled'), [failed]);
    assert.deepEqual((await ids('status=completed')).length, 3);
    assert.deepEqual(await ids('namespace=test&name=a-fails'), [failed]);
    assert.deepEqual(await ids('correlation=order-2'), [all[1].id]);
    assert.deepEqual(await ids(`correlation=${encodeURIComponent('a, b')}&sort=seq`), [all[2].id]);
    assert.equal((await ids('correlation=order-1')).length, 1, 'and not the one of the stranger');
    assert.equal((await ids(`started_at_from=${all[0].started_at}`)).length, 4);
    assert.deepEqual(await ids(`created_at_to=${all[0].created_at}`), []);
  });

  it("count a workflow's executions without their definitions, and without asking each for its tenant", async () => {
    const { db } = bench.app.services;
    const counts: string[] = [];
    const note = ({ sql }: { sql: string }) => {
      if (/count\(/.test(sql) && /workflows_executions/.test(sql)) counts.push(sql.replaceAll(/[`"]/g, ''));
    };
    db.read.on('query', note);
    for (const path of ['executions?name=b-hello&limit=1', 'executions?limit=1']) await shown(path);
    db.read.removeListener('query', note);
    assert.equal(counts.length, 2);
    assert.ok(
      counts.every((sql) => sql.includes('left join workflows_definitions')),
      'a database leaves it out',
    );
    const ofTenant = /workflows_executions\.tenant_id =/;
    assert.deepEqual(
      counts.map((sql) => ofTenant.test(sql)),
      [false, true],
    );
  });

  it("show nobody another tenant's rows: by filter, order, cursor or CSV", async () => {
    const lists = ['workflows', 'executions', 'workflow-secrets', 'workflow-schedules'];
    for (const list of lists) {
      const { next_cursor } = (await owner.http.get(`${BASE}/${list}?limit=1`)).body;
      for (const query of [
        '',
        'format=csv',
        'name=b',
        'name=a-fails',
        'tag=team',
        'correlation=order-2',
        'status=faulted',
      ]) {
        for (const place of next_cursor ? ['', `&cursor=${next_cursor}`] : ['']) {
          const { status, text } = await stranger.http.get(`${BASE}/${list}?${query}${place}`);
          assert.ok(status === 200 || status === 422, `${list}?${query}${place}: ${text}`);
          assert.doesNotMatch(text, /b-hello|a-fails|c-daily|"key"|^key|order-2/m, `${list}?${query}${place}`);
        }
      }
    }
    assert.equal((await stranger.http.get(`${BASE}/workflows/test/b-hello/versions`)).status, 404);
    assert.deepEqual((await bench.admin.get(`${BASE}/executions`)).body.items.length, 5, 'super-admins see all');
    const member = await addMember(bench.app, owner, 'member');
    for (const list of lists) assert.equal((await member.http.get(`${BASE}/${list}`)).status, 403, list);
    const narrow = bench.app.http.with(await keyOf(owner, ['workflows:run']));
    for (const list of lists) assert.equal((await narrow.get(`${BASE}/${list}?format=csv`)).status, 403, list);
  });

  it('refuse what no database can compare, and survive what it can', async () => {
    const place = (text: string) => `cursor=${Buffer.from(text).toString('base64url')}`;
    const lists = [
      'workflows',
      'executions',
      'workflow-secrets',
      'workflow-schedules',
      'workflows/test/b-hello/versions',
    ];
    for (const query of [
      'name=%00',
      'namespace=%00',
      'tag=%00',
      'tag=a:%00',
      'correlation=%00',
      'version=%00',
      'tag=:',
      'tag=$.x',
      `name=${'x'.repeat(501)}`,
      `tag=${'x'.repeat(501)}`,
      `correlation=${'x'.repeat(300)}`,
      'started_at_from=9999-12-31T23:59:59Z',
      'created_at_to=0000-01-01T00:00:00Z',
      'updated_at_from=2016-12-31T23:59:60Z',
      place('[2,"-seq",0,"x",1]'),
      place('[2,"name",0,5,1]'),
      place('[2,"name",0,"\\u0000",1]'),
      place('[2,"-seq",0,9007199254740991,9007199254740991]'),
      place('[2,"next_run_at",0,"x","y"]'),
    ]) {
      for (const list of lists) {
        const { status, text } = await owner.http.get(`${BASE}/${list}?${query}`);
        assert.ok([200, 400, 422].includes(status), `${list}?${query} answered ${status}: ${text}`);
      }
    }
  });

  describe('decisions', () => {
    it('wait for who is asked and has confirmed the address, and for nobody else', async () => {
      catchMails(bench.app);
      const [asked, posing] = [await register(bench.app), await register(bench.app)];
      await confirmAddress(bench.app, asked);
      const inbox = (who: Person) => shown('approvals/waiting', who);
      for (const to of [asked.email.toUpperCase(), posing.email]) {
        await publish(owner, 'ask', `do: [ { a: { call: workflows.approve, with: { to: '${to}', title: 'Pay?' } } } ]`);
        const { id } = await ok(owner.http.post(`${BASE}/workflows/test/ask/executions`, {}));
        await bench.until(id, ({ status }) => status === 'waiting');
      }
      await confirmAddress(bench.app, posing);
      assert.deepEqual(await inbox(posing), [], 'an address that was not theirs when they were asked');
      assert.deepEqual([await inbox(owner), await inbox(stranger)], [[], []]);
      const [{ title, decided, token }] = await inbox(asked);
      assert.deepEqual([title, decided], ['Pay?', null]);
      await walkList({ client: asked.http, path: `${BASE}/approvals/waiting`, rows: 1, sorts: ['id'] });
      const key = bench.app.http.with(await keyOf(asked));
      assert.equal((await key.get(`${BASE}/approvals/waiting`)).status, 403, 'a key decides nothing');
      await ok(asked.http.post(`${BASE}/approvals`, { token, approved: true }));
      assert.deepEqual(await inbox(asked), []);
    });
  });

  describe('versions', () => {
    it('publishes a new one only under a name that is free, when asked to', async () => {
      const definition = definitionOf('e-new', 'do: [ { a: { set: { a: 1 } } } ]');
      const free = { 'if-none-match': '*' };
      const [one, other] = await Promise.all([
        owner.http.post(`${BASE}/workflows`, { definition }, free),
        owner.http.post(`${BASE}/workflows`, { definition }, free),
      ]);
      assert.deepEqual([one.status, other.status].sort(), [201, 412]);
      const { etag } = [one, other].find(({ status }) => status === 201)!.body;
      const known = await owner.http.post(`${BASE}/workflows`, { definition }, { 'if-match': `"${etag}"` });
      assert.equal(known.status, 201, known.text);
    });

    it('of a workflow, of which the second publisher is told', async () => {
      const first = await publish(owner, 'e-both', HELLO);
      const shownNow = await owner.http.get(`${BASE}/workflows/test/e-both`);
      assert.equal(shownNow.headers.get('etag'), `"${first.etag}"`);
      const [listed] = await shown('workflows?name=e-both');
      assert.equal(listed.etag, first.etag);
      await bench.app.clock.advance(1_000);
      const write = (body: string, etag: string) =>
        owner.http.post(`${BASE}/workflows`, { definition: definitionOf('e-both', body) }, { 'if-match': `"${etag}"` });
      const answers = await Promise.all(
        ['x', 'y', 'z'].map((said) => write(`do: [ { one: { set: { said: ${said} } } } ]`, first.etag)),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 412, 412]);
      assert.equal((await shown('workflows/test/e-both/versions')).length, 2, 'and left no version behind');
      const { etag } = answers.find(({ status }) => status === 201)!.body;
      const path = `${BASE}/workflows/test/e-both`;
      const stale = { 'if-match': `"${first.etag}"` };
      assert.equal((await owner.http.patch(path, { enabled: false }, stale)).status, 412);
      assert.equal((await owner.http.delete(path, undefined, stale)).status, 412);
      const off = await owner.http.patch(path, { enabled: false }, { 'if-match': `"${etag}"` });
      assert.deepEqual([off.status, off.body.enabled], [200, false]);
      assert.equal(off.headers.get('etag'), `"${off.body.etag}"`);
      const gone = await owner.http.delete(path, undefined, { 'if-match': off.headers.get('etag')! });
      assert.equal(gone.status, 204);
      const made = await write(HELLO, etag);
      assert.equal(made.status, 412, 'there is none any more');
      assert.deepEqual(await shown('workflows?name=e-both'), []);
    });

    it('of a secret', async () => {
      const path = `${BASE}/workflow-secrets/shared`;
      const made = await owner.http.put(path, { value: 'one' });
      const [{ version }] = await shown('workflow-secrets?name=shared');
      assert.deepEqual([made.status, made.headers.get('etag')], [204, `"${version}"`]);
      const known = { 'if-match': `"${version}"` };
      const second = await owner.http.put(path, { value: 'two' }, known);
      assert.equal(second.status, 204);
      assert.equal((await owner.http.put(path, { value: 'three' }, known)).status, 412);
      assert.equal((await owner.http.delete(path, undefined, known)).status, 412);
      assert.equal((await owner.http.put(`${path}2`, { value: 'new' }, known)).status, 412);
      assert.equal((await owner.http.delete(path, undefined, { 'if-match': second.headers.get('etag')! })).status, 204);
    });
  });
});
