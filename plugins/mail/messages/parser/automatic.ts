/** Whether a mail was written by a program or came by a list: such mail gets no automatic answer (RFC 3834 §2). */

interface Field {
  key: string;
  value: string;
}

/** Names of addresses that stand for programs and lists (RFC 3834 §2, RFC 2142). */
const OF_PROGRAMS =
  /^(mailer-daemon|majordomo|listserv|owner-.*|.*-(request|owner|bounces?)|no-?reply|do-?not-?reply)$/i;

export function isAutomatic(fields: readonly Field[], sender: string): boolean {
  const local = sender.slice(0, Math.max(0, sender.lastIndexOf('@')));
  return OF_PROGRAMS.test(local.slice(0, 100)) || fields.some(saysSo);
}

function saysSo({ key, value }: Field): boolean {
  const word = value.slice(0, 200).trim().toLowerCase();
  switch (key.toLowerCase()) {
    // Also with a comment or a parameter behind it.
    case 'auto-submitted':
      return !/^no\b/.test(word);
    case 'precedence':
      return /^(bulk|list|junk|auto_reply)\b/.test(word);
    case 'content-type':
      return word.startsWith('multipart/report');
    case 'return-path':
      return word === '<>';
    case 'x-auto-response-suppress':
      return !/^none\b/.test(word);
    case 'x-autoreply':
    case 'x-autorespond':
    case 'list-id':
    case 'list-post':
    case 'list-unsubscribe':
    case 'list-help':
      return true;
    default:
      return false;
  }
}
