/** Texts of the server in the language of who asks: English, unless the text was declared in another one that they prefer. */
import type Koa from 'koa';

/** A text in other languages than English, by their tag: `{ zh: '…' }`. */
export type Translations = Readonly<Record<string, string>>;

/** As `Accept-Language` prefers (RFC 9110 §12.5.4). */
export function textFor(ctx: Koa.Context, text: string, others: Translations = {}): string {
  const wanted = ctx.acceptsLanguages(['en', ...Object.keys(others)]);
  return (wanted !== false && others[wanted]) || text;
}

/** For `requestHeaders` of a route that answers so. */
export const ACCEPT_LANGUAGE = { 'Accept-Language': 'Language of the summaries; default English' };
