/** Which region's habits a page follows. */

/** The first of the browser's tags that is of the same language and script: `en` is `en-GB` in London, with its clock and dates. */
export function regionalTag(tag: string, preferred: readonly string[]): string {
  const { language: wanted, script } = new Intl.Locale(tag).maximize();
  const isSame = (own: string) => {
    const full = new Intl.Locale(own).maximize();
    return full.language === wanted && full.script === script;
  };
  return preferred.find(isSame) ?? tag;
}
