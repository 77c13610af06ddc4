/** Texts of pages: by key, owner and language, with values and plurals. */
import assert from 'node:assert/strict';
import { addTexts, exists, showIn, shownLanguage, t, textsOf } from '#plugins/admin/web/i18n/texts.ts';

describe('the texts of pages', () => {
  before(() => {
    addTexts('en', 'shell', {
      close: 'Close',
      empty: '',
      row: { count_one: '{{count}} row', count_other: '{{count}} rows' },
    });
    addTexts('en', 'mail', { sent: { to: 'Sent to {{ name }} and {{name}}' } });
    addTexts('zh', 'shell', { close: '关闭', row: { count_other: '{{count}} 行' } });
    showIn('en');
  });

  it('are the shell’s without an owner, and another’s by its name', () => {
    assert.equal(t('close'), 'Close');
    assert.equal(t('mail:sent.to', { name: '$& A' }), 'Sent to $& A and $& A');
    assert.equal(t('sent.to', { ns: 'mail', name: 'B' }), 'Sent to B and B');
    assert.equal(t('sent.to', { ns: 'mail' }), 'Sent to  and ');
  });

  it('count, in every language by its own rules', () => {
    assert.deepEqual([t('row.count', { count: 1 }), t('row.count', { count: 2 })], ['1 row', '2 rows']);
    showIn('zh');
    assert.deepEqual([shownLanguage(), t('row.count', { count: 1 }), t('close')], ['zh', '1 行', '关闭']);
    showIn('en');
  });

  it('are the first that there is, else what is said instead, else the key', () => {
    assert.equal(t(['nothing', 'close']), 'Close');
    assert.equal(t('nothing', { defaultValue: 'for {{name}}', name: 'C' }), 'for C');
    assert.equal(t('nothing', { defaultValue: '' }), '');
    assert.deepEqual([t('nothing.at.all'), t('empty'), t('row')], ['nothing.at.all', 'empty', 'row']);
    assert.deepEqual(
      [exists('close'), exists('row'), exists('toString'), exists('mail:sent.to')],
      [true, false, false, true],
    );
  });

  it('are those of one section, where a page asks for it', () => {
    const { t: ofRows } = textsOf('shell', 'row');
    assert.deepEqual(
      [ofRows('count', { count: 2 }), ofRows('mail:sent.to', { name: 'D' })],
      ['2 rows', 'Sent to D and D'],
    );
    assert.equal(ofRows(['none', 'count'], { count: 1 }), '1 row');
    assert.equal(textsOf('shell', 'row'), textsOf('shell', 'row'));
  });

  it('are added by section, and a later one takes the place of its former self', () => {
    addTexts('en', 'first', { error: { one: '1' }, field: { two: '2' } });
    addTexts('en', 'first', { error: { one: 'one' } });
    assert.deepEqual([t('first:error.one'), t('first:field.two')], ['one', '2']);
  });
});
