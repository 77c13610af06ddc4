/** Verification codes in the languages of the users' mail. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findVerificationCode } from '../../../plugins/mail/messages/parser/verification-code.ts';

describe('verification codes', () => {
  for (const [text, code] of [
    ['Your verification code is 482913.', '482913'],
    ['Code: 4829', '4829'],
    ['482913 is your login code', '482913'],
    ['Your code is 123 456', '123456'],
    ['Use code A1B2C3 to continue', 'A1B2C3'],
    ['您的验证码是 730164,5 分钟内有效', '730164'],
    ['【某站】驗證碼:73016', '73016'],
    ['認証コード:902134', '902134'],
    ['인증번호는 [551204] 입니다', '551204'],
    ['Tu código de verificación es 77120', '77120'],
    ['Seu código de verificação: 661204', '661204'],
    ['Ihr Bestätigungscode lautet 551299', '551299'],
    ['Votre code de vérification : 441288', '441288'],
    ['Ваш код подтверждения: 331177', '331177'],
    ['Your one-time password is 99887766', '99887766'],
  ] as const) {
    it(`finds ${code} in "${text}"`, () => assert.equal(findVerificationCode('', text), code));
  }

  for (const text of [
    'Thank you for your order.',
    'Copyright 2024 Example Inc. Enter the code that we sent by phone.',
    'Use the discount code at checkout: total $1234',
    'Questions about your code? Call 5551234567',
    'The postal code is: zip 12345',
    'The year 2025 was good, and 4711 people came.',
  ]) {
    it(`finds none in "${text}"`, () => assert.equal(findVerificationCode('', text), ''));
  }

  it('finds any 6-digit code after its word, and never throws or gives something else', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100_000, max: 999_999 }),
        (code) => findVerificationCode('', `Your verification code: ${code}`) === String(code),
      ),
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), (subject, text) =>
        /^$|^[0-9A-Za-z]{4,8}$/.test(findVerificationCode(subject, text)),
      ),
    );
  });

  it('takes time in proportion to the text', () => {
    // Of its square the test would not see the end.
    assert.equal(findVerificationCode('', 'code 12 '.repeat(200_000)), '');
  });
});
