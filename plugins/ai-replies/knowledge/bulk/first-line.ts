/** What a text is called that nobody has named. */

const LONGEST = 80;

export function firstLineOf(text: string): string {
  const line = text.trimStart().split('\n', 1)[0] ?? '';
  return (
    line
      .replace(/^#+\s*/, '')
      .replace(/[\x00-\x1f\x7f]/g, ' ')
      .trim()
      .slice(0, LONGEST)
      .toWellFormed() || 'Text'
  );
}
