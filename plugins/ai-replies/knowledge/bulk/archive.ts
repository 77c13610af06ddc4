/** What is in a ZIP of documents: each file, unpacked when it is its turn, within limits. */

import { Unreadable } from '../reading/blocks.ts';
import { contentBeside, entriesOf, type ZipEntry } from '../reading/zip.ts';
import { type IntakeFile, STEP_BYTES, STEP_FILES } from './intake.ts';

export interface ArchiveLimits {
  maxFiles: number;
  maxFileBytes: number;
  maxBytes: number;
}

export interface Archive {
  total: number;
  /** In steps; what cannot be unpacked is told to `complain`. */
  steps(userId: number | null, complain: (name: string, reason: string) => void): AsyncGenerator<IntakeFile[]>;
}

/** What systems put beside files of people. */
const NOT_MEANT = /(?:^|\/)(?:__MACOSX|\.[^/]*|Thumbs\.db|desktop\.ini)(?:\/|$)/i;
const LONGEST_NAME = 200;

/** Throws `Unreadable` for what is no ZIP, and for one that goes beyond limits. */
export function openArchive(bytes: Buffer, { maxFiles, maxFileBytes, maxBytes }: ArchiveLimits): Archive {
  const files = entriesOf(bytes, { maxEntries: maxFiles, maxBytes })
    .map((entry) => ({ entry, name: nameOf(entry) }))
    .filter(({ name }) => name !== '' && !name.endsWith('/') && !NOT_MEANT.test(name));
  return {
    total: files.length,
    async *steps(userId, complain) {
      let step: IntakeFile[] = [];
      let size = 0;
      for (const { entry, name } of files) {
        if (entry.size > maxFileBytes) {
          complain(name, `It is larger than ${Math.floor(maxFileBytes / 1024 / 1024)} MB`);
          continue;
        }
        const content = await contentOrNull(bytes, entry, (reason) => complain(name, reason));
        if (content === null) continue;
        if (step.length >= STEP_FILES || (step.length > 0 && size + content.length > STEP_BYTES)) {
          yield step;
          [step, size] = [[], 0];
        }
        step.push({ name, userId, bytes: content, mediaType: typeOf(name), line: 0 });
        size += content.length;
      }
      if (step.length > 0) yield step;
    },
  };
}

/** What its ending says of text; of everything else its bytes do. */
export function typeOf(name: string): string {
  if (/\.(?:md|markdown)$/i.test(name)) return 'text/markdown';
  if (/\.html?$/i.test(name)) return 'text/html';
  return /\.csv$/i.test(name) ? 'text/csv' : '';
}

async function contentOrNull(
  bytes: Buffer,
  entry: ZipEntry,
  complain: (reason: string) => void,
): Promise<Buffer | null> {
  try {
    return await contentBeside(bytes, entry);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    complain(error.message);
    return null;
  }
}

/** UTF-8 when it says so or is; otherwise as Windows in China writes it. Of a long one the end: that is what tells files apart. */
function nameOf({ name, isUtf8 }: ZipEntry): string {
  const text = decoded(name, 'utf-8') ?? (isUtf8 ? null : decoded(name, 'gb18030')) ?? name.toString('latin1');
  return text.replaceAll('\\', '/').slice(-LONGEST_NAME).toWellFormed().normalize('NFC');
}

function decoded(bytes: Buffer, charset: string): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
