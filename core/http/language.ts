/** Texts of the server in the language of who asks: English, unless they prefer another one that the text is there in. */
import type Koa from 'koa';

/** What things are for, by their name, in languages other than English: `{ zh: { 'mail.send': '…' } }`. */
export type Summaries = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a thing of this name is for, as `Accept-Language` prefers (RFC 9110 §12.5.4); `english` is the declared summary. */
export type Summarize = (ctx: Koa.Context, name: string, english: string) => string;

export function createSummarize(all: readonly Summaries[]): Summarize {
  const languages = [...new Set(all.flatMap((one) => Object.keys(one)))];
  const known = new Map(
    languages.map((language) => [language, new Map(all.flatMap((one) => Object.entries(one[language] ?? {})))]),
  );
  return (ctx, name, english) => {
    const wanted = ctx.acceptsLanguages(['en', ...languages]);
    return (wanted !== false && known.get(wanted)?.get(name)) || english;
  };
}

/** For `requestHeaders` of a route that answers so. */
export const ACCEPT_LANGUAGE = { 'Accept-Language': 'Language of the summaries; default English' };
