/** What a sender calls themselves is shown beside the address, and does not pass for one. */
import assert from 'node:assert/strict';
import { parseMessage } from '#plugins/mail/messages/parser/parse.ts';
import { plainMail, startMail } from '#test/support/mail.ts';

const nameIn = async (from: string) =>
  (await parseMessage(Buffer.from(`From: ${from}\r\nSubject: Hello\r\n\r\nHello.\r\n`))).senderName;

describe('names of senders', () => {
  it('are those of the one author, in all letters', async () => {
    assert.equal(await nameIn('"Sender 7" <s7@customer.example>'), 'Sender 7');
    assert.equal(await nameIn('=?utf-8?B?546L5bCP5piO?= <wang@customer.example>'), '王小明');
    assert.equal(await nameIn('s7@customer.example (Sender 7)'), 'Sender 7');
    assert.equal((await nameIn(`"${'x'.repeat(500)}" <s7@customer.example>`)).length, 100);
  });

  it('are none where they would pass for an address, or could be somebody else’s', async () => {
    for (const from of [
      's7@customer.example',
      '"ceo@bank.example" <x@evil.example>',
      '=?utf-8?q?ceo=EF=BC=A0bank.example?= <x@evil.example>',
      'Ada <ada@one.example>, Bob <bob@two.example>',
      '"Only a name"',
    ])
      assert.equal(await nameIn(from), '', from);
  });

  it('turn nothing around, and break no line', async () => {
    assert.equal(await nameIn('=?utf-8?q?Ada=E2=80=AE=0D=0Aevil?= <ada@one.example>'), 'Ada evil');
  });

  it('stand in lists and in the mail; null where there is none', async () => {
    const { app, http, deliver, list } = await startMail();
    await deliver(plainMail('Without'));
    await deliver(plainMail('With').replace('shop@sender.example', '"The Shop" <shop@sender.example>'));
    await app.services.mailParseLoop.idle();
    const { items } = (await http.get('/api/platform/mail/messages?sort=id')).body;
    const shown = items.map(({ from, from_name }: { from: string; from_name: string | null }) => [from, from_name]);
    assert.deepEqual(shown, [
      ['shop@sender.example', null],
      ['shop@sender.example', 'The Shop'],
    ]);
    const { body } = await http.get(`/api/platform/mail/messages/${items[1].id}`);
    assert.deepEqual([body.from, body.from_name], ['shop@sender.example', 'The Shop']);
    assert.equal(JSON.stringify(await list()).includes('The Shop'), false, 'the temp-mail dialect is as it was');
    await app.stop();
  });
});
