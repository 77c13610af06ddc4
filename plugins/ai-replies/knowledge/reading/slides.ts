/** PPTX (ECMA-376, PresentationML): each slide is a page, with its notes. Read from the parts that were unpacked. */
import { decodeXML } from 'entities';
import { type Block, type DocumentParts, type ReadLimits, Unreadable } from './blocks.ts';
import { unpackedParts } from './unzipped.ts';

const SLIDE = /^ppt\/slides\/slide(\d{1,6})\.xml$/;
/** Paragraphs, texts in them, and breaks: nothing nests in them that is read, so no parser is needed. */
const PARAGRAPH_END = '</a:p>';
const PIECE = /<a:t(?:\s[^<>]{0,200})?>([^<]*)<\/a:t>|<a:(br|tab)\b/g;
const TITLE = /<p:ph\b[^<>]{0,300}\btype="(?:ctrTitle|title)"/;
const SHAPE_END = '</p:sp>';

export function partsOfSlides(bytes: Buffer, { maxUnzippedBytes, maxPages }: ReadLimits): DocumentParts {
  const parts = unpackedParts(bytes, maxUnzippedBytes);
  const slides = orderOf(parts);
  if (slides.length > maxPages) throw new Unreadable(`It has ${slides.length} pages; ${maxPages} are read at most`);
  const blocks: Block[] = [];
  for (const [place, name] of slides.entries()) {
    const { title, text } = textOf(parts.get(name)?.toString('utf8') ?? '');
    const notes = textOf(notesOf(parts, name)).text;
    const whole = [text, notes].filter(Boolean).join('\n\n') || title;
    const headings = title === '' ? [] : [title.slice(0, 200)];
    if (whole !== '') blocks.push({ headings, page: place + 1, isRow: false, text: whole });
  }
  return { blocks, pages: slides.length };
}

/** As the presentation shows them; those that it does not name come last, by their numbers. */
function orderOf(parts: ReadonlyMap<string, Buffer>): string[] {
  const names = [...parts.keys()].filter((name) => SLIDE.test(name));
  const relations = relationsOf(parts, 'ppt/_rels/presentation.xml.rels');
  const shown = parts.get('ppt/presentation.xml')?.toString('utf8') ?? '';
  const listed = [...shown.matchAll(/<p:sldId\b[^<>]{0,300}\br:id="([^"]{1,60})"/g)].map(
    ([, id = '']) => `ppt/${relations.get(id) ?? ''}`,
  );
  const numberOf = (name: string): number => Number(SLIDE.exec(name)?.[1] ?? 0);
  const ordered = [...new Set(listed.filter((name) => parts.has(name)))];
  return [...ordered, ...names.filter((name) => !ordered.includes(name)).sort((a, b) => numberOf(a) - numberOf(b))];
}

function relationsOf(parts: ReadonlyMap<string, Buffer>, name: string): Map<string, string> {
  const xml = parts.get(name)?.toString('utf8') ?? '';
  return new Map(
    [...xml.matchAll(/<Relationship\b([^<>]{0,1000})/g)].map(([, attributes = '']) => [
      /\bId="([^"]{1,60})"/.exec(attributes)?.[1] ?? '',
      (/\bTarget="([^"]{1,300})"/.exec(attributes)?.[1] ?? '').replace(/^\/ppt\//, ''),
    ]),
  );
}

function notesOf(parts: ReadonlyMap<string, Buffer>, slide: string): string {
  const relations = relationsOf(parts, slide.replace('slides/', 'slides/_rels/').concat('.rels'));
  const notes = [...relations.values()].find((target) => target.includes('notesSlides/'));
  return parts.get(`ppt/notesSlides/${notes?.split('/').at(-1) ?? ''}`)?.toString('utf8') ?? '';
}

function textOf(xml: string): { title: string; text: string } {
  let title = '';
  const texts: string[] = [];
  for (const shape of xml.split(SHAPE_END)) {
    const text = shape
      .split(PARAGRAPH_END)
      .map((paragraph) =>
        [...paragraph.matchAll(PIECE)].map(([, written, gap]) => (gap ? ' ' : decodeXML(written ?? ''))).join(''),
      )
      .map((line) => line.trim())
      .filter(Boolean)
      .join('\n');
    if (text === '') continue;
    if (title === '' && TITLE.test(shape)) title = text.replaceAll('\n', ' ');
    else texts.push(text);
  }
  return { title, text: texts.join('\n') };
}
