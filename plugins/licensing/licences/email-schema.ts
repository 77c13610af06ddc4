/** The schema of a customer's address: one mailbox, without what a mail header would read as several (RFC 5322 §3.2.3). */
import Type from 'typebox';

const CHARACTER = '[^\\s@,;:<>()"\\[\\]\\\\\\p{Cc}]';
const PATTERN = `^${CHARACTER}+@${CHARACTER}+$`;
const LONGEST = 320;

export const EmailSchema = Type.String({ minLength: 3, maxLength: LONGEST, pattern: PATTERN });

export function isEmail(text: string): boolean {
  return text.length <= LONGEST && new RegExp(PATTERN, 'u').test(text);
}
