/** DOCX and XLSX. Their ZIP is one of ours, of the parts that were looked at (unzipped.ts). */
import mammoth from 'mammoth';
import readSheets from 'read-excel-file/node';
import type { Block } from './blocks.ts';
import { blocksOfHtml } from './html.ts';
import { blocksOfRows } from './rows.ts';

export async function blocksOfDocx(bytes: Buffer): Promise<Block[]> {
  const noPictures = mammoth.images.imgElement(async () => ({ src: '' }));
  const { value } = await mammoth.convertToHtml({ buffer: bytes }, { convertImage: noPictures });
  return blocksOfHtml(value);
}

export async function blocksOfXlsx(bytes: Buffer): Promise<Block[]> {
  const sheets = await readSheets(bytes);
  return sheets.flatMap(({ sheet, data }) => blocksOfRows(data, [sheet]));
}
