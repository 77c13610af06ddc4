/** What a file is, its bytes say. Into what is packed only our own code looks before it was unpacked within limits. */
import { contentOf, entriesOf } from './zip.ts';

const OFFICE = 'application/vnd.openxmlformats-officedocument.';
export const DOCX = `${OFFICE}wordprocessingml.document`;
export const XLSX = `${OFFICE}spreadsheetml.sheet`;
export const PPTX = `${OFFICE}presentationml.presentation`;
export const ZIP = 'application/zip';
/** Text that file-type knows by how it begins. */
const MARKUP = new Set(['application/xml', 'text/html', 'application/xhtml+xml', 'application/rtf', 'text/rtf']);
const TYPES = '[Content_Types].xml';
const MOST_ENTRIES = 5_000;
const LARGEST_TYPES = 1024 * 1024;

/** Null for text, of whatever kind. Throws `Unreadable` for a ZIP that is damaged or goes beyond limits. */
export async function kindOf(bytes: Buffer, maxUnzippedBytes: number): Promise<string | null> {
  if (isZip(bytes)) return packedKindOf(bytes, maxUnzippedBytes);
  const { fileTypeFromBuffer } = await import('file-type');
  const mediaType = (await fileTypeFromBuffer(bytes))?.mime;
  return mediaType === undefined || MARKUP.has(mediaType) ? null : mediaType;
}

/** By the marks of a part, of an empty ZIP, and of one that was in several pieces. */
export function isZip(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x50 && bytes[1] === 0x4b && [0x0304, 0x0506, 0x0708].includes((bytes[2] ?? 0) * 256 + (bytes[3] ?? 0))
  );
}

/** By the type of its main part, which an Office document names (ECMA-376, part 2). */
function packedKindOf(bytes: Buffer, maxBytes: number): string {
  const entries = entriesOf(bytes, { maxEntries: MOST_ENTRIES, maxBytes });
  const types = entries.find(({ name, size }) => name.toString('latin1') === TYPES && size <= LARGEST_TYPES);
  const text = types ? contentOf(bytes, types).toString('utf8') : '';
  return [DOCX, XLSX, PPTX].find((kind) => text.includes(`"${kind}.main+xml"`)) ?? ZIP;
}
