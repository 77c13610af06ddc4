/** Who a mail is from, in few characters. */

/** The name of `"Ada" <ada@example.com>`, or the address when it has none. */
export function nameOf(from: string): string {
  const name = from
    .slice(0, from.lastIndexOf('<') < 0 ? 0 : from.lastIndexOf('<'))
    .replaceAll('"', '')
    .trim();
  return name || mailAddressIn(from);
}

/** The bare address in a header's text. */
export function mailAddressIn(from: string): string {
  return /<([^<>]*)>\s*$/.exec(from)?.[1]?.trim() ?? from.trim();
}
