/**
 * `Authentication-Results` that say they are ours (RFC 8601 §5): none that comes in with a mail is, and whoever reads it here, or
 * gets it from us, would believe it. Only servers of ours may have written them, and hand mail over from a trusted network.
 */

const FIELD = /^authentication-results[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*/gim;
/** As far as a comment in front of a name is read. */
const LONGEST_VALUE = 2_000;

/** The bytes without them; those of a whole message, or of its beginning. */
export function withoutOwnResults(raw: Buffer, authservId: string): Buffer {
  const end = raw.indexOf('\r\n\r\n');
  const header = raw.toString('latin1', 0, end < 0 ? raw.length : end + 2);
  const kept = header.replace(FIELD, (field) => (authservIdOf(field) === authservId.toLowerCase() ? '' : field));
  if (kept === header) return raw;
  return Buffer.concat([Buffer.from(kept, 'latin1'), raw.subarray(header.length)]);
}

/** The first word, without the comments and quotes that it may have (RFC 8601 §2.2). */
function authservIdOf(field: string): string {
  const value = field.slice(field.indexOf(':') + 1, LONGEST_VALUE);
  let word = '';
  let comments = 0;
  for (const letter of value) {
    if (letter === '(') comments++;
    else if (comments > 0) comments -= letter === ')' ? 1 : 0;
    else if (letter === ';' || (/\s/.test(letter) && word !== '')) break;
    else if (!/[\s"\\]/.test(letter)) word += letter;
  }
  return word.toLowerCase();
}
