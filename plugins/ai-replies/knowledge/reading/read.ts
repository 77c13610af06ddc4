/** A document's bytes as blocks. What it is, its bytes say and not its name; between kinds of text its sender decides. */
import { parse } from 'csv-parse/sync';
import { type DocumentParts, type ReadLimits, Unreadable } from './blocks.ts';
import { DOCX, kindOf, PPTX, XLSX, ZIP } from './kind.ts';
import { blocksOfMarkdown } from './markdown.ts';
import { blocksOfRows } from './rows.ts';
import { textOf } from './text.ts';
import { repackedZip } from './unzipped.ts';

export interface ReadParts extends DocumentParts {
  mediaType: string;
  /** What it calls itself; '' when it does not. */
  title: string;
}

const CFB = 'application/x-cfb';
const READ = 'text, Markdown, HTML, PDF, DOCX, XLSX, PPTX and CSV are';

/** Throws `Unreadable`, and whatever libraries throw at bytes that nobody meant to be read. */
export async function readParts(bytes: Buffer, sentAs: string, name: string, limits: ReadLimits): Promise<ReadParts> {
  const mediaType = await kindOf(bytes, limits.maxUnzippedBytes);
  // Each kind is read by a library of its own, which is loaded for it alone.
  if (mediaType === 'application/pdf') {
    const { partsOfPdf } = await import('./pdf.ts');
    return { mediaType, title: '', ...(await partsOfPdf(bytes, limits)) };
  }
  if (mediaType === DOCX || mediaType === XLSX) {
    const parts = repackedZip(bytes, limits.maxUnzippedBytes);
    const { blocksOfDocx, blocksOfXlsx } = await import('./office.ts');
    const blocks = await (mediaType === DOCX ? blocksOfDocx(parts) : blocksOfXlsx(parts));
    return { mediaType, title: '', pages: null, blocks };
  }
  if (mediaType === PPTX) {
    const { partsOfSlides } = await import('./slides.ts');
    return { mediaType, title: '', ...partsOfSlides(bytes, limits) };
  }
  if (mediaType === CFB) throw new Unreadable('It is of an older Office: save it as .docx, .xlsx or .pptx');
  if (mediaType === ZIP)
    throw new Unreadable(`It is a ZIP: import it, and what is in it becomes documents; ${READ} read`);
  if (mediaType !== null) throw new Unreadable(`${mediaType} is not read; ${READ}`);
  return textParts(textOf(bytes, sentAs), sentAs.split(';')[0]?.trim().toLowerCase() ?? '', name);
}

async function textParts(text: string, sentAs: string, name: string): Promise<ReadParts> {
  const isHtml =
    /^\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[\s\S]{0,1000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i.test(
      text.slice(0, 3_000),
    );
  const whole = { pages: null, title: '' };
  if (isHtml || sentAs === 'text/html') {
    const { blocksOfHtml, titleOf } = await import('./html.ts');
    return { ...whole, title: titleOf(text), mediaType: 'text/html', blocks: blocksOfHtml(text) };
  }
  const rows = sentAs === 'text/csv' || /\.csv$/i.test(name) ? rowsOfCsv(text) : null;
  if (rows) return { ...whole, mediaType: 'text/csv', blocks: blocksOfRows(rows, []) };
  const isMarkdown = sentAs === 'text/markdown' || /\.(?:md|markdown)$/i.test(name);
  return { ...whole, mediaType: isMarkdown ? 'text/markdown' : 'text/plain', blocks: blocksOfMarkdown(text) };
}

function rowsOfCsv(text: string): string[][] {
  try {
    return parse(text, {
      delimiter: [',', ';', '\t'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 1_000_000,
    });
  } catch {
    throw new Unreadable('It is no CSV: a quotation mark is not closed, or a row is too long');
  }
}
