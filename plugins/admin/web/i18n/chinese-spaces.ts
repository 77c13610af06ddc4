/** What `Intl` writes in Chinese, with the space that all texts of the pages have, and with no more seconds than are said. */
export function spacedUnits(text: string): string {
  return text.replace(/(\d)(?=\p{Script=Han})/gu, '$1 ').replace('秒钟', '秒');
}
