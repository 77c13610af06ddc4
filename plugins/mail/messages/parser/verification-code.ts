/** Finds the verification code in a mail: 4 to 8 characters near a word that announces one. */

/** Words that announce a code, in the languages that temp-mail's users get mail in. */
const KEYWORDS = [
  'verification code',
  'verify code',
  'security code',
  'confirmation code',
  'access code',
  'login code',
  'sign-in code',
  'one-time code',
  'one-time password',
  'passcode',
  'authentication code',
  'otp',
  'pin code',
  'code',
  '验证码',
  '驗證碼',
  '校验码',
  '动态码',
  '动态密码',
  '确认码',
  '安全码',
  '認証コード',
  '確認コード',
  '認証番号',
  'ワンタイムパスワード',
  '暗証番号',
  'コード',
  '인증번호',
  '인증 코드',
  '인증코드',
  '확인 코드',
  '보안 코드',
  '코드',
  'código',
  'codigo',
  'clave',
  'contraseña de un solo uso',
  'código de verificação',
  'senha',
  'bestätigungscode',
  'sicherheitscode',
  'verifizierungscode',
  'einmalpasswort',
  'code de vérification',
  'code de confirmation',
  'code de sécurité',
  'код подтверждения',
  'код',
  'пароль',
  'проверочный код',
];
const KEYWORD = new RegExp(KEYWORDS.sort((a, b) => b.length - a.length).join('|'), 'giu');
/** Words after which letters and digits may be mixed: they say "code", not "number". */
const SAYS_CODE = /code|código|codigo|码|碼|コード|코드|код|otp/iu;

/** How far after (or before) the word a code is looked for, in characters. */
const REACH_AFTER = 120;
const REACH_BEFORE = 60;
const MAX_TEXT = 50_000;

/** Alphabets that put spaces between words; Chinese, Japanese and Korean letters may touch the code. */
const LETTER = String.raw`\p{Script=Latin}\p{Script=Cyrillic}`;
const UNIT = String.raw`\s*(?:%|€|£|¥|元|円|원|usd|eur|rub|руб|years?|年|minutes?|minuten|分钟|分|hours?|days?)`;
const DIGITS = new RegExp(
  String.raw`(?<![${LETTER}\d$€£¥₩#+]|\d[.,/:-])(\d{3}[ -]\d{3}|\d{4,8})(?![${LETTER}\d]|[.,]\d{2,3}(?!\d)|[:/-]\d|${UNIT})`,
  'giu',
);
const MIXED = /(?<![\p{L}\d])(?=[A-Z0-9]{4,8}(?![\p{L}\d]))(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])([A-Z0-9]{4,8})/gu;
const MONEY_BEFORE =
  /(?:[$€£¥₩]|usd|eur|rmb|cny|jpy|total|amount|price|金额|合计|betrag|importe|montant|сумма)\s*:?\s*$/iu;
const NUMBER_BEFORE =
  /(?:tel|phone|fax|call|电话|電話|전화|teléfono|telefon|téléphone|телефон|zip|postal code|postcode|postleitzahl|plz|邮编|郵便番号|order|invoice|订单)\s*(?:no\.?|number|号|#)?\s*:?\s*$/iu;

/** The code, without the space or dash in its middle; '' when there is none. */
export function findVerificationCode(subject: string, text: string): string {
  return search(subject) || search(text.slice(0, MAX_TEXT));
}

function search(text: string): string {
  let best = { code: '', distance: Number.POSITIVE_INFINITY };
  for (const keyword of text.matchAll(KEYWORD)) {
    const end = keyword.index + keyword[0].length;
    const isMixed = SAYS_CODE.test(keyword[0]);
    const after = nearest(text, end, end + REACH_AFTER, isMixed, end);
    const before = nearest(text, Math.max(0, keyword.index - REACH_BEFORE), keyword.index, isMixed, keyword.index);
    // What stands after the word is meant more often than what stands before it.
    for (const found of [after, { ...before, distance: before.distance * 2 + 5 }]) {
      if (found.code && found.distance < best.distance) best = found;
    }
  }
  return best.code;
}

function nearest(
  text: string,
  from: number,
  to: number,
  isMixed: boolean,
  anchor: number,
): { code: string; distance: number } {
  // A code at the edge must be seen whole, with what follows it.
  const part = text.slice(from, to + 12);
  let best = { code: '', distance: Number.POSITIVE_INFINITY };
  for (const pattern of isMixed ? [DIGITS, MIXED] : [DIGITS]) {
    for (const match of part.matchAll(pattern)) {
      const raw = match[1] ?? '';
      const at = from + match.index;
      if (at >= to || !isPlausible(raw, text.slice(Math.max(0, at - 30), at))) continue;
      const distance = Math.abs(at - anchor);
      if (distance < best.distance) best = { code: raw.replace(/[ -]/g, ''), distance };
    }
  }
  return best;
}

function isPlausible(raw: string, before: string): boolean {
  if (MONEY_BEFORE.test(before) || NUMBER_BEFORE.test(before)) return false;
  return !/^(?:19|20)\d\d$/.test(raw);
}
