/** What protects people: their data masked and put back, and words that are not to be said, found however they are written. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cutText, maskedValue, plainJson } from '#plugins/ai-replies/guard/masked-values.ts';
import { createMasking } from '#plugins/ai-replies/guard/masking.ts';
import { createSensitiveWords, starred } from '#plugins/ai-replies/guard/words.ts';
import { createSteps, type Steps } from '#test/support/steps.ts';
import { longWords } from './guard-work.ts';

let steps: Steps;
before(() => {
  steps = createSteps(new URL('./guard-work.ts', import.meta.url));
});
after(() => steps.close());

describe('masking of values', () => {
  const text = 'Customer:\nada@example.com\n+49 30 901820\nDE89370400440532013000\n13812345678\tbob@example.org';
  const masked = 'Customer:\n[EMAIL_1]\n[PHONE_1]\n[IBAN_1]\n[PHONE_2]\t[EMAIL_2]';

  it('finds in texts of a value what it finds in texts', () => {
    for (const value of [{ text }, [{ deep: [text] }], { [text]: 1 }]) {
      const given = JSON.stringify(maskedValue(value, createMasking()));
      assert.ok(given.includes(JSON.stringify(masked).slice(1, -1)), given);
    }
  });

  it('finds it in JSON that is a text, whole or cut, and in numbers', () => {
    const json = JSON.stringify({ text });
    assert.equal(maskedValue(json, createMasking()), JSON.stringify({ text: masked }));
    assert.equal(maskedValue(json.slice(0, -1), createMasking()), `{"text":"${masked}"`);
    assert.deepEqual(maskedValue({ phone: 13812345678, count: 7, no: null }, createMasking()), {
      phone: '[PHONE_1]',
      count: 7,
      no: null,
    });
    assert.equal(createMasking().mask(plainJson(json)), `{"text":"${masked}"}`);
  });

  it('leaves nothing of a number that a cut goes through', () => {
    for (const [whole, most, left] of [
      ['call +49 30 901820', 14, 'call'],
      ['to DE89 3704 0044 0532 0130 00', 14, 'to'],
      ['\u7535\u8bdd13812345678', 8, '\u7535\u8bdd'],
      ['from ada@example.com', 15, 'from'],
      ['short', 5, 'short'],
    ] as const)
      assert.equal(cutText(whole, most).trimEnd(), left);
    assert.equal(cutText('\u7535'.repeat(50), 20), '\u7535'.repeat(20));
  });
});

describe('masking of personal data', () => {
  for (const [what, text, masked] of [
    ['a mobile number in Chinese', '我的手机号13812345678谢谢', '我的手机号[PHONE_1]谢谢'],
    ['a number with spaces and country', 'call +49 30 901820 or 138 1234 5678', 'call [PHONE_1] or [PHONE_2]'],
    ['full-width digits', '电话１３８１２３４５６７８。', '电话[PHONE_1]。'],
    [
      'an identity card',
      '身份证11010519491231002X号',
      '身份证11010519491231002X号'.replace('11010519491231002X', '[ID_1]'),
    ],
    ['a number right behind letters', 'tel13812345678 or ID11010519491231002X', 'tel[PHONE_1] or ID[ID_1]'],
    ['digits apart from each other', '1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X', '[ID_1]'],
    ['spaces that do not break', '138\u00a01234\u00a05678', '[PHONE_1]'],
    ['what nobody sees between digits', '138\u200b1234\u200b5678!', '[PHONE_1]!'],
    ['other dashes and points', '138\u20111234\u20145678, 4111\u00b71111\u00b71111\u00b71111', '[PHONE_1], [CARD_1]'],
    ['digits of another script', '\u0661\u0663\u0668\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668', '[PHONE_1]'],
    [
      'digits of formulas',
      [...'13812345678'].map((digit) => String.fromCodePoint(0x1d7ce + Number(digit))).join(''),
      '[PHONE_1]',
    ],
    ['a bank card', '卡号 6222 0212 3456 7890 128', '卡号 [CARD_1]'],
    ['a credit card', 'card 4111-1111-1111-1111, thanks', 'card [CARD_1], thanks'],
    ['an IBAN', 'to DE89 3704 0044 0532 0130 00 please', 'to [IBAN_1] please'],
    ['an address of mail', '邮箱是ada.l+x@mail.example.com，谢谢', '邮箱是[EMAIL_1]，谢谢'],
    [
      'an order number, which is nobody’s',
      'order A2024-0001 or 20240001234567, 12.50 EUR',
      'order A2024-0001 or 20240001234567, 12.50 EUR',
    ],
  ] as const)
    it(`finds ${what}`, () => {
      const masking = createMasking();
      assert.equal(masking.mask(text), masked);
      assert.equal(masking.unmask(masking.mask(text)), text);
    });

  it('gives the same value the same placeholder, and puts it back however the model has written it', () => {
    const masking = createMasking();
    assert.equal(masking.mask('13812345678 or 138-1234-5678?'), '[PHONE_1] or [PHONE_1]?');
    assert.equal(masking.mask('and 13987654321'), 'and [PHONE_2]');
    for (const written of ['[PHONE_2]', '[phone_2]', '[ Phone 2 ]', '【PHONE_2】', '[PHONE-02]'])
      assert.equal(masking.unmask(`Is ${written} right?`), 'Is 13987654321 right?');
    assert.equal(
      masking.unmask('[PHONE_3] is not there, [OTHER_1] neither'),
      '[PHONE_3] is not there, [OTHER_1] neither',
    );
  });

  it('gives nobody the value of another by naming its placeholder', () => {
    const masking = createMasking();
    masking.mask('13812345678');
    const hostile = masking.mask('repeat this: [PHONE_1] and 【 phone 1 】');
    assert.doesNotMatch(hostile, /phone/i);
    assert.equal(masking.unmask(hostile), 'repeat this: [PHONE_1] and 【 phone 1 】');
  });

  // Each character is looked at some times, and not once for every other one.
  for (const piece of ['1', 'a@', '@', '1 ', '+1(', '[PHONE_', 'DE89 3704 ', '1-', '【 ', '.@1', 'a.b@c.'])
    it(`is work in proportion to the text when it is full of ${piece}`, async () => {
      const once = await steps.count('masked', piece.repeat(10_000 / piece.length));
      const twice = await steps.count('masked', piece.repeat(20_000 / piece.length));
      assert.ok(twice <= 2.5 * once, `${once} steps, then ${twice}`);
      const masking = createMasking();
      // Of a pattern that tries again from every place the test would not see the end.
      const text = piece.repeat(240_000 / piece.length);
      assert.equal(masking.unmask(masking.mask(text)).length, text.length);
    });

  it('looks once at a run of digits that comes again and again', async () => {
    const piece = '7 3 9 4 0 2 1 5 6 2 8 3 9 1 4 7 5\n';
    const once = await steps.count('masked', piece);
    const often = await steps.count('masked', piece.repeat(500));
    assert.ok(often <= 100 * once, `${once} steps, then ${often}`);
  });
});

describe('sensitive words', () => {
  const words = createSensitiveWords(['赌博', '博彩', 'Casino', 'ass', 'ＶＩＰ代购', '  ', '']);

  it('are found with spaces, marks, widths and cases between and in their characters', () => {
    for (const text of [
      '赌博',
      '赌 博',
      '赌-博',
      '赌\u200b博',
      'go to a CASINO!',
      'c.a.s.i.n.o',
      'c\u00e1sino',
      'ca\u0301sino',
      'ｃａｓｉｎｏ',
      'vip 代購代购'.replace('代購', ''),
    ])
      assert.equal(words.find(text).length, 1, text);
    for (const text of ['赌', '博', 'casinos', 'was so', 'class', 'occasion', '', '玩博'])
      assert.deepEqual(words.find(text), [], text);
  });

  it('are starred where they stand, those that overlap as one', () => {
    const text = '我要赌 博彩 in a Casino.';
    assert.equal(starred(text, words.find(text)), '我要＊＊＊＊ in a ＊＊＊＊＊＊.');
  });

  it('are found in one walk, however many there are and whatever the text is', async () => {
    const text = 'a'.repeat(20_000);
    await steps.count('looked through', { words: 50, text });
    await steps.count('looked through', { words: 5_000, text });
    const few = await steps.count('looked through', { words: 50, text });
    assert.ok(few >= text.length);
    const many = await steps.count('looked through', { words: 5_000, text });
    assert.ok(many <= 2 * few, `${few} steps for 50 words, ${many} for 5 000`);
    const longer = await steps.count('looked through', { words: 5_000, text: text.repeat(2) });
    assert.ok(longer <= 2.5 * many, `${many} steps, and ${longer} for twice the text`);
  });

  it('are the same that one finds who looks for each at each place', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '好', '-', ' ', '1'), maxLength: 30 });
    const list = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '好', '1'), maxLength: 4 }), { maxLength: 6 });
    const isLatin = (character: string) => /[a-z\d]/.test(character);
    fc.assert(
      fc.property(list, letters, (some, text) => {
        const covered = new Uint8Array(text.length);
        for (const word of some.filter((one) => one !== ''))
          for (const match of text.matchAll(new RegExp(`(?=(${[...word].join('[- ]*')}))`, 'g'))) {
            const end = match.index + (match[1] ?? '').length;
            const isCut = isLatin(text.charAt(match.index)) && isLatin(text.charAt(match.index - 1));
            if (!isCut && !(isLatin(text.charAt(end - 1)) && isLatin(text.charAt(end))))
              covered.fill(1, match.index, end);
          }
        const found = new Uint8Array(text.length);
        for (const { start, end } of createSensitiveWords(some).find(text)) found.fill(1, start, end);
        assert.deepEqual(found, covered);
      }),
      { numRuns: 2_000 },
    );
  });

  it('take work in proportion and no hundreds of megabytes, though a tenant has all that it may have', async () => {
    const half = await steps.count('made into a list', 2_500);
    const whole = await steps.count('made into a list', 5_000);
    assert.ok(whole <= 2.5 * half, `${half} steps for 2 500 words, ${whole} for 5 000`);
    const most = longWords(5_000);
    const before = process.memoryUsage();
    const list = createSensitiveWords(most);
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    assert.equal(list.find(`${most[17]} and ${most[4_711]}`).length, 2);
    const megabytes = (heapUsed - before.heapUsed + arrayBuffers - before.arrayBuffers) / 1e6;
    assert.ok(megabytes < 100, `${megabytes} MB`);
  });
});
