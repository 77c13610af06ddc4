/** What an expression that looks for a text compares it with. */

/** As `ascii_downcase` does it: other letters are compared as they are. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
