/** Many documents at once: a ZIP of files, CSV and lines of JSON, in and out, with what is wrong with each. */
import assert from 'node:assert/strict';
import { type KnowledgePlatform, type Library, libraryOf, ok, startKnowledge } from './knowledge-support.ts';
import { docxOf, zipOf } from './office-files.ts';
import { badServer } from './support.ts';

describe('many documents at once', () => {
  let app: KnowledgePlatform;
  let shop: Library;
  let owner: Library;
  let other: Library;
  before(async () => {
    app = await startKnowledge({ settings: { knowledge: { maxFileMb: 1 } } });
    [owner, other] = [await libraryOf(app), await libraryOf(app)];
  });
  beforeEach(async () => {
    shop = await another();
  });
  after(() => app.stop());

  const another = () => libraryOf(app, { name: crypto.randomUUID() }, owner.person);

  async function importOf(bytes: Buffer | string, type = 'application/octet-stream'): Promise<any> {
    const path = `/api/platform/ai/bases/${shop.base}/import`;
    const { id } = await ok(shop.person.http.send('POST', path, bytes, { 'content-type': type }));
    for (;;) {
      const operation = await ok(shop.person.http.get(`/api/platform/operations/${id}`));
      if (operation.state !== 'running') {
        await app.services.jobs.idle();
        return operation;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const documents = async (): Promise<any[]> =>
    (await ok(shop.person.http.get(`/api/platform/ai/documents?base_id=${shop.base}&limit=200`))).items;

  it('makes a document of each file of a ZIP, and says of the others what is wrong', async () => {
    const zip = zipOf([
      { name: 'help/', content: '' },
      { name: 'help/returns.md', content: '# Returns\n\nWithin thirty days.' },
      { name: 'help/warranty.docx', content: docxOf(['# Warranty', 'Two years for giraffes.']) },
      { name: '__MACOSX/help/._returns.md', content: 'x' },
      { name: '.git/config', content: 'x' },
      { name: 'empty.txt', content: '' },
      { name: 'large.txt', content: Buffer.alloc(2_000_000, 'x ') },
    ]);
    const { state, result, total } = await importOf(zip, 'application/zip');
    assert.equal(state, 'done');
    assert.equal(total, 4);
    assert.deepEqual([result.added, result.failed], [2, 2]);
    assert.deepEqual(result.errors.map(({ name, message }: any) => `${name}: ${message}`).sort(), [
      'empty.txt: There is nothing in it',
      'large.txt: It is larger than 1 MB',
    ]);
    assert.deepEqual((await documents()).map(({ name, state: read }) => `${name} ${read}`).sort(), [
      'help/returns.md ready',
      'help/warranty.docx ready',
    ]);
    assert.equal((await shop.find('giraffes', { bases: [shop.base] })).passages[0].document, 'help/warranty.docx');
  });

  it('leaves what is the same, and replaces what has changed', async () => {
    const zip = (text: string) =>
      zipOf([
        { name: 'a.md', content: 'The elephant is grey.' },
        { name: 'b.md', content: text },
      ]);
    await importOf(zip('The lion is yellow.'));
    const { result } = await importOf(zip('The lion is red.'));
    assert.deepEqual([result.added, result.replaced, result.unchanged], [0, 1, 1]);
    assert.equal((await documents()).length, 2);
    assert.match((await shop.find('lion', { bases: [shop.base] })).passages[0].text, /red/);
  });

  it('reads names as Windows in China writes them', async () => {
    const zip = zipOf([{ name: 'PLACE', content: '七天内可以无理由退货。' }]);
    // 退货 in GB 18030, which is as long in bytes.
    const bytes = Buffer.from(zip.toString('latin1').replaceAll('PLACE', '\xcd\xcb\xbb\xf5A'), 'latin1');
    await importOf(bytes);
    assert.equal((await documents())[0].name, '退货A');
  });

  it('takes CSV, and says in which line what is wrong', async () => {
    const csv = [
      'name,text,url,schedule',
      'Hours,"We open at nine,\nand close at five.",,',
      'Both,x,https://example.com,',
      ',The first line is its name,,',
      'Page,,https://127.0.0.2/x,every day',
      "Formula,'=1+1 is two,,",
    ].join('\n');
    const { result } = await importOf(csv, 'text/csv');
    assert.equal(result.added, 3);
    assert.deepEqual(
      result.errors.map(({ line, name }: any) => [line, name]),
      [
        [4, 'Both'],
        [6, 'Page'],
      ],
    );
    assert.deepEqual((await documents()).map(({ name }) => name).sort(), [
      'Formula',
      'Hours',
      'The first line is its name',
    ]);
  });

  it('takes lines of JSON, and pages with their schedule', async () => {
    const server = await badServer();
    const url = `${server.url}/page`;
    server.answer((response) => response.end('A page about tapirs.'));
    const lines = [
      JSON.stringify({ name: 'One', text: 'Zebras have stripes.' }),
      'no json',
      JSON.stringify({ name: 'Two', text: 5 }),
      JSON.stringify({ name: 'Page', url, schedule: '0 3 * * *' }),
      JSON.stringify({ name: 'Inside', url: 'http://10.0.0.1/page' }),
    ];
    const { result } = await importOf(lines.join('\n'));
    assert.equal(result.added, 2);
    assert.deepEqual(
      result.errors.map(({ line }: any) => line),
      [2, 3, 5],
    );
    const page = (await documents()).find(({ name }) => name === 'Page');
    assert.deepEqual([page.url, page.schedule], [url, '0 3 * * *']);
    assert.equal((await importOf(lines.join('\n'))).result.unchanged, 2);
    await server.stop();
  });

  for (const format of ['csv', 'jsonl']) {
    it(`gives as ${format} what another base takes`, async () => {
      await shop.text('=formulas are texts\n\n- "quoted", 中文', 'Notes');
      await shop.file(docxOf(['# Warranty', 'Two years for giraffes.']), 'warranty.docx');
      const path = `/api/platform/ai/documents/export?base_id=${shop.base}&format=${format}`;
      const exported = await shop.person.http.get(path);
      assert.equal(exported.status, 200);
      shop = await another();
      assert.equal((await importOf(exported.text)).result.added, 2);
      const [, notes] = await documents();
      const file = await shop.person.http.get(`/api/platform/ai/documents/${notes.id}/file`);
      assert.equal(file.text, '=formulas are texts\n\n- "quoted", 中文');
      assert.match((await shop.find('giraffes', { bases: [shop.base] })).passages[0].text, /Two years for giraffes/);
    });
  }

  it('refuses a ZIP that goes beyond limits, before anything of it is there', async () => {
    const path = `/api/platform/ai/bases/${shop.base}/import`;
    const bomb = zipOf([{ name: 'a.txt', content: Buffer.alloc(50_000_000) }]);
    const refused = await shop.person.http.send('POST', path, bomb, { 'content-type': 'application/zip' });
    assert.deepEqual([refused.status, refused.body.code], [422, 'bad_import']);
    assert.match(refused.text, /250 times/);
    const foreign = await other.person.http.send('POST', path, 'name,text\na,b', { 'content-type': 'text/csv' });
    assert.equal(foreign.status, 404);
  });
});
