/** Who a message says to be from: one reader of the From field for everything. */
import assert from 'node:assert/strict';
import { authorsOf, isOneAuthor } from '#plugins/mail/messages/authors.ts';

const of = (...header: string[]) => authorsOf(Buffer.from(`${header.join('\r\n')}\r\n\r\nFrom: body@x.example\r\n`));

describe('the authors of a message', () => {
  for (const [field, addresses] of [
    ['ada@example.com', ['ada@example.com']],
    ['Ada <ada@example.com>', ['ada@example.com']],
    ['"ceo@bank.example" <ada@example.com>', ['ada@example.com']],
    ['ceo@bank.example <ada@example.com>', ['ada@example.com']],
    ['Ada (ceo@bank.example (nested)) <ada@example.com>', ['ada@example.com']],
    ['"with \\" quote, and comma" <ada@example.com>', ['ada@example.com']],
    ['"odd local"@example.com', ['"odd local"@example.com']],
    ['Team: ada@example.com, Bob <bob@example.com>;', ['ada@example.com', 'bob@example.com']],
    ['ceo@bank.example, x@evil.example', ['ceo@bank.example', 'x@evil.example']],
    ['<ceo@bank.example> <x@evil.example>', ['ceo@bank.example', 'x@evil.example']],
    ['undisclosed:;', []],
    ['=?utf-8?B?5rWL6K+V?= <ada@example.com>', ['ada@example.com']],
  ] as const)
    it(`of ${field}`, () => {
      const read = of(`From: ${field}`);
      assert.deepEqual([read.addresses, read.fields, read.isSound], [addresses, 1, true]);
      assert.equal(isOneAuthor(read), addresses.length === 1);
    });

  it('of a folded field, of two fields, and of one with a space before its colon', () => {
    assert.deepEqual(of('Subject: x', 'From: Ada', '\t<ada@example.com>').addresses, ['ada@example.com']);
    assert.equal(isOneAuthor(of('From: ada@example.com', 'Subject: x', 'From: ada@example.com')), false);
    assert.deepEqual(of('From : ceo@bank.example', 'From: x@evil.example').addresses, [
      'ceo@bank.example',
      'x@evil.example',
    ]);
    assert.equal(of('Subject: none').fields, 0);
  });

  it('of quotes, comments and brackets that are not closed is nobody certain', () => {
    for (const field of ['"Ada <ada@example.com>', 'Ada (x <ada@example.com>', 'Ada <ada@example.com'])
      assert.equal(isOneAuthor(of(`From: ${field}`)), false, field);
  });

  it('of a field as long as a message are refused, and looked at once', () => {
    // A pattern that tries again from every place would not be done with it in the time of a test.
    for (const part of ['"\\', '(', '<', 'a@b,', '\r\n "'])
      assert.equal(isOneAuthor(of(`From: <boss@example.com> ${part.repeat(2_000_000)}`)), false, part);
  });
});
