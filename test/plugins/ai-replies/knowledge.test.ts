/** Knowledge: documents go in, passages are found, and what is deleted leaves nothing. */
import assert from 'node:assert/strict';
import { register } from '#test/support/accounts.ts';
import { walkList } from '#test/support/lists.ts';
import { type KnowledgePlatform, type Library, libraryOf, ok, startKnowledge } from './knowledge-support.ts';
import { badServer } from './support.ts';

const REFUNDS = `# 售后服务

## 退货政策

七天内可以无理由退货，请保持商品完好，退款在三个工作日内原路退回。

## 发票

每个订单都可以开具电子发票，请在订单页面申请。

# Delivery

## Abroad

Parcels to other countries take ten days. Customs fees are paid by the customer.
`;

describe('knowledge', () => {
  let app: KnowledgePlatform;
  let shop: Library;
  before(async () => {
    app = await startKnowledge();
    shop = await libraryOf(app);
  });
  after(() => app.stop());

  it('reads a text, and shows what it was cut into with headings and offsets', async () => {
    const document = await shop.text(REFUNDS, 'Handbook');
    assert.equal(document.state, 'ready');
    assert.equal(document.name, 'Handbook');
    const { items } = await ok(shop.person.http.get(`/api/platform/ai/documents/${document.id}/chunks`));
    assert.deepEqual(
      items.map(({ headings }: any) => headings),
      [
        ['售后服务', '退货政策'],
        ['售后服务', '发票'],
        ['Delivery', 'Abroad'],
      ],
    );
    assert.ok(items[1].offset > items[0].offset);
    assert.equal(document.chunks, 3);
  });

  for (const [question, expected] of [
    ['退款', '退货政策'],
    ['怎么退货', '退货政策'],
    ['你们的发票怎么开', '发票'],
    ['票', '发票'],
    ['货', '退货政策'],
    ['How long does a parcel take?', 'Abroad'],
    ['Who pays the custom fee', 'Abroad'],
    ['ＰＡＲＣＥＬＳ', 'Abroad'],
  ] as const) {
    it(`finds “${question}” below “${expected}”`, async () => {
      const { passages, by } = await shop.find(question);
      assert.equal(passages[0]?.headings.at(-1), expected);
      assert.equal(passages[0].document, 'Handbook');
      assert.ok(passages[0].score > 0.25 && passages[0].score <= 1, String(passages[0].score));
      assert.deepEqual(by, { words: true, meaning: false, rerank: false });
    });
  }

  it('finds what a heading names, however it is asked for, and nothing else there', async () => {
    // Where there is little else, words that stand nowhere count as much as they can.
    const alone = await startKnowledge();
    for (const [text, asked, nonsense] of [
      [
        '# Delivery\n\nParcels arrive within three days. It costs five euros.',
        [
          'How long does delivery take?',
          'How much is the delivery?',
          'Hi, I want to know what happens on delivery',
          'Does my delivery come by boat?',
        ],
        [
          'How long does a flight to Mars take?',
          'How much is an elephant?',
          'What happens in winter',
          'Delivery of purple helmets by seven dragons',
        ],
      ],
      [
        '# 配送\n\n包裹三日内送达，运费五元。',
        ['配送需要多长时间？', '配送要几天', '请问配送多久', '配送多少钱'],
        ['火星旅行需要多长时间？', '大象多久睡一次'],
      ],
    ] as const) {
      const small = await libraryOf(alone);
      await small.text(text);
      for (const question of asked) assert.equal((await small.find(question)).passages.length, 1, question);
      for (const question of nonsense) assert.deepEqual((await small.find(question)).passages, [], question);
    }
    await alone.stop();
  });

  it('finds nothing above the floor for what is not in it', async () => {
    for (const question of ['量子物理学的基础', 'Do you repair bicycles in winter?', '！？', '""" OR owner : *'])
      assert.deepEqual((await shop.find(question)).passages, [], question);
  });

  it('says what lies below the floor, and finds it once the floor is lower', async () => {
    const { http } = shop.person;
    const path = `/api/platform/ai/bases/${shop.base}`;
    const question = 'customs bicycles helmets winter tyres';
    const before = await shop.find(question);
    assert.equal(before.passages.length, 0);
    assert.equal(before.below_floor[0].headings.at(-1), 'Abroad');
    await ok(http.patch(path, { floor: 0 }));
    assert.equal((await shop.find(question)).passages[0].headings.at(-1), 'Abroad');
    await ok(http.patch(path, { floor: 0.25 }));
  });

  it('joins the neighbours of a passage, without what both have', async () => {
    const small = await libraryOf(app, { chunk_tokens: 50, overlap_tokens: 15 });
    const sentences = Array.from({ length: 30 }, (_, n) => `Rule ${n} says that item${n} is kept on shelf ${n * 7}.`);
    const text = sentences.join(' ');
    await small.text(text, 'Rules');
    const [passage] = (await small.find('item17')).passages;
    assert.ok(text.includes(passage.text), passage.text);
    assert.equal(text.slice(passage.offset, passage.offset + passage.text.length), passage.text);
    assert.match(passage.text, /item16.*item17.*item18/s);
  });

  it('keeps what one tenant knows from every other', async () => {
    const other = await libraryOf(app);
    assert.deepEqual((await other.find('退款')).passages, []);
    assert.deepEqual((await other.find('退款', { bases: [shop.base] })).passages, []);
    const { items } = await ok(shop.person.http.get('/api/platform/ai/documents'));
    for (const path of [`/documents/${items[0].id}`, `/documents/${items[0].id}/chunks`, `/bases/${shop.base}`])
      assert.equal((await other.person.http.get(`/api/platform/ai${path}`)).status, 404, path);
    for (const path of [`/documents/${items[0].id}`, `/bases/${shop.base}`])
      assert.equal((await other.person.http.delete(`/api/platform/ai${path}`)).status, 404, path);
    const upload = `/api/platform/ai/bases/${shop.base}/files?name=x`;
    assert.equal((await other.person.http.send('POST', upload, 'x', { 'content-type': 'text/plain' })).status, 404);
    assert.equal((await app.http.get('/api/platform/ai/documents')).status, 401);
  });

  it('looks into the bases that are named alone', async () => {
    const { http } = shop.person;
    const second = await ok(http.post('/api/platform/ai/bases', { name: 'Second' }));
    assert.deepEqual((await shop.find('退款', { bases: [second.id] })).passages, []);
    assert.equal((await shop.find('退款', { bases: [second.id, shop.base] })).passages.length, 1);
    assert.equal((await http.post('/api/platform/ai/bases', { name: 'Second' })).status, 409);
    await ok(http.delete(`/api/platform/ai/bases/${second.id}`));
    await ok(http.post('/api/platform/ai/bases', { name: 'Second' }));
  });

  it('replaces a document: the text before is found until the new one was read, and not after', async () => {
    const { http } = shop.person;
    const document = await shop.text('The telephone number of the warehouse is 4711.', 'Numbers');
    const path = `/api/platform/ai/documents/${document.id}`;
    const stale = { 'if-match': '"other"', 'content-type': 'text/plain' };
    assert.equal((await http.send('PUT', `${path}/file`, 'x', stale)).status, 412);
    const bytes = 'The telephone number of the warehouse is 4712.';
    await ok(http.send('PUT', `${path}/file`, bytes, { 'content-type': 'text/plain' }));
    await app.services.jobs.idle();
    const [passage] = (await shop.find('telephone warehouse')).passages;
    assert.match(passage.text, /4712/);
    assert.equal(await app.services.db.read('ai_replies_chunks').where('text', 'like', '%4711%').first(), undefined);
    const download = await http.get(`${path}/file`);
    assert.equal(download.text, bytes);
    assert.match(download.headers.get('content-disposition') ?? '', /^attachment; filename\*=UTF-8''Numbers$/);
  });

  it('erases a document with its file, passages and words', async () => {
    const { http } = shop.person;
    const { services } = app;
    const document = await shop.text(`Secret of the vault: zanzibar. ${'filling '.repeat(20_000)}`, 'Vault');
    assert.equal((await shop.find('zanzibar')).passages.length, 1);
    const row = await services.db.read('ai_replies_documents').where({ uuid: document.id }).first();
    await ok(http.delete(`/api/platform/ai/documents/${document.id}`));
    assert.equal((await shop.find('zanzibar')).passages.length, 0);
    await services.jobs.idle();
    const { read } = services.db;
    assert.equal(await read('ai_replies_documents').where({ id: row!.id }).first(), undefined);
    assert.equal(await read('ai_replies_chunks').where({ document: row!.id }).first(), undefined);
    assert.equal(await read('core_blobs').where({ id: row!.blob! }).first(), undefined);
    if (services.db.client !== 'pg') {
      const left = await services.db.read.raw(`select 1 from ai_replies_chunk_words_rows where term = 'zanzibar'`);
      assert.deepEqual(left, []);
    }
  });

  it('shows its lists in every way', async () => {
    const { http: client } = shop.person;
    const documents = await ok(client.get('/api/platform/ai/documents'));
    await walkList({ client, path: '/api/platform/ai/documents', rows: documents.total.value, sorts: [] });
    await walkList({ client, path: '/api/platform/ai/bases', rows: 2, sorts: ['name'] });
    const [handbook] = documents.items.filter(({ name }: any) => name === 'Handbook');
    await walkList({
      client,
      path: `/api/platform/ai/documents/${handbook.id}/chunks`,
      rows: 3,
      sorts: ['place'],
    });
    assert.equal(
      (await ok(client.get(`/api/platform/ai/documents?base_id=${shop.base}&state=failed`))).items.length,
      0,
    );
  });

  it('refuses what is no document, in words', async () => {
    const { http } = shop.person;
    const path = '/api/platform/ai/documents';
    assert.equal((await http.post(path, { base_id: shop.base })).body.code, 'text_or_url');
    assert.equal((await http.post(path, { base_id: shop.base, text: 'a', schedule: '0 3 * * *' })).status, 409);
    assert.equal((await http.post(path, { base_id: shop.base, url: 'http://10.0.0.1/' })).body.code, 'bad_address');
    for (const schedule of ['* * * * *', '*/5 * * * *', 'every day', '0 3 * *']) {
      const answer = await http.post(path, { base_id: shop.base, url: 'http://127.0.0.1:1/', schedule });
      assert.equal(answer.status, 422, schedule);
    }
    assert.equal((await shop.file('   \n ', 'empty.txt')).reason, 'There is no text in it');
  });

  it('stops where a tenant has as many passages as it may', async () => {
    const small = await startKnowledge({ settings: { knowledge: { maxChunks: 2 } } });
    const full = await libraryOf(small);
    await full.text('# One\n\nfirst\n\n# Two\n\nsecond');
    const answer = await full.person.http.post('/api/platform/ai/documents', { base_id: full.base, text: 'third' });
    assert.equal(answer.body.code, 'knowledge_is_full');
    await small.stop();
  });

  it('stops where all documents of a tenant would be larger than they may be', async () => {
    const site = await badServer();
    site.answer((response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end(`Open from nine.${' '.repeat(500_000)}`),
    );
    const small = await startKnowledge({ settings: { knowledge: { maxTotalMb: 1 } } });
    const full = await libraryOf(small);
    const { http } = full.person;
    const { id: other } = await ok(http.post('/api/platform/ai/bases', { name: 'Other' }));
    // Spaces, because large is all that they have to be.
    const bytes = Buffer.from(`A parcel takes ten days.${' '.repeat(600_000)}`);
    const headers = { 'content-type': 'text/plain' };
    const send = (base: string) => http.send('POST', `/api/platform/ai/bases/${base}/files?name=a.txt`, bytes, headers);
    const both = await Promise.all([send(full.base), send(other)]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [201, 409]);
    const refused = both.find(({ status }) => status === 409)?.body;
    assert.deepEqual(
      [refused.code, refused.limit_bytes, refused.used_bytes],
      ['documents_too_large', 1024 * 1024, bytes.length],
    );
    const { id } = both.find(({ status }) => status === 201)?.body ?? {};
    const path = `/api/platform/ai/documents/${id}`;
    const twice = Buffer.concat([bytes, bytes]);
    assert.equal((await http.send('PUT', `${path}/file`, twice, headers)).body.code, 'documents_too_large');
    await ok(http.send('PUT', `${path}/file`, bytes, headers));
    const page = await ok(http.post('/api/platform/ai/documents', { base_id: other, url: `${site.url}/hours` }));
    const read = async () => {
      await small.services.jobs.idle();
      return ok(http.get(`/api/platform/ai/documents/${page.id}`));
    };
    assert.match((await read()).reason, /no room/);
    assert.equal((await http.delete(path)).status, 204);
    await small.services.jobs.idle();
    await ok(http.post(`/api/platform/ai/documents/${page.id}/read`));
    assert.deepEqual([(await read()).state, (await read()).reason], ['ready', '']);
    await small.stop();
    await site.stop();
  });

  it('goes with its tenant, and leaves nothing of it', async () => {
    const gone = await libraryOf(app);
    await gone.text('A text that goes with its tenant.');
    await app.services.knowledge.suggest({
      tenantId: gone.person.tenantId,
      conversationId: 'c',
      contactId: 'c',
      userId: null,
      question: 'Where?',
      answer: 'Here.',
    });
    const { http } = await register(app);
    assert.equal((await http.get('/api/platform/ai/answers')).body.items.length, 0);
    await ok(gone.person.http.delete('/api/v2/users/me'));
    await app.services.jobs.idle();
    const where = { tenant_id: gone.person.tenantId };
    for (const table of ['ai_replies_bases', 'ai_replies_documents', 'ai_replies_answers'] as const)
      assert.equal(await app.services.db.read(table).where(where).first(), undefined, table);
    const orphans = app.services.db.read('ai_replies_documents').select('id');
    assert.equal(await app.services.db.read('ai_replies_chunks').whereNotIn('document', orphans).first(), undefined);
  });
});
