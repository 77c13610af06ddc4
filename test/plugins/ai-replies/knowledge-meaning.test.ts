/** Knowledge by meaning: vectors of an endpoint, compared by the database or by a thread, and what becomes of its failures. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ADMIN } from '#test/support/accounts.ts';
import { onInstallation, temporaryFolder } from '#test/support/backups.ts';
import { dropDatabase, freshDatabase, startPlatform, testDatabase } from '#test/support/harness.ts';
import { type KnowledgePlatform, ok, startKnowledge } from './knowledge-support.ts';
import { type BadServer, badServer } from './support.ts';

/** Words that mean the same have the same place in a vector. */
const MEANINGS = [
  ['refund', 'money back', '退款'],
  ['parcel', 'shipment', '包裹'],
  ['invoice', 'bill'],
];
const TEXTS = ['You get a refund within three days.', 'A parcel takes ten days.', 'The invoice is in the mail.'];

describe('knowledge by meaning', () => {
  let endpoint: BadServer;
  let ranking: BadServer;
  let app: KnowledgePlatform;
  let http: KnowledgePlatform['http'];
  let base: string;
  let model = 'first';
  let fails = false;

  const settings = (more: object = {}) => ({
    embedding: { baseUrl: endpoint.url, model },
    rerank: { url: ranking.url, model: 'ranker' },
    ...more,
  });
  const plugins = (more?: object) => ({
    auth: { registration: 'open', admin: ADMIN },
    robots: {},
    'ai-replies': settings(more),
  });

  before(async () => {
    endpoint = await badServer();
    ranking = await badServer();
    endpoint.answer((response) => {
      if (fails) return void response.writeHead(500).end();
      const { input } = JSON.parse(endpoint.requests.at(-1) ?? '{}');
      const data = input.map((text: string, index: number) => ({ index, embedding: vectorOf(text) }));
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ data, usage: { total_tokens: 5 } }));
    });
    app = await startKnowledge({ plugins: plugins() });
    http = await signIn();
    base = (await ok(http.post('/api/platform/ai/bases', { name: 'Shop', floor: 0.4 }))).id;
    for (const text of TEXTS) await ok(http.post('/api/platform/ai/documents', { base_id: base, text }));
    await app.services.jobs.idle();
    assert.equal(endpoint.requests.length, 0, 'without consent no text leaves the server');
    await ok(http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true }));
    assert.equal(await app.services.embedding.enqueueMissing(), TEXTS.length);
    await app.services.jobs.idle();
  });
  after(async () => {
    await app.stop();
    await endpoint.stop();
    await ranking.stop();
  });

  async function signIn() {
    const login = await ok(app.http.post('/api/v2/auth/login', { email: ADMIN.email, password: ADMIN.password }));
    return app.http.bearer(login.access_token);
  }
  const find = (text: string): Promise<any> => ok(http.post('/api/platform/ai/search', { text }));

  it('finds what means the same in other words', async () => {
    const { passages, by } = await find('Can I have my money back?');
    assert.deepEqual(
      passages.map(({ text }: any) => text),
      [TEXTS[0]],
    );
    assert.equal(by.meaning, true);
    assert.ok(passages[0].found.meaning > 0.8, JSON.stringify(passages[0].found));
    assert.equal((await find('包裹')).passages[0].text, TEXTS[1]);
    const { items } = await ok(http.get('/api/platform/ai/documents'));
    assert.ok(items.every(({ has_vectors }: any) => has_vectors));
  });

  it('asks the endpoint once for the same question', async () => {
    await find('Where is the bill?');
    const asked = endpoint.requests.length;
    assert.equal((await find('Where is the bill?')).passages[0].text, TEXTS[2]);
    assert.equal(endpoint.requests.length, asked);
  });

  it('gives the same by the database and by a thread', async () => {
    const { comparison, bases, operatorTenant } = app.services;
    if (testDatabase === 'sqlite3') assert.equal(await comparison.by(), 'database');
    const { createThreadComparison } = await import('#plugins/ai-replies/knowledge/vectors/thread-comparison.ts');
    const ids = (await bases.of((await operatorTenant.id())!, null)).map(({ id }) => id);
    const wanted = { bases: ids, model: 'first', vector: ofLengthOne(vectorOf('refund shipment')), limit: 2 };
    const expected = await comparison.nearest(wanted);
    for (const vectorCacheMb of [1, 0]) {
      const config = { ...app.services.aiConfig, knowledge: { ...app.services.aiConfig.knowledge, vectorCacheMb } };
      const thread = createThreadComparison({ ...app.services, config });
      for (const time of ['first', 'second']) {
        const found = await thread.nearest(wanted);
        assert.deepEqual(rounded(found), rounded(expected), `${vectorCacheMb} MB, ${time} time`);
      }
      thread.invalidate(ids[0]!);
      assert.equal((await thread.nearest(wanted)).length, 2);
      await thread.stop();
    }
    assert.equal(expected.length, 2);
  });

  it('keeps a large base in memory once it was asked, and lets go of it when it changes', async () => {
    const { comparison, db, bases, operatorTenant, aiConfig } = app.services;
    const { createThreadComparison } = await import('#plugins/ai-replies/knowledge/vectors/thread-comparison.ts');
    const [first] = await bases.of((await operatorTenant.id())!, null);
    const vector = ofLengthOne(vectorOf('refund'));
    const ofBase = { bases: [first!.id], model: 'first', vector, limit: 2 };
    const small = createThreadComparison({ ...app.services, config: aiConfig });
    assert.deepEqual(small.large(ofBase), []);
    const many = createThreadComparison({ ...app.services, config: aiConfig }, 2);
    assert.deepEqual(many.large(ofBase), [], 'the first question does not wait for it');
    const found = await many.nearest(ofBase);
    assert.deepEqual(many.large(ofBase), ofBase.bases);
    assert.deepEqual(rounded(found), rounded(await comparison.nearest(ofBase)));
    await db.write('ai_replies_vectors').where({ chunk: found[0]!.chunk }).update({ model: 'other' });
    many.invalidate(first!.id);
    assert.deepEqual(many.large(ofBase), []);
    assert.notEqual((await many.nearest(ofBase))[0]?.chunk, found[0]!.chunk);
    await db.write('ai_replies_vectors').where({ chunk: found[0]!.chunk }).update({ model: 'first' });
    await small.stop();
    await many.stop();
  });

  it('finds by words when the endpoint fails, and says so', async () => {
    fails = true;
    const { passages, by } = await find('How many days does a parcel take?');
    assert.equal(passages[0].text, TEXTS[1]);
    assert.deepEqual(by, { words: true, meaning: false, rerank: false });
    fails = false;
  });

  it('puts what it found in the order of the endpoint for that, and in its own when that fails', async () => {
    ranking.answer((response) => {
      const { documents } = JSON.parse(ranking.requests.at(-1) ?? '{}');
      const results = documents.map((text: string, index: number) => ({
        index,
        relevance_score: text.includes('mail') ? 0.9 : 0.1,
      }));
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ results }));
    });
    const question = 'days of the refund, parcel and invoice';
    const { passages, by, below_floor } = await find(question);
    assert.deepEqual([passages.length, passages[0].text, passages[0].score], [1, TEXTS[2], 0.9]);
    assert.equal(by.rerank, true);
    assert.equal(below_floor.length, 2);
    for (const broken of ['{}', '<html>', '{"results": "no"}']) {
      ranking.answer((response) => void response.end(broken));
      const found = await find(question);
      assert.equal(found.passages.length, 3, broken);
      assert.equal(found.by.rerank, false);
    }
  });

  it('keeps the vectors of what is the same when a document is read again', async () => {
    const text = '# One\n\nThe refund is quick.\n\n# Two\n\nThe shipment is slow.';
    const { id } = await ok(http.post('/api/platform/ai/documents', { base_id: base, text }));
    await app.services.jobs.idle();
    const asked = endpoint.requests.length;
    const changed = text.replace('slow', 'late');
    await ok(http.send('PUT', `/api/platform/ai/documents/${id}/file`, changed, { 'content-type': 'text/markdown' }));
    await app.services.jobs.idle();
    const inputs = endpoint.requests.slice(asked).flatMap((request) => JSON.parse(request).input);
    assert.deepEqual(inputs, ['Two\nThe shipment is late.']);
    await ok(http.delete(`/api/platform/ai/documents/${id}`));
    await app.services.jobs.idle();
    const vectors = await app.services.db.read('ai_replies_vectors').count({ value: '*' }).first();
    assert.equal(Number(vectors?.value), TEXTS.length, 'the vectors go with what they are of');
  });

  it('is backed up and restored, and opened where nothing can compare vectors', async () => {
    const archive = join(temporaryFolder(), 'backup.tar.gz');
    const { dataDir } = app;
    const database = { ...app.services.coreConfig.database };
    const saved = await onInstallation(['backup', archive], dataDir, database);
    assert.equal(saved.code, 0, saved.err);
    const elsewhere = await freshDatabase();
    const folder = join(temporaryFolder(), 'data');
    const restored = await onInstallation(['restore', archive], folder, elsewhere);
    assert.equal(restored.code, 0, restored.err);
    const other = await startPlatform({ plugins: { auth: {}, robots: {} }, dataDir: folder, database: elsewhere });
    const rows = await other.services.db.read('ai_replies_vectors').select('dimensions');
    assert.deepEqual(
      rows.map(({ dimensions }) => dimensions),
      [4, 4, 4],
    );
    await other.services.db.write.raw('drop table ai_replies_vectors');
    await other.stop();
    await rm(folder, { recursive: true, force: true });
    await dropDatabase(elsewhere);
  }).timeout(120_000);

  it('makes all vectors anew when the model is another one', async () => {
    const { dataDir } = app;
    const database = { ...app.services.coreConfig.database };
    const { clock } = app;
    await app.platform.stop();
    model = 'second';
    const asked = endpoint.requests.length;
    app = await startKnowledge({ plugins: plugins(), dataDir, database, clock });
    http = await signIn();
    await app.services.jobs.idle();
    const models = endpoint.requests.slice(asked).map((request) => JSON.parse(request).model);
    assert.deepEqual([...new Set(models)], ['second']);
    const rows = await app.services.db.read('ai_replies_vectors').distinct('model');
    assert.deepEqual(rows, [{ model: 'second' }]);
    assert.equal((await find('money back')).passages[0].text, TEXTS[0]);
  });
});

/** One place for each meaning, and a little of everything. */
function vectorOf(text: string): number[] {
  const lower = text.toLowerCase();
  return [...MEANINGS.map((words) => Number(words.some((word) => lower.includes(word)))), 0.1];
}

function ofLengthOne(vector: readonly number[]): Float32Array {
  return Float32Array.from(vector, (value) => value / Math.hypot(...vector));
}

function rounded(found: readonly { chunk: number; similarity: number }[]) {
  return found.map(({ chunk, similarity }) => [chunk, similarity.toFixed(4)]).sort();
}
