/** The address of a page without what is its reader's alone: a query may hold a key, and answers name where they come from. */

const HIDDEN = '?****';

/** What a page is called that nobody has named: its address without its query. */
export function nameOfPage(url: string): string {
  return withoutQuery(url);
}

/** The address for who may not change it: that there is a query is told, and not which. */
export function shownPage(url: string): string {
  return withoutQuery(url) + (URL.canParse(url) && new URL(url).search !== '' ? HIDDEN : '');
}

function withoutQuery(url: string): string {
  if (!URL.canParse(url)) return url.replace(/[?#].*$/s, '');
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
