/** Links that carry what they are about: for their purpose, for their time, and made by nobody else. */
import assert from 'node:assert/strict';
import Type from 'typebox';
import { sealedLink } from '#core/security/sealed-links.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('a sealed link', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform();
  });
  after(() => app.stop());

  const content = Type.Object({ id: Type.Integer() });
  const link = (purpose = 'test.one', validMs: number | null = 1_000) =>
    sealedLink(app.services, { purpose, content, validMs });

  it('opens to what it carries, until its time is over', async () => {
    const token = link().seal({ id: 7 });
    assert.match(token, /^[\w.-]+$/, 'it needs no escaping in an address');
    assert.deepEqual(link().open(token), { id: 7 });
    const lasting = link('test.one', null).seal({ id: 8 });
    await app.clock.advance(1_000);
    assert.equal(link().open(token), null);
    assert.deepEqual(link('test.one', null).open(lasting), { id: 8 });
  });

  it('is nothing for another purpose, another content, and when a byte of it differs', () => {
    const token = link().seal({ id: 7 });
    assert.equal(link('test.two').open(token), null);
    const other = sealedLink(app.services, {
      purpose: 'test.one',
      content: Type.Object({ name: Type.String() }),
      validMs: null,
    });
    assert.equal(other.open(token), null);
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      const opened = link().open(changed);
      assert.ok(opened === null || opened.id === 7, 'the last character may hold unused bits');
    }
    for (const garbage of ['', 'x', '\0', 'a'.repeat(10_000)]) assert.equal(link().open(garbage), null);
  });
});
