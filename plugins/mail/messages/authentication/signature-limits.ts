/**
 * How much of a message's signatures is looked at (RFC 6376 §6.1 leaves it to the verifier). Each signature with another
 * length or algorithm is another hash over the whole body, so they are counted before any is worked on.
 */

/** Signatures that are looked at; those further down are as if they were not there. */
export const MOST_SIGNATURES = 8;
/** Different hashes over the body that they may ask for. */
export const MOST_BODY_HASHES = 3;
/** More than any honest message has; what is beyond is not checked at all. */
const MOST_HEADER_BYTES = 256 * 1024;
const MOST_FIELDS = 1_000;
const MOST_ARC_FIELDS = 60;
const MOST_SIGNATURE_LENGTH = 8 * 1024;

/** The message with as many signatures as are looked at; or why it is not looked at. */
export function withinLimits(raw: Buffer): { message: Buffer } | { reason: string } {
  const end = headerEnd(raw);
  if (end > MOST_HEADER_BYTES) return { reason: 'its header is too large' };
  const fields = fieldsOf(raw.toString('latin1', 0, end));
  if (fields.length > MOST_FIELDS) return { reason: 'it has too many header fields' };
  if (fields.filter((field) => /^arc-/i.test(field)).length > MOST_ARC_FIELDS) {
    return { reason: 'its chain of ARC sets is too long' };
  }
  const kept = keptFields(fields);
  if (kept.length === fields.length) return { message: raw };
  return { message: Buffer.concat([Buffer.from(kept.join(''), 'latin1'), raw.subarray(end)]) };
}

function keptFields(fields: readonly string[]): string[] {
  const hashes = new Set<string>();
  let signatures = 0;
  return fields.filter((field) => {
    if (!/^dkim-signature[ \t]*:/i.test(field)) return true;
    if (signatures >= MOST_SIGNATURES || field.length > MOST_SIGNATURE_LENGTH) return false;
    const hash = bodyHashOf(field);
    if (!hashes.has(hash) && hashes.size >= MOST_BODY_HASHES) return false;
    hashes.add(hash);
    signatures++;
    return true;
  });
}

/** All tags that say how the body is hashed: two signatures that differ in none of them share a hash. */
function bodyHashOf(field: string): string {
  const tags = field
    .slice(field.indexOf(':') + 1)
    .replace(/\s+/g, '')
    .toLowerCase()
    .split(';');
  return tags.filter((tag) => /^[acl]=/.test(tag)).join(';');
}

/** Each field with its folded lines and line ends. */
function fieldsOf(header: string): string[] {
  const fields: string[] = [];
  for (const line of header.split(/(?<=\n)/)) {
    const last = fields.length - 1;
    if (/^[ \t]/.test(line) && last >= 0) fields[last] += line;
    else fields.push(line);
    if (fields.length > MOST_FIELDS) break;
  }
  return fields;
}

/** Where the empty line after the header begins; the message's length without one. */
function headerEnd(raw: Buffer): number {
  if (raw[0] === 0x0d && raw[1] === 0x0a) return 0;
  const strict = raw.indexOf('\r\n\r\n');
  const loose = raw.indexOf('\n\n');
  const ends = [strict < 0 ? raw.length : strict + 2, loose < 0 ? raw.length : loose + 1];
  return Math.min(...ends);
}
