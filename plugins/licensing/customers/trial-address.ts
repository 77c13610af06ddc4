/** By which address a trial is remembered: spellings that reach the same mailbox count as one. */

/** Providers for whom dots mean nothing. */
const DOTLESS = new Set(['gmail.com', 'googlemail.com']);

/** `A.B+1@Gmail.com.` → `ab@gmail.com` */
export function trialAddress(email: string): string {
  const address = email.trim().toLowerCase();
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1).replace(/\.+$/, '');
  const [mailbox = ''] = address.slice(0, at).split('+', 1);
  // A dot at the end or twice is no address of its own anywhere that it is taken at all (RFC 5321 §4.1.2).
  const local = DOTLESS.has(domain)
    ? mailbox.replaceAll('.', '')
    : mailbox.replace(/\.+/g, '.').replace(/^\.|\.$/g, '');
  return `${local || mailbox}@${domain}`;
}
