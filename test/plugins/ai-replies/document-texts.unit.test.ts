/** How a text document is written: what its sender says, what it says itself, and what it looks like. */
import assert from 'node:assert/strict';
import { textOf } from '#plugins/ai-replies/knowledge/reading/text.ts';

const GERMAN = 'Geöffnet für Sie: täglich außer Montag, Übergröße möglich.';
const latin1 = (text: string) => Buffer.from(text, 'latin1');
/** "テストです。" in Shift_JIS, and "你好，我们每天营业。" in GB 18030. */
const JAPANESE = Buffer.from('8365835883678ac582b78142', 'hex');
const CHINESE = Buffer.from('c4e3bac3a3acced2c3c7c3bfccecd3aad2b5a1a3', 'hex');

describe('bytes of a text document', () => {
  for (const [what, bytes, sentAs, text] of [
    ['UTF-8', Buffer.from('täglich 你好'), '', 'täglich 你好'],
    ['UTF-16 with its mark', Buffer.from('\ufefftäglich', 'utf16le'), '', 'täglich'],
    ['what the type says', latin1(GERMAN), 'text/plain; charset="ISO-8859-1"', GERMAN],
    ['Japanese by its type', JAPANESE, 'text/html;charset=shift_jis', new TextDecoder('shift_jis').decode(JAPANESE)],
    [
      'a page by its meta element',
      latin1(`<meta charset=iso-8859-1>${GERMAN}`),
      'text/html',
      `<meta charset=iso-8859-1>${GERMAN}`,
    ],
    [
      'a page by its older meta element',
      latin1(`<meta http-equiv="Content-Type" content="text/html; charset=windows-1252"><p>${GERMAN}`),
      'text/html',
      `<meta http-equiv="Content-Type" content="text/html; charset=windows-1252"><p>${GERMAN}`,
    ],
    ['Western words without a word about it', latin1(GERMAN), '', GERMAN],
    ['a table of Western Excel', latin1('Mütze;Größe\nGrün;Öl\n'), 'text/csv', 'Mütze;Größe\nGrün;Öl\n'],
    ['Chinese without a word about it', CHINESE, '', '你好，我们每天营业。'],
    ['Western, whatever its type claims', latin1(GERMAN), 'text/plain; charset=utf-8', GERMAN],
    ['a charset that nobody knows', Buffer.from('täglich'), 'text/plain; charset=klingon', 'täglich'],
  ] as const)
    it(`are read as ${what}`, () => {
      assert.equal(textOf(bytes, sentAs), text);
    });

  it('that are none are refused', () => {
    for (const bytes of [
      Buffer.from([0, 1, 2, 0, 255, 254, 0]),
      Buffer.from(Array.from({ length: 256 }, (_, at) => at)),
    ])
      assert.throws(() => textOf(bytes, ''), /neither text/);
  });
});
