/** PDF: one block for each page. */
import { getDocumentProxy } from 'unpdf';
import { type Block, type DocumentParts, type ReadLimits, Unreadable } from './blocks.ts';
import { refuseLargeArrays } from './large-arrays.ts';

export async function partsOfPdf(bytes: Buffer, { maxPages, maxUnzippedBytes }: ReadLimits): Promise<DocumentParts> {
  const refuseTooLarge = refuseLargeArrays(Math.max(maxUnzippedBytes, bytes.length));
  const pdf = await opened(bytes);
  const pages = pdf.numPages;
  if (pages > maxPages) throw new Unreadable(`It has ${pages} pages; ${maxPages} are read at most`);
  const blocks: Block[] = [];
  for (let number = 1; number <= pages; number++) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent().catch((error: unknown) => {
      refuseTooLarge();
      throw error;
    });
    const text = items
      .map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : ''))
      .join('')
      // A word that the end of a line has cut.
      .replace(/(\p{Ll})-\n(\p{Ll})/gu, '$1$2')
      .trim();
    if (text !== '') blocks.push({ headings: [], page: number, isRow: false, text });
    page.cleanup();
    refuseTooLarge();
  }
  if (blocks.length === 0) throw new Unreadable('It has no text: pages that were scanned have to be recognised first');
  return { blocks, pages };
}

async function opened(bytes: Buffer) {
  try {
    return await getDocumentProxy(new Uint8Array(bytes));
  } catch (error) {
    const isLocked = error instanceof Error && error.name === 'PasswordException';
    throw new Unreadable(isLocked ? 'It is protected by a password' : 'It is damaged: no PDF reader can open it');
  }
}
