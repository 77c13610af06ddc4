/** Text as a channel shows it: Markdown made plain, long texts split where a reader would pause. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { markdownFor, plainText, split, splitFor } from '#plugins/robots/commands/channel-text.ts';

describe('Markdown as plain text', () => {
  const examples: [what: string, markdown: string, plain: string][] = [
    ['headings and emphasis', '## 退款说明 ##\n**七天**内可以*退货*，~~不~~包邮', '退款说明\n七天内可以退货，不包邮'],
    ['emphasis in English', 'This is **very** _important_ and __bold__', 'This is very important and bold'],
    ['what only looks like it', 'a * b * c, snake_case_name, 2*3*4', 'a * b * c, snake_case_name, 2*3*4'],
    [
      'links and pictures',
      '[Help](https://a.example/x_y_z) ![](https://a.example/p.png)',
      'Help (https://a.example/x_y_z) https://a.example/p.png',
    ],
    ['addresses', '<https://a.example> [https://b.example](https://b.example)', 'https://a.example https://b.example'],
    ['lists', '- one\n* two\n  + three\n1. four\n- [x] done', '• one\n• two\n  • three\n1. four\n• done'],
    ['quotations and rules', '> said\n> again\n\n---\n\nafter', 'said\nagain\n\nafter'],
    ['tables', '| a | b |\n|---|:-:|\n| 1 | 2 |', 'a  b\n1  2'],
    ['code as it is', 'use `a * b * c`\n```js\nconst **a** = 1;\n```', 'use a * b * c\nconst **a** = 1;'],
    ['what is escaped', '\\*not\\* emphasis', '*not* emphasis'],
  ];
  for (const [what, markdown, plain] of examples)
    it(`is ${what}`, () => {
      assert.equal(plainText(markdown), plain);
    });

  it('is made of any text, and soon', () => {
    fc.assert(fc.property(fc.string({ maxLength: 500 }), (text) => typeof plainText(text) === 'string'));
    for (const hostile of [
      '*'.repeat(20_000),
      '['.repeat(20_000),
      '`'.repeat(20_001),
      '_a'.repeat(10_000),
      '![]('.repeat(5_000),
      '__a '.repeat(10_000),
      '**a '.repeat(10_000),
      '~~a '.repeat(10_000),
    ]) {
      // Of its square the test would not see the end.
      assert.equal(typeof plainText(hostile.repeat(10)), 'string');
    }
  });
});

describe('long texts', () => {
  it('end at sentences, of Chinese as of English', () => {
    assert.deepEqual(split('第一句话。第二句话！第三句话？', { limit: 11, unit: 'characters' }), [
      '第一句话。第二句话！',
      '第三句话？',
    ]);
    assert.deepEqual(split('It costs 3.50 today. Tomorrow it costs more.', { limit: 25, unit: 'characters' }), [
      'It costs 3.50 today.',
      'Tomorrow it costs more.',
    ]);
  });

  it('end at paragraphs before that, and at words where there is nothing better', () => {
    assert.deepEqual(split('One. Two.\n\nThree. Four.', { limit: 18, unit: 'characters' }), [
      'One. Two.',
      'Three. Four.',
    ]);
    assert.deepEqual(split('alpha beta gamma', { limit: 11, unit: 'characters' }), ['alpha beta', 'gamma']);
    assert.deepEqual(split('abcdefgh', { limit: 3, unit: 'characters' }), ['abc', 'def', 'gh']);
  });

  it('keep within the limit and lose nothing but spaces', () => {
    const unit = fc.constantFrom('characters' as const, 'bytes' as const);
    const text = fc.string({ unit: fc.constantFrom(...'ab c。.！\n你好👍é'), maxLength: 300 });
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 60 }), unit, (whole, limit, counted) => {
        const parts = split(whole, { limit, unit: counted });
        for (const part of parts)
          assert.ok((counted === 'bytes' ? Buffer.byteLength(part) : part.length) <= limit, JSON.stringify(part));
        assert.equal(parts.join('').replace(/\s/g, ''), whole.replace(/\s/g, ''));
      }),
    );
  });

  it('cut no character in two', () => {
    assert.deepEqual(split('👨‍👩‍👧‍👦👨‍👩‍👧‍👦', { limit: 30, unit: 'bytes' }), ['👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦']);
  });

  it('have the limit of their channel', () => {
    assert.ok(splitFor('workbot', '好'.repeat(1_000)).every((part) => Buffer.byteLength(part) <= 2_048));
    assert.equal(splitFor('telegram', 'a'.repeat(4_096)).length, 1);
    assert.deepEqual(markdownFor('workbot', '**hi**'), ['hi']);
    assert.deepEqual(splitFor('workbot', ' \n'), []);
  });
});
