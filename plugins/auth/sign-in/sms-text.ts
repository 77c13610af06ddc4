/** What auth says in two languages at once, where nobody knows which one is read. */

/** The text of a message to a phone. */
export function smsText(code: string): string {
  return `${code} 是您的验证码，5分钟内有效。Your code is ${code}, good for 5 minutes.`;
}
