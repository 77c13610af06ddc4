/** Text as every database takes it: PostgreSQL's knows no NUL, and half a surrogate pair is not UTF-8. */
export function sanitizeText(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replaceAll('\0', '').toWellFormed();
}
