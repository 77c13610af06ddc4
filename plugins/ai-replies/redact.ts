/** What others have said, without keys that it repeats: some servers quote the key that they refuse, and so does `Headers`. */

const HIDDEN = '***';
/** What is shorter opens nothing, and may stand in any sentence. */
const SHORTEST = 6;

/** The text with stars where one of the secrets stands. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .map((secret) => secret.trim())
    .filter(({ length }) => length >= SHORTEST)
    .sort((one, other) => other.length - one.length)
    .reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}
