/** What the palette finds for a text, and what comes first. */
import assert from 'node:assert/strict';
import { holdsWords, wordsAsked } from '#plugins/admin/web/kit/asked-words/asked-words.ts';
import { found, foundSections, groupRank, rankOf } from '#plugins/admin/web/shell/palette-order.ts';

const SECTIONS = [
  { title: 'Events', words: 'metadata.patchbay kept for grace days' },
  { title: 'Receiving', words: 'spf dkim dmarc are checked' },
  { title: 'DNS records: SPF, DKIM', words: 'dns records spf dkim publish' },
  { title: 'DKIM keys', words: 'dkim keys' },
];

describe('the order of the palette', () => {
  it('finds beginnings of words, all of them, and nothing within words', () => {
    assert.equal(holdsWords('metadata.patchbay', ['ada']), false);
    assert.equal(holdsWords('metadata.patchbay', ['patch']), true);
    assert.equal(holdsWords('Grace Hopper', wordsAsked('hop gra')), true);
    assert.equal(holdsWords('Grace Hopper', wordsAsked('grace kelly')), false);
    assert.equal(holdsWords('LIC-XBDKJYFH', wordsAsked('LIC-XB')), true);
    assert.equal(holdsWords('Licences', wordsAsked('LIC-')), false);
  });

  it('leaves small words of a question out, unless there are no others', () => {
    assert.deepEqual(wordsAsked('How do I set up DKIM?'), ['dkim']);
    assert.deepEqual(wordsAsked('set up'), ['set', 'up']);
    assert.deepEqual(wordsAsked('如何设置DKIM？'), ['dkim']);
    assert.deepEqual(wordsAsked('设置'), ['设置']);
    assert.equal(holdsWords('新建邮箱', wordsAsked('邮箱')), true);
    assert.equal(holdsWords('邮件域名 dkim', wordsAsked('我的域名的 DKIM')), true);
  });

  it('finds three sections of the guides at most, by their titles or by one sentence that holds all words', () => {
    const sections = [
      { title: 'Invoices', words: 'paid by card\nvoid when unpaid' },
      { title: 'Plans', words: 'an invoice is made\nthe plan ends' },
      { title: 'Doors', words: '' },
      ...SECTIONS,
    ];
    const titles = (text: string) => foundSections(sections, text).map(({ title }) => title);
    assert.deepEqual(titles('invoice'), ['Invoices', 'Plans']);
    assert.deepEqual(titles('invoice made'), ['Plans']);
    assert.deepEqual(titles('invoice ends'), []);
    assert.deepEqual(titles('dkim'), ['DKIM keys', 'DNS records: SPF, DKIM', 'Receiving']);
    assert.deepEqual(titles(''), []);
  });

  it('puts first what begins with the text, then what has it in its title', () => {
    const titles = (text: string) => found(SECTIONS, text).map(({ title }) => title);
    assert.deepEqual(titles('how do I set up DKIM'), ['DKIM keys', 'DNS records: SPF, DKIM', 'Receiving']);
    assert.deepEqual(titles('ada'), []);
    assert.deepEqual(
      titles(''),
      SECTIONS.map(({ title }) => title),
    );
    assert.deepEqual(titles('?'), []);
    const ranks = [
      { title: 'Ada' },
      { title: 'Your code', description: 'ada@sender.example' },
      { title: 'Dear Ada' },
      { title: 'Where is my parcel?' },
    ].map((one) => rankOf(one, 'ada'));
    assert.deepEqual(ranks, [0, 1, 2, 3]);
    assert.equal(groupRank([{ title: 'Your code', description: 'ada@sender.example' }], 'ada'), 1);
  });
});
