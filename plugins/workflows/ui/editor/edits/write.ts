/** Values as text, in the style of the text around them. */
import { Document, stringify, visit } from 'yaml';
import { areListsIndented, eolOf, isJson, linesOf, unitOf } from './text.ts';

export interface Style {
  isJson: boolean;
  unit: number;
  areListsIndented: boolean;
  eol: string;
}

export function styleOf(text: string): Style {
  return { isJson: isJson(text), unit: unitOf(text), areListsIndented: areListsIndented(text), eol: eolOf(text) };
}

/** On one line, as it may stand between brackets too. */
export function inlineText(value: unknown, { isJson }: Pick<Style, 'isJson'>): string {
  if (isJson) return JSON.stringify(value);
  // A list around it, so that commas and brackets in texts are quoted.
  const text = written([value], /[\n\r]/).toString({
    collectionStyle: 'flow',
    lineWidth: 0,
    blockQuote: false,
    doubleQuotedAsJSON: true,
  });
  return text
    .trim()
    .replace(/^\[\s*/, '')
    .replace(/\s*\]$/, '');
}

/** A single value in a block, where brackets and commas in texts need no quotes. */
export function scalarText(value: unknown, style: Pick<Style, 'isJson'>): string {
  if (style.isJson) return JSON.stringify(value);
  if (typeof value === 'string' && /[\n\r]/.test(value)) return JSON.stringify(value);
  return stringify(value, { lineWidth: 0, blockQuote: false }).trimEnd();
}

/** Lines of a value in block style, from column 0. Empty lines behind them do not count: no text in them keeps its own. */
export function blockLines(value: unknown, { unit, areListsIndented }: Style): string[] {
  const text = written(value, /(?:^|\n)\r?\n$/).toString({
    indent: unit,
    indentSeq: areListsIndented,
    lineWidth: 0,
    doubleQuotedAsJSON: true,
  });
  return linesOf(text.replace(/\n$/, ''));
}

/** Lines of JSON, from column 0. */
export function jsonLines(value: unknown, { unit }: Pick<Style, 'unit'>): string[] {
  return linesOf(JSON.stringify(value, null, unit));
}

/** Nothing that wants lines of its own. */
export function isInline(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\n');
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

/** A text that a block literal holds as it is: no spaces at the ends of lines, and one line break at its end or none. */
export function isLiteral(value: unknown): value is string {
  return typeof value === 'string' && /\n/.test(value) && !/[ \t]\n|\n\n$|\r|^\s|[\t ]$/.test(value);
}

/** A document in which the texts of a kind are quoted. */
function written(value: unknown, quoted: RegExp): Document {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && quoted.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document;
}
