/** The query of a request, as routes are given it. */

/** What has nothing to decode. */
const PLAIN = /^\?[\w.,:;/@~*=&-]*$/;

/** One value for each name; a name given twice keeps the last, as most clients mean it. `search` begins with `?`, or is empty. */
export function queryOf(search: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  if (search === '') return query;
  if (!PLAIN.test(search)) {
    for (const [name, value] of new URLSearchParams(search)) query[name] = value;
    return query;
  }
  for (const part of search.slice(1).split('&')) {
    const equals = part.indexOf('=');
    if (equals >= 0) query[part.slice(0, equals)] = part.slice(equals + 1);
    else if (part !== '') query[part] = '';
  }
  return query;
}
