/**
 * Texts of system mail. A plugin keeps `NAME.LANGUAGE.txt` files in a folder: a line `Subject: …`, an empty line,
 * paragraphs with `{{values}}`. An operator's file of the same name comes first; a `.html` file beside it replaces the
 * HTML that is otherwise made from the paragraphs.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../errors.ts';
import { escapeHtml as escaped } from '../http/html-page.ts';
import { getOwn } from '../own-property.ts';

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

export interface MailTemplates {
  /** `builtIn` is the plugin's folder. Throws when neither it nor the operator has a text of that name. */
  render(builtIn: URL, name: string, values: Readonly<Record<string, string>>): RenderedMail;
  /** In another language than the server's, for pages. */
  subject(builtIn: URL, name: string, language: string): string;
}

const FALLBACK_LANGUAGE = 'en';

export function createMailTemplates({ language, folder }: { language: string; folder: string }): MailTemplates {
  return {
    subject: (builtIn, name, wanted) => filled(partsOf(builtIn, name, wanted).subject, {}, plain),
    render(builtIn, name, values) {
      const { subject, body } = partsOf(builtIn, name, language);
      const own = firstOf([join(folder, `${name}.${language}.html`)]);
      return {
        subject: filled(subject, values, plain),
        text: filled(body, values, plain),
        html: own === null ? htmlOf(filled(body, values, plain)) : filled(own, values, escaped),
      };
    },
  };

  function partsOf(builtIn: URL, name: string, wanted: string): { subject: string; body: string } {
    const source = firstOf([
      join(folder, `${name}.${wanted}.txt`),
      new URL(`${name}.${wanted}.txt`, builtIn),
      new URL(`${name}.${FALLBACK_LANGUAGE}.txt`, builtIn),
    ]);
    if (source === null) throw new Error(`There is no mail template '${name}'`);
    const parts = /^Subject: (.+)\r?\n\r?\n([\s\S]*)$/.exec(source);
    if (!parts) throw new Error(`The mail template '${name}' must begin with a line "Subject: …" and an empty line`);
    const [, subject = '', body = ''] = parts;
    return { subject, body };
  }
}

/** Read at each mail, a few kilobytes, so that an operator's change shows at once. */
function firstOf(places: readonly (string | URL)[]): string | null {
  for (const place of places) {
    try {
      return readFileSync(place, 'utf8');
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
  return null;
}

function filled(text: string, values: Readonly<Record<string, string>>, write: (value: string) => string): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => write(getOwn(values, name) ?? ''));
}

/** Paragraphs; one that is a link alone becomes a link. */
function htmlOf(text: string): string {
  const paragraphs = text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => {
      const safe = escaped(paragraph).replaceAll('\n', '<br>');
      return /^https?:\/\/\S+$/.test(paragraph) ? `<p><a href="${safe}">${safe}</a></p>` : `<p>${safe}</p>`;
    });
  return `<!doctype html><html><body style="font-family: sans-serif; max-width: 36em">${paragraphs.join('\n')}</body></html>`;
}

function plain(value: string): string {
  return value.replace(/[\r\n]+/g, ' ');
}
