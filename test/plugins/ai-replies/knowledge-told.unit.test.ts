/** Whoever looks at knowledge is told when a document was read, and when a test set was run. */
import assert from 'node:assert/strict';
import { type KnowledgePlatform, libraryOf, ok, startKnowledge } from './knowledge-support.ts';

describe('what is told of knowledge', () => {
  let app: KnowledgePlatform;
  before(async () => {
    app = await startKnowledge();
  });
  after(() => app.stop());

  it('is each document that was read or could not be, to its tenant, and each run of a test set', async () => {
    const told = await app.record(/^ai\.(document|test)\./);
    const shop = await libraryOf(app);
    const { http, tenantId } = shop.person;
    const good = await shop.text('# Delivery\n\nParcels are delivered within three days.');
    const broken = await shop.file('%PDF-1.4 nothing', 'broken.pdf', 'application/pdf');
    const set = await ok(http.post('/api/platform/ai/test-sets', { name: 'Everyday' }));
    const path = `/api/platform/ai/test-sets/${set.id}`;
    await ok(http.post(`${path}/questions`, { question: 'Delivery?', documents: [good.id] }));
    const run = await ok(http.post(`${path}/runs`, {}));
    await app.services.jobs.idle();
    const events = await told.all();
    assert.deepEqual(
      events.map(({ type, tenantid, data }) => [type, tenantid, data.state, data.document_id ?? data.run_id]),
      [
        ['ai.document.read', tenantId, 'ready', good.id],
        ['ai.document.read', tenantId, 'failed', broken.id],
        ['ai.test.finished', tenantId, 'done', run.id],
      ],
    );
    assert.deepEqual([events[1]?.data.base_id, events[1]?.data.reason], [shop.base, broken.reason]);
    assert.equal(events[2]?.data.test_set_id, set.id);
  });
});
