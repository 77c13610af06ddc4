/** What documents may be written with, and what hostile ones come to: a sentence, for this document alone. */
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import PDFDocument from 'pdfkit';
import { stepFrom } from '#plugins/ai-replies/knowledge/chunk-store.ts';
import { repackedZip } from '#plugins/ai-replies/knowledge/reading/unzipped.ts';
import { type KnowledgePlatform, type Library, libraryOf, ok, startKnowledge } from './knowledge-support.ts';
import {
  docxOf,
  docxParts,
  pptxOf,
  sheetOf,
  withHiddenPart,
  withTwoDirectories,
  xlsxOf,
  zipOf,
} from './office-files.ts';

describe('formats of documents', () => {
  let app: KnowledgePlatform;
  let shop: Library;
  before(async () => {
    app = await startKnowledge({ settings: { knowledge: { memoryMb: 96, maxUnzippedMb: 5, maxPages: 3 } } });
    shop = await libraryOf(app);
  });
  after(() => app.stop());

  const chunksOf = async ({ id }: { id: string }): Promise<any[]> =>
    (await ok(shop.person.http.get(`/api/platform/ai/documents/${id}/chunks`))).items;

  it('reads a PDF page by page', async () => {
    const document = await shop.file(await pdfOf(['The first page.', 'Elephants are on the second page.']), 'a.bin');
    assert.deepEqual([document.state, document.media_type, document.pages], ['ready', 'application/pdf', 2]);
    const [passage] = (await shop.find('elephants')).passages;
    assert.deepEqual([passage.page, passage.document], [2, 'a.bin']);
  });

  it('reads a Word document by its headings', async () => {
    const document = await shop.file(docxOf(['# Warranty', 'Two years for giraffes.', '# Other', 'Nothing.']), 'a.txt');
    assert.equal(document.state, 'ready', document.reason);
    const [passage] = (await shop.find('giraffes')).passages;
    assert.deepEqual(passage.headings, ['Warranty']);
  });

  it('reads a workbook row by row, with the names of its columns', async () => {
    const cells = { A1: 'Article', B1: 'Price', A2: 'Zebra', B2: '12', A3: 'Lion', B3: '30' };
    const document = await shop.file(xlsxOf('Animals', cells), 'prices.xlsx');
    assert.equal(document.state, 'ready', document.reason);
    const chunks = await chunksOf(document);
    assert.deepEqual(
      chunks.map(({ text, headings }) => [text, headings]),
      [
        ['Article: Zebra\nPrice: 12', ['Animals']],
        ['Article: Lion\nPrice: 30', ['Animals']],
      ],
    );
  });

  it('reads a presentation slide by slide, as it is shown, with its notes', async () => {
    const bytes = pptxOf([
      { title: 'Opening hours', lines: ['Monday &amp; Tuesday', 'Closed on Sundays'] },
      { title: '售后', lines: ['七天内退货'], notes: 'Say it slowly' },
    ]);
    const document = await shop.file(bytes, 'talk');
    assert.deepEqual([document.state, document.pages], ['ready', 2], document.reason);
    assert.deepEqual(
      (await chunksOf(document)).map(({ headings, page, text }) => [headings, page, text]),
      [
        [['Opening hours'], 1, 'Monday & Tuesday\nClosed on Sundays'],
        [['售后'], 2, '七天内退货\n\nSay it slowly'],
      ],
    );
  });

  it('reads CSV row by row, also as Chinese Windows writes it', async () => {
    // 商品;价格 and 长颈鹿;12 in GB 18030.
    const bytes = Buffer.from('c9ccc6b73bbcdbb8f10ab3a4beb1c2b93b3132', 'hex');
    const document = await shop.file(bytes, '价格.csv', 'text/csv');
    assert.equal(document.media_type, 'text/csv');
    assert.deepEqual(
      (await chunksOf(document)).map(({ text }) => text),
      ['商品: 长颈鹿\n价格: 12'],
    );
  });

  it('reads HTML by its headings, without what is for machines', async () => {
    const html = `<!doctype html><html><head><title>Shop</title><style>p{}</style></head><body><nav>menu</nav>
      <h1>Animals</h1><script>alert('tiger')</script><h2>Food</h2><p onclick="x()">Pandas eat <b>bamboo</b>.</p>
      <table><tr><th>Animal</th><th>Food</th></tr><tr><td>Koala</td><td>Eucalyptus</td></tr></table></body></html>`;
    const document = await shop.file(html, 'page');
    const [chunk, ...others] = await chunksOf(document);
    assert.deepEqual([document.media_type, chunk.headings, others.length], ['text/html', ['Animals', 'Food'], 0]);
    assert.match(chunk.text, /Pandas eat \*\*bamboo\*\*/);
    assert.match(chunk.text, /\| Koala \| Eucalyptus \|/);
    assert.doesNotMatch(chunk.text, /tiger|menu|onclick/);
  });

  it('keeps headings apart from what only looks like one', async () => {
    const document = await shop.text('# A\n\n```sh\n# no heading\n```\n\n## B ##\n\ntext\n\n# C\n\nmore');
    assert.deepEqual(
      (await chunksOf(document)).map(({ headings }) => headings),
      [['A'], ['A', 'B'], ['C']],
    );
  });

  const hostile: [name: string, bytes: () => Buffer | Promise<Buffer>, reason: RegExp][] = [
    ['a ZIP that says how much it unpacks to', () => bomb(20_000_000), /larger than 5 MB/],
    ['one that lies about it', () => bomb(20_000_000, 1_000), /damaged/],
    ['one with a thousand times the same', () => docxOf(['x'], same(6_000)), /5000 parts|larger than/],
    ['one with a password', () => docxOf(['x'], [{ name: 'word/x', content: 'x', flags: 1 }]), /password/],
    [
      'a ZIP with a second directory for those who look for it',
      () => withTwoDirectories(docxParts(['shown']), docxParts(['meant'])),
      /damaged/,
    ],
    ['a ZIP with two parts of one name', () => docxOf(['x'], [{ name: 'word/document.xml', content: 'y' }]), /damaged/],
    [
      'a ZIP with a name that leads elsewhere',
      () => docxOf(['x'], [{ name: '../x', content: 'y' }]),
      /name that no file/,
    ],
    ['a ZIP whose parts are the same bytes', () => sameBytes(docxParts(['x'])), /damaged/],
    ['a ZIP that is no document', () => zipOf([{ name: 'a.txt', content: 'x' }]), /import it/],
    ['half a ZIP', () => docxOf(['x']).subarray(0, 900), /damaged|neither|not read/],
    ['a PDF that says less than it unpacks to', () => bombPdf(20_000_000), /larger than 5 MB/],
    ['half a PDF', async () => (await pdfOf(['x'])).subarray(0, 400), /damaged|no text|could not be read/],
    ['too many pages', () => pdfOf(['1', '2', '3', '4']), /4 pages; 3/],
    ['a PDF without text', () => pdfOf(['']), /no text/],
    ['a picture', () => Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4', 'hex'), /png/],
    [
      'an old Office file',
      () => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]),
      /older Office/,
    ],
    ['bytes of no kind', () => Buffer.from([0, 1, 2, 0, 255, 254, 0]), /neither text/],
    [
      'a table with its second cell a million rows away',
      () => xlsxOf('A', { A1: 'a', XFD1048576: 'b' }),
      /memory|ended/,
    ],
    ['HTML nested without end', () => Buffer.from(`<html>${'<div>'.repeat(300_000)}x`), /nested too deeply/],
    [
      'HTML that ends what it has not begun',
      () => Buffer.from(`<html>${'<div></x>'.repeat(300_000)}x`),
      /nested too deeply/,
    ],
  ];
  for (const [name, bytes, reason] of hostile) {
    it(`says of ${name} why it is not read, and reads the next one`, async () => {
      const document = await shop.file(await bytes(), 'hostile');
      assert.equal(document.state, 'failed');
      assert.match(document.reason, reason);
      assert.equal((await shop.text(`After ${name}.`)).state, 'ready');
    });
  }

  it('reads of a ZIP what its directory lists, whatever else lies between its parts', async () => {
    const workbook = xlsxOf('A', { A1: 'name', A2: 'shown' });
    const bytes = withHiddenPart(workbook, sheetOf({ A1: 'name', A2: 'hidden' }));
    const document = await shop.file(bytes, 'hidden.xlsx');
    assert.equal(document.state, 'ready');
    assert.match(JSON.stringify(await chunksOf(document)), /shown/);
    assert.doesNotMatch(JSON.stringify(await chunksOf(document)), /hidden/);
    const bomb = { name: 'xl/worksheets/sheet2.xml', content: ' '.repeat(50_000_000) };
    assert.equal((await shop.file(withHiddenPart(workbook, bomb), 'bomb.xlsx')).state, 'ready');
    assert.ok(repackedZip(withHiddenPart(workbook, bomb), 5 * 1024 * 1024).length < 10_000, 'libraries never see it');
  });

  it('makes no passage of a megabyte of spaces', async () => {
    const document = await shop.file(`first${' '.repeat(1_000_000)}last`, 'wide.txt', 'text/plain');
    assert.equal(document.state, 'ready');
    const longest = Math.max(...(await chunksOf(document)).map(({ text }) => text.length));
    assert.ok(longest < 20_000, `${longest} characters`);
  });

  it('reads HTML with a million empty lines, and with ends that nothing has begun', async () => {
    const gap = await shop.file(`<html><pre>first${'\n'.repeat(1_000_000)}last`, 'gap', 'text/html');
    assert.deepEqual([gap.state, gap.chunks], ['ready', 1]);
    const page = `<html>${'<div><b>word</x></div></p>'.repeat(3_000)}`;
    assert.equal((await shop.file(page, 'page', 'text/html')).state, 'ready');
  });

  it('stores passages in steps of so many characters, and leaves none out', () => {
    const chunk = { headings: [], page: null, isRow: false, tokens: 1, start: 0 };
    for (const length of [1, 300, 8_000, 59_000, 200_000]) {
      const all = Array.from({ length: 600 }, () => ({ ...chunk, text: 'x'.repeat(length) }));
      let [start, steps] = [0, 0];
      for (; start < all.length; steps++) {
        const some = stepFrom(all, start);
        assert.ok(some.length === 1 || (some.length <= 250 && some.length * length <= 60_000), `${some.length}`);
        start += some.length;
      }
      assert.deepEqual([start, steps], [600, Math.ceil(600 / Math.max(1, Math.min(250, Math.floor(60_000 / length))))]);
    }
  });

  it('refuses what is packed to a thousandth, however much may be unpacked', () => {
    const zip = docxOf(['x'], [{ name: 'word/media', content: Buffer.alloc(20_000_000) }]);
    assert.throws(() => repackedZip(zip, 1_000_000_000), /250 times as large/);
  });

  it('reads one text after the other in a thread that stays, and nothing else there', async () => {
    const { documentReader } = app.services;
    const size = { tokens: 400, overlap: 40 };
    const read = (bytes: Buffer) =>
      documentReader.read({ bytes, sentAs: '', name: 'x', size, lane: 'a' }, new AbortController().signal);
    // A PDF behind a mark that readers of kinds pass over.
    const id3 = Buffer.concat([Buffer.from('49443304000000000000', 'hex'), await pdfOf(['tapirs'])]);
    const all = await Promise.all([Buffer.from('one'), id3, docxOf(['two']), Buffer.from('three')].map(read));
    assert.deepEqual(
      all.map((found) => ('chunks' in found ? found.chunks.map(({ text }) => text) : found.problem)),
      [['one'], ['tapirs'], ['two'], ['three']],
    );
  });

  it('gives up a document that takes too long, and ends its thread', async () => {
    const size = { tokens: 400, overlap: 40 };
    // One that is read alone, by a thread that has to begin first.
    const order = { bytes: Buffer.alloc(300_000, 'text '), sentAs: '', name: 'slow', size };
    const read = app.services.documentReader.read(order, new AbortController().signal);
    await app.clock.advance(61_000);
    assert.deepEqual(await read, { problem: 'It takes longer than 60 seconds to read' });
  });

  it('gives up a document whose reading has ended the process again and again', async () => {
    const { db, documentReading } = app.services;
    const { id } = await ok(
      shop.person.http.post('/api/platform/ai/documents', { base_id: shop.base, text: 'not yet read' }),
    );
    const row = await db.read('ai_replies_documents').where({ uuid: id }).first();
    await app.services.jobs.idle();
    await db.write('ai_replies_documents').where({ uuid: id }).update({ state: 'waiting', wanted: 2 });
    await documentReading.read(row!.id, 2, true, new AbortController().signal);
    const after = await ok(shop.person.http.get(`/api/platform/ai/documents/${id}`));
    assert.match(after.reason, /several times/);
    assert.equal(after.state, 'ready', 'what was read before is found');
  });
});

function bomb(size: number, declaredSize?: number): Buffer {
  return docxOf(
    ['x'],
    [{ name: 'word/media.xml', content: Buffer.alloc(size), ...(declaredSize && { declaredSize }) }],
  );
}

/** All entries of the directory lead to the first part. */
function sameBytes(parts: readonly { name: string; content: string | Buffer }[]): Buffer {
  const zip = zipOf(parts.map(({ name }) => ({ name, content: 'the same' })));
  for (let at = zip.readUInt32LE(zip.length - 6); at < zip.length - 22; at += 46 + zip.readUInt16LE(at + 28))
    zip.writeUInt32LE(0, at + 42);
  return zip;
}

function same(count: number) {
  return Array.from({ length: count }, (_, number) => ({ name: `word/${number}`, content: 'x'.repeat(1_000) }));
}

/** A page whose content is packed twice: some kilobytes. */
function bombPdf(size: number): Buffer {
  const content = deflateSync(deflateSync(Buffer.concat([Buffer.from('BT (x) Tj ET'), Buffer.alloc(size, ' ')])));
  const page = '<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>';
  return Buffer.concat([
    Buffer.from(
      `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj${page}endobj\n4 0 obj<</Length ${content.length}/Filter[/FlateDecode/FlateDecode]>>stream\n`,
    ),
    content,
    Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF'),
  ]);
}

async function pdfOf(pages: readonly string[]): Promise<Buffer> {
  const pdf = new PDFDocument({ autoFirstPage: false });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise((resolve) => pdf.once('end', resolve));
  for (const text of pages) pdf.addPage().text(text);
  pdf.end();
  await done;
  return Buffer.concat(chunks);
}
