/** Office documents of tests, put together by hand, so that they can be as wrong as is wished. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipPart {
  name: string;
  content: string | Buffer;
  /** What the directory says instead of the truth. */
  declaredSize?: number;
  flags?: number;
}

export function zipOf(parts: readonly ZipPart[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, declaredSize, flags = 0 } of parts) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const size = declaredSize ?? bytes.length;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(name.length, 22);
    const file = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed]);
    const entry = Buffer.alloc(46 - 4 - 2 - 26);
    entry.writeUInt32LE(offset, entry.length - 4);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, entry, Buffer.from(name)]));
    files.push(file);
    offset += file.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, entries, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const TYPES = 'http://schemas.openxmlformats.org/package/2006/content-types';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const SHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** A Word document of headings (`# …`) and paragraphs. */
export function docxOf(lines: readonly string[], more: readonly ZipPart[] = []): Buffer {
  return zipOf([...docxParts(lines), ...more]);
}

export function docxParts(lines: readonly string[]): ZipPart[] {
  const paragraphs = lines.map((line) => {
    const style = line.startsWith('# ') ? '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>' : '';
    return `<w:p>${style}<w:r><w:t>${line.replace('# ', '')}</w:t></w:r></w:p>`;
  });
  const styles = `<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>`;
  return [
    types('word/document.xml', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'),
    relations('_rels/.rels', [['officeDocument', 'word/document.xml']]),
    relations('word/_rels/document.xml.rels', [['styles', 'styles.xml']]),
    { name: 'word/styles.xml', content: `${XML}<w:styles xmlns:w="${WORD}">${styles}</w:styles>` },
    {
      name: 'word/document.xml',
      content: `${XML}<w:document xmlns:w="${WORD}"><w:body>${paragraphs.join('')}</w:body></w:document>`,
    },
  ];
}

/** A workbook of one sheet; cells by their references. */
export function xlsxOf(name: string, cells: Readonly<Record<string, string>>): Buffer {
  return zipOf([
    types('xl/workbook.xml', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'),
    relations('_rels/.rels', [['officeDocument', 'xl/workbook.xml']]),
    relations('xl/_rels/workbook.xml.rels', [['worksheet', 'worksheets/sheet1.xml']]),
    {
      name: 'xl/workbook.xml',
      content: `${XML}<workbook xmlns="${SHEET}" xmlns:r="${OFFICE}"><sheets><sheet name="${name}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    },
    sheetOf(cells),
  ]);
}

/** The first sheet of a workbook. */
export function sheetOf(cells: Readonly<Record<string, string>>): ZipPart {
  const rows = new Map<string, string[]>();
  for (const [reference, text] of Object.entries(cells)) {
    const row = reference.replace(/\D/g, '');
    rows.set(row, [...(rows.get(row) ?? []), `<c r="${reference}" t="inlineStr"><is><t>${text}</t></is></c>`]);
  }
  const data = [...rows].map(([row, inside]) => `<row r="${row}">${inside.join('')}</row>`).join('');
  return {
    name: 'xl/worksheets/sheet1.xml',
    content: `${XML}<worksheet xmlns="${SHEET}"><sheetData>${data}</sheetData></worksheet>`,
  };
}

/** A presentation: each slide with its title, its lines and its notes. */
export function pptxOf(slides: readonly { title: string; lines: readonly string[]; notes?: string }[]): Buffer {
  const paragraph = (line: string): string => `<a:p><a:r><a:rPr lang="en"/><a:t>${line}</a:t></a:r></a:p>`;
  const shape = (kind: string, lines: readonly string[]): string =>
    `<p:sp><p:nvSpPr><p:nvPr><p:ph type="${kind}"/></p:nvPr></p:nvSpPr><p:txBody>${lines.map(paragraph).join('')}</p:txBody></p:sp>`;
  const ids = slides.map((_, place) => `<p:sldId id="${256 + place}" r:id="rId${place + 1}"/>`).join('');
  return zipOf([
    types('ppt/presentation.xml', 'application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml'),
    relations('_rels/.rels', [['officeDocument', 'ppt/presentation.xml']]),
    relations(
      'ppt/_rels/presentation.xml.rels',
      // The first one that is shown has the last number.
      slides.map((_, place) => ['slide', `slides/slide${slides.length - place}.xml`] as const),
    ),
    { name: 'ppt/presentation.xml', content: `${XML}<p:presentation><p:sldIdLst>${ids}</p:sldIdLst></p:presentation>` },
    ...slides.flatMap(({ title, lines, notes }, place) => {
      const number = slides.length - place;
      return [
        {
          name: `ppt/slides/slide${number}.xml`,
          content: `${XML}<p:sld>${shape('title', [title])}${shape('body', lines)}</p:sld>`,
        },
        ...(notes === undefined
          ? []
          : [
              relations(`ppt/slides/_rels/slide${number}.xml.rels`, [['notesSlide', '../notesSlides/notesSlide1.xml']]),
              {
                name: 'ppt/notesSlides/notesSlide1.xml',
                content: `${XML}<p:notes>${shape('body', [notes])}</p:notes>`,
              },
            ]),
      ];
    }),
  ]);
}

function types(part: string, type: string): ZipPart {
  return {
    name: '[Content_Types].xml',
    content: `${XML}<Types xmlns="${TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/${part}" ContentType="${type}"/></Types>`,
  };
}

function relations(name: string, targets: readonly (readonly [kind: string, target: string])[]): ZipPart {
  const all = targets.map(
    ([kind, target], place) => `<Relationship Id="rId${place + 1}" Type="${OFFICE}/${kind}" Target="${target}"/>`,
  );
  return { name, content: `${XML}<Relationships xmlns="${RELATIONS}">${all.join('')}</Relationships>` };
}

/** The same ZIP with a part that its directory does not list, behind the last one. */
export function withHiddenPart(zip: Buffer, part: ZipPart): Buffer {
  const end = zip.length - 22;
  const directory = zip.readUInt32LE(end + 16);
  const hidden = localOf(part);
  const moved = Buffer.from(zip.subarray(end));
  moved.writeUInt32LE(directory + hidden.length, 16);
  return Buffer.concat([zip.subarray(0, directory), hidden, zip.subarray(directory, end), moved]);
}

/**
 * A ZIP with two directories: its end record names that of `shown`, and says in its number of the disk alone that there is a
 * ZIP64 end record, which names that of `meant` (APPNOTE 4.3.14, 4.4.1.4).
 */
export function withTwoDirectories(shown: readonly ZipPart[], meant: readonly ZipPart[]): Buffer {
  const [first, second] = [zipOf(shown), zipOf(meant)];
  const [firstEnd, secondEnd] = [first.length - 22, second.length - 22];
  const [firstAt, secondAt] = [first.readUInt32LE(firstEnd + 16), second.readUInt32LE(secondEnd + 16)];
  const parts = Buffer.concat([first.subarray(0, firstAt), second.subarray(0, secondAt)]);
  const ofMeant = Buffer.from(second.subarray(secondAt, secondEnd));
  for (let at = 0; at < ofMeant.length; at += 46 + ofMeant.readUInt16LE(at + 28))
    ofMeant.writeUInt32LE(ofMeant.readUInt32LE(at + 42) + firstAt, at + 42);
  const ofShown = first.subarray(firstAt, firstEnd);
  const zip64 = Buffer.alloc(56);
  zip64.writeUInt32LE(0x06064b50, 0);
  zip64.writeBigUInt64LE(44n, 4);
  zip64.writeUInt16LE(45, 12);
  zip64.writeUInt16LE(45, 14);
  zip64.writeBigUInt64LE(BigInt(meant.length), 24);
  zip64.writeBigUInt64LE(BigInt(meant.length), 32);
  zip64.writeBigUInt64LE(BigInt(ofMeant.length), 40);
  zip64.writeBigUInt64LE(BigInt(parts.length), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(parts.length + ofMeant.length + ofShown.length), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.from(first.subarray(firstEnd));
  end.writeUInt16LE(0xffff, 4);
  end.writeUInt32LE(parts.length + ofMeant.length, 16);
  return Buffer.concat([parts, ofMeant, ofShown, zip64, locator, end]);
}

/** A part as it lies in a ZIP, without an entry of the directory. */
function localOf(part: ZipPart): Buffer {
  const zip = zipOf([part]);
  return zip.subarray(0, zip.readUInt32LE(zip.length - 6));
}
