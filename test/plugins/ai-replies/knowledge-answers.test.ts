/** Answers that people have approved, test sets, and pages of the web that are read again. */
import assert from 'node:assert/strict';
import { builtInPlugins } from '#core/plugins.ts';
import { onInstallation } from '#test/support/backups.ts';
import { type KnowledgePlatform, type Library, libraryOf, ok, startKnowledge } from './knowledge-support.ts';
import { type BadServer, badServer } from './support.ts';

const HOUR_MS = 3600_000;

let app: KnowledgePlatform;
before(async () => {
  app = await startKnowledge();
});
after(() => app.stop());

describe('answers of people', () => {
  let shop: Library;
  before(async () => {
    shop = await libraryOf(app);
  });

  const path = '/api/platform/ai/answers';
  const asked = (text: string) =>
    app.services.knowledge.approvedAnswer({ tenantId: shop.person.tenantId, bases: null, text });
  const suggest = (question: string, answer: string) =>
    app.services.knowledge.suggest({
      tenantId: shop.person.tenantId,
      conversationId: 'conversation',
      contactId: 'contact',
      userId: null,
      question,
      answer,
    });

  it('are suggestions once, and answer nothing before somebody has approved them', async () => {
    const { http } = shop.person;
    for (let time = 0; time < 2; time++) await suggest('请问你们几点开门？', '每天早上九点。');
    await suggest('  ', 'nothing was asked');
    const { items } = await ok(http.get(`${path}?state=suggested`));
    assert.deepEqual(
      items.map(({ question, answer }: any) => [question, answer]),
      [['请问你们几点开门？', '每天早上九点。']],
    );
    assert.equal(await asked('几点开门'), null);
    const stale = await http.patch(`${path}/${items[0].id}`, { state: 'approved' }, { 'if-match': '"other"' });
    assert.equal(stale.status, 412);
    const edited = { state: 'approved', answer: '每天九点。' };
    await ok(http.patch(`${path}/${items[0].id}`, edited, { 'if-match': `"${items[0].version}"` }));
    assert.equal((await asked('几点开门'))?.answer, '每天九点。');
    assert.equal((await asked('请问几点开门吗'))?.id, items[0].id);
    assert.equal((await shop.find('你们几点开门')).approved.answer, '每天九点。');
    await ok(http.patch(`${path}/${items[0].id}`, { state: 'rejected' }));
    assert.equal(await asked('几点开门'), null);
  });

  it('follow an edited question, and go when they are deleted', async () => {
    const { http } = shop.person;
    const { id } = await ok(http.post(path, { question: 'Do you ship to Norway?', answer: 'Yes.' }));
    assert.equal((await asked('do you ship to NORWAY'))?.score, 1);
    await ok(http.patch(`${path}/${id}`, { question: 'Do you ship to Sweden?' }));
    assert.equal(await asked('Do you ship to Norway?'), null);
    assert.equal((await asked('Please, do you ship to Sweden?'))?.id, id);
    await ok(http.delete(`${path}/${id}`));
    assert.equal(await asked('Do you ship to Sweden?'), null);
    assert.equal((await http.get(`${path}/${id}`)).status, 404);
  });

  it('are given to no other question of the same letters', async () => {
    const { http } = shop.person;
    const { id } = await ok(http.post(path, { question: 'Is 1.5 kg enough?', answer: 'Yes.' }));
    assert.equal(await asked('Is 15 kg enough?'), null);
    assert.equal((await asked('Hello, is 1.5 kg enough?'))?.id, id);
    await ok(http.delete(`${path}/${id}`));
  });

  it('are forgotten with the contact they were given to, but for those that were approved', async () => {
    const { http, tenantId } = shop.person;
    for (const question of ['Is my name Ada?', 'Is the shop closed?']) await suggest(question, 'Yes.');
    const { items } = await ok(http.get(`${path}?state=suggested`));
    const { id } = items.find(({ question }: any) => question.includes('shop'));
    await ok(http.patch(`${path}/${id}`, { state: 'approved' }));
    const { db, events, jobs } = app.services;
    await db.transaction((trx) => events.emit(trx, 'contact.erased', { contact_id: 'contact' }, { tenantId }));
    await jobs.idle();
    const left = await db.read('ai_replies_answers').where({ tenant_id: tenantId }).whereNotNull('conversation_id');
    assert.deepEqual(left, []);
    assert.equal((await asked('Is the shop closed?'))?.id, id);
    assert.equal((await ok(http.get(`${path}?state=suggested`))).items.length, 0);
  });

  it('keep no more suggestions than somebody can look through', async () => {
    const now = app.clock.now();
    const { tenantId } = shop.person;
    const rows = Array.from({ length: 1_001 }, (_, number) => ({
      uuid: crypto.randomUUID(),
      tenant_id: tenantId,
      state: 'suggested' as const,
      question: `q${number}`,
      answer: 'a',
      question_hash: `h${number}`,
      created_at: now,
      updated_at: now,
    }));
    await app.services.db.write.batchInsert('ai_replies_answers', rows, 100);
    await suggest('The newest of all?', 'Yes.');
    const { items, total } = await ok(shop.person.http.get(`${path}?state=suggested`));
    assert.equal(total.value, 1_000);
    assert.equal(items[0].question, 'The newest of all?');
  });
});

describe('test sets', () => {
  let shop: Library;
  before(async () => {
    shop = await libraryOf(app);
  });

  it('are run, scored and compared with the run before, from the API and by command', async () => {
    const { http } = shop.person;
    const animals = await shop.text('# Lions\n\nA lion eats twenty kilograms of meat.\n\n# Bees\n\nA bee eats pollen.');
    const set = await ok(http.post('/api/platform/ai/test-sets', { name: 'Animals', k: 3 }));
    const path = `/api/platform/ai/test-sets/${set.id}`;
    assert.equal((await http.post(`${path}/runs`)).status, 409, 'without questions there is nothing to run');
    const questions = [
      {
        question: 'What does a lion eat?',
        documents: [animals.id],
        passage: 'twenty  KILOGRAMS',
        answer_words: ['meat'],
      },
      { question: 'What does a bee eat?', documents: [animals.id], passage: 'pollen', answer_words: ['honey'] },
      { question: 'How fast are cheetahs?', documents: [animals.id] },
    ];
    const made: any[] = [];
    for (const question of questions) made.push(await ok(http.post(`${path}/questions`, question)));
    const { id: first } = await ok(http.post(`${path}/runs`));
    await app.services.jobs.idle();
    const run = await ok(http.get(`${path}/runs/${first}`));
    assert.deepEqual(run.figures, { questions: 3, hit_rate: 0.6667, mrr: 0.6667, words_rate: 0.5 });
    assert.equal(run.before, null);
    assert.deepEqual(
      run.results.map(({ rank, has_words }: any) => [rank, has_words]),
      [
        [1, true],
        [1, false],
        [null, null],
      ],
    );
    assert.equal(run.results[0].found[0].document_id, animals.id);
    await ok(http.patch(`${path}/questions/${made[1].id}`, { answer_words: ['pollen'] }));
    await shop.text('# Cheetahs\n\nCheetahs are as fast as cars.');
    await ok(http.patch(`${path}/questions/${made[2].id}`, { documents: [] }));
    const { id: second } = await ok(http.post(`${path}/runs`));
    await app.services.jobs.idle();
    const again = await ok(http.get(`${path}/runs/${second}`));
    assert.deepEqual(again.figures, { questions: 3, hit_rate: 1, mrr: 1, words_rate: 1 });
    assert.deepEqual([again.before.id, again.before.figures], [first, run.figures]);
    assert.deepEqual([again.results[2].rank, again.results[2].rank_before], [1, null]);

    await ok(http.delete(`/api/platform/ai/documents/${animals.id}`));
    await app.services.jobs.idle();
    const { dataDir } = app;
    const database = { ...app.services.coreConfig.database };
    const off = builtInPlugins().filter((name) => !['auth', 'robots', 'ai-replies'].includes(name));
    const plugins = {
      PATCHBAY_PLUGINS: JSON.stringify(Object.fromEntries(off.map((name) => [name, { enabled: false }]))),
    };
    const { code, out, err } = await onInstallation(['ai:test', set.id], dataDir, database, plugins);
    assert.match(out, /missed {2}What does a lion eat\?\n/, err);
    assert.match(out, /1\. {6}How fast are cheetahs\?\n\nfound: 0\.3333 \(last run: 1\)/);
    assert.equal(code, 1, 'less is found than the time before');
    const other = await libraryOf(app);
    for (const one of [path, `${path}/questions`, `${path}/runs`, `${path}/runs/${first}`])
      assert.equal((await other.person.http.get(one)).status, 404, one);
    await ok(http.delete(path));
    assert.equal(await app.services.db.read('ai_replies_test_results').first(), undefined);
  }).timeout(60_000);

  it('have no more questions than they may, and a question has a version', async () => {
    const { http } = shop.person;
    const { db } = app.services;
    const { id } = await ok(http.post('/api/platform/ai/test-sets', { name: 'Full' }));
    const path = `/api/platform/ai/test-sets/${id}/questions`;
    const { id: test_set } = (await db.read('ai_replies_test_sets').where({ uuid: id }).first('id'))!;
    const plain = { test_set, question: '?', documents: '[]', passage: '', answer_words: '[]' };
    const rows = Array.from({ length: 999 }, () => ({
      ...plain,
      uuid: crypto.randomUUID(),
      created_at: 1,
      updated_at: 1,
    }));
    for (const start of [0, 333, 666])
      await db.transaction((trx) => trx('ai_replies_test_questions').insert(rows.slice(start, start + 333)));
    const both = await Promise.all(['one', 'two'].map((question) => http.post(path, { question })));
    assert.deepEqual(both.map(({ status }) => status).sort(), [201, 409]);
    assert.equal(both.find(({ status }) => status === 409)?.body.code, 'test_set_is_full');
    const { created_at, updated_at, version, ...made } = both.find(({ status }) => status === 201)!.body;
    assert.deepEqual(Object.keys(made), ['id', 'question', 'documents', 'passage', 'answer_words']);
    const one = `${path}/${made.id}`;
    const change = (passage: string) => http.patch(one, { passage }, { 'if-match': `"${version}"` });
    assert.equal((await change('first')).body.passage, 'first');
    assert.equal((await change('second')).status, 412);
    assert.deepEqual([(await http.delete(one)).status, (await http.delete(one)).status], [204, 404]);
  });

  it('of a process that ended in the middle go on where it was', async () => {
    const { http } = shop.person;
    const { db, testRuns, knowledgeSearch } = app.services;
    const { id } = await ok(http.post('/api/platform/ai/test-sets', { name: 'Cut' }));
    for (const question of ['one', 'two', 'three'])
      await ok(http.post(`/api/platform/ai/test-sets/${id}/questions`, { question }));
    const set = (await db.read('ai_replies_test_sets').where({ uuid: id }).first())!;
    const [run] = await db
      .write('ai_replies_test_runs')
      .insert({ uuid: crypto.randomUUID(), test_set: set.id, state: 'waiting', created_at: app.clock.now() })
      .returning('*');
    const asked: string[] = [];
    const { trace } = knowledgeSearch;
    const ended = new AbortController();
    const search = async (query: Parameters<typeof trace>[0]) => {
      asked.push(query.text);
      if (asked.length === 2) ended.abort(new Error('the process ends'));
      query.signal?.throwIfAborted();
      return [];
    };
    const { createTestRuns } = await import('#plugins/ai-replies/knowledge/test-runs.ts');
    const cut = createTestRuns({ ...app.services, knowledgeSearch: { trace, search } });
    await assert.rejects(cut.work(run!.id, ended.signal), /ends/);
    await testRuns.work(run!.id, new AbortController().signal);
    const { figures } = await testRuns.find(set, run!.uuid);
    assert.equal(JSON.parse(figures ?? '{}').questions, 3);
    assert.deepEqual(asked, ['one', 'two']);
  });
});

describe('pages of the web', () => {
  let shop: Library;
  let site: BadServer;
  let reader: Library['person']['http'];
  let page = '<html><head><title>Opening hours</title></head><body><h1>Hours</h1><p>Open from nine.</p></body></html>';
  let status = 200;
  const seen: (string | undefined)[] = [];
  before(async () => {
    site = await badServer();
    site.answer((response, request) => {
      seen.push(request.headers['if-none-match']);
      const etag = `"${page.length}"`;
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(status, { 'content-type': 'text/html', etag }).end(page);
    });
    shop = await libraryOf(app);
    // Days go by: a session would have ended, a key goes on.
    const scopes = ['ai:read', 'ai:manage', 'ai:use'];
    const { raw_key } = await ok(shop.person.http.post('/api/v2/api-keys', { name: 'pages', scopes }));
    const only = await ok(shop.person.http.post('/api/v2/api-keys', { name: 'reader', scopes: ['ai:read'] }));
    reader = app.http.apiKey(only.raw_key);
    shop = { ...shop, person: { ...shop.person, http: app.http.apiKey(raw_key) } };
  });
  after(() => site.stop());

  const find = (text: string): Promise<any> => ok(shop.person.http.post('/api/platform/ai/search', { text }));
  const later = async (ms: number): Promise<void> => {
    await app.clock.advance(ms);
    await app.platform.cron.runDue();
    await app.services.jobs.idle();
  };

  it('are read by their schedule: unchanged ones left, changed ones cut anew, and kept when they fail', async () => {
    const { http } = shop.person;
    const wish = { base_id: shop.base, url: `${site.url}/hours`, schedule: '0 * * * *' };
    const { id } = await ok(http.post('/api/platform/ai/documents', wish));
    await app.services.jobs.idle();
    const path = `/api/platform/ai/documents/${id}`;
    const first = await ok(http.get(path));
    assert.deepEqual([first.state, first.name, first.reason], ['ready', 'Opening hours', '']);
    const chunk = await app.services.db.read('ai_replies_chunks').first('id');

    await later(HOUR_MS);
    assert.equal(seen.length, 2);
    assert.equal(seen[1], `"${page.length}"`);
    assert.deepEqual(await app.services.db.read('ai_replies_chunks').first('id'), chunk);
    assert.ok((await ok(http.get(path))).read_at > first.read_at);

    page = page.replace('nine', 'half past ten');
    await later(HOUR_MS);
    assert.match((await find('when are you open')).passages[0].text, /half past ten/);

    [status, page] = [500, 'broken'];
    await later(HOUR_MS);
    const failed = await ok(http.get(path));
    assert.deepEqual([failed.state, failed.reason], ['ready', 'The page answers with status 500']);
    assert.match((await find('when are you open')).passages[0].text, /half past ten/);

    [status, page] = [200, '<html><body><p>Open on Sundays only.</p></body></html>'];
    await later(HOUR_MS);
    assert.equal((await ok(http.get(path))).reason, '');
    assert.match((await find('open')).passages[0].text, /Sundays/);

    await ok(http.patch(path, { schedule: null }));
    const asked = seen.length;
    await later(3 * HOUR_MS);
    assert.equal(seen.length, asked);
    assert.equal((await http.send('PUT', `${path}/file`, 'x', { 'content-type': 'text/plain' })).status, 409);
  });

  it('are read in time although a clock that was ahead has noted the next one, and when their job is gone', async () => {
    const { http } = shop.person;
    status = 200;
    const wish = { base_id: shop.base, url: `${site.url}/clock`, schedule: '0 * * * *' };
    const { id } = await ok(http.post('/api/platform/ai/documents', wish));
    await app.services.jobs.idle();
    const { db } = app.services;
    const own = () => db.write('ai_replies_documents').where({ uuid: id });
    await own().update({ next_read_at: app.clock.now() + 365 * 24 * HOUR_MS });
    await later(5 * 60_000);
    const asked = seen.length;
    await later(HOUR_MS);
    assert.ok(seen.length > asked, 'it was read again');

    await own().update({ state: 'waiting', wanted: 70, schedule: null, next_read_at: null });
    await later(HOUR_MS);
    assert.equal((await own().first('state'))?.state, 'ready');
  });

  it('show what their address asks with to who may change it alone, and are not called by it', async () => {
    const { http } = shop.person;
    const before = page;
    [status, page] = [200, '<html><body><p>Parking is behind the house.</p></body></html>'];
    const url = `${site.url}/parking?token=opensesame`;
    const { id } = await ok(http.post('/api/platform/ai/documents', { base_id: shop.base, url }));
    await app.services.jobs.idle();
    page = before;
    const path = `/api/platform/ai/documents/${id}`;
    const own = await ok(http.get(path));
    assert.deepEqual([own.state, own.url, own.name], ['ready', url, `${site.url}/parking`]);
    assert.equal((await ok(reader.get(path))).url, `${site.url}/parking?****`);
    for (const place of [path, '/api/platform/ai/documents', '/api/platform/ai/search'])
      assert.doesNotMatch(
        (await (place.endsWith('search') ? http.post(place, { text: 'parking' }) : reader.get(place))).text,
        /opensesame/,
      );
  });

  it('that never answered say why, and are read again when somebody asks', async () => {
    const { http } = shop.person;
    status = 404;
    const { id } = await ok(http.post('/api/platform/ai/documents', { base_id: shop.base, url: `${site.url}/gone` }));
    await app.services.jobs.idle();
    const path = `/api/platform/ai/documents/${id}`;
    const failed = await ok(http.get(path));
    assert.deepEqual([failed.state, failed.reason], ['failed', 'The page answers with status 404']);
    assert.equal((await http.get(`${path}/file`)).status, 404);
    status = 200;
    await ok(http.post(`${path}/read`));
    await app.services.jobs.idle();
    assert.equal((await ok(http.get(path))).state, 'ready');
    assert.match((await http.get(`${path}/file`)).text, /Sundays/);
  });
});
