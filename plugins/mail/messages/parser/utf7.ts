/** UTF-7 (RFC 2152), which old servers still write and no decoder of the platform reads. */

const LABEL = '(?:x-)?(?:unicode-1-1-)?utf-?7';
const CHARSET = /\bcharset\s{0,20}=\s{0,20}["']?([\w:.-]{2,40})/gi;
const UTF7 = new RegExp(`^${LABEL}$`, 'i');
const WORD = new RegExp(String.raw`=\?${LABEL}(?:\*[\w-]{0,20})?\?([bq])\?([^?\s]{0,2000})\?=`, 'gi');
/** `+` and letters in modified base64; `+-` is a plus. */
const SHIFTED = /\+([A-Za-z0-9+/]*)-?/g;

export function fromUtf7(text: string): string {
  return text.replace(SHIFTED, (_, letters: string) => {
    if (letters === '') return '+';
    const bytes = Buffer.from(letters, 'base64');
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString('utf16le');
  });
}

/** Whether everything in it says that it is written so. */
export function isUtf7(source: Buffer): boolean {
  if (!['utf-7', 'UTF-7', 'utf7', 'UTF7'].some((word) => source.includes(word))) return false;
  return [...source.toString('latin1').matchAll(CHARSET)].every(([, charset = '']) => UTF7.test(charset));
}

/** Encoded words in UTF-8 instead. */
export function withoutUtf7Words(text: string): string {
  return text.replace(WORD, (_, encoding: string, payload: string) => {
    const letters =
      encoding.toLowerCase() === 'b' ? Buffer.from(payload, 'base64').toString('latin1') : fromQuoted(payload);
    return `=?utf-8?B?${Buffer.from(fromUtf7(letters)).toString('base64')}?=`;
  });
}

function fromQuoted(payload: string): string {
  return payload
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
