/**
 * What administrators are shown of configurations and jobs: everything but secrets. What is one is told by its name, or by
 * how it looks: whoever names a secret unusually is covered too, at the price of hiding an id now and then.
 */

export const HIDDEN = '(hidden)';

const SECRET_NAME =
  /(password|passwd|pwd|passphrase|bearer|secret|token|key|credential|connection|authorization|cookie|otp|code|hash|signature)s?$/i;
/** Short ones, where they are a word of their own: `smtpPass`, `sim_pin`, and no `bypass`. */
const SECRET_WORD = /(^|[_\-.])(pass|pin)$|[a-z0-9](Pass|Pin)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Nothing but the characters of base64, hex or a JWT, and as long as secrets are. */
const OPAQUE = /^[\w\-+/=.:~]{24,}$/;
/** With both, what people write (`plugins.mail.receiver.maxConnections`) is seldom meant. */
const MIXED = /^(?=.*\d)(?=.*[A-Za-z])/;
const PASSWORD_IN_URL = /(\w+:\/\/)[^/\s:@]*:[^/\s@]*@/g;
const SECRET_IN_QUERY =
  /([?&#][^=\s&#]*(?:token|key|secret|signature|code|sig|pass|passwd|password|pwd|passphrase|auth|bearer|pin)=|[?&#]k=)[^&\s#]+/gi;
const DEEPEST = 20;
const NONE: ReadonlySet<string> = new Set();

/** Whether what stands under this name is a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) || SECRET_WORD.test(name);
}

/** The same value without secrets; `marked` are names of fields whose schema says that they hold one. */
export function masked(value: unknown, marked: ReadonlySet<string> = NONE, depth = 0): unknown {
  if (typeof value === 'string') return maskedText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return HIDDEN;
  if (Array.isArray(value)) return value.map((one) => masked(one, marked, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      (marked.has(name) || isSecret(name, one)) && isTelling(name, one) ? HIDDEN : masked(one, marked, depth + 1),
    ]),
  );
}

/** Each gateway names the header of its key as it likes. */
function isSecret(name: string, value: unknown): boolean {
  return isSecretName(name) || /^headers$/i.test(name) || (/auth$/i.test(name) && typeof value === 'string');
}

/** Whether there is a secret, and not only a switch for one, or how many there are or may be: `maxConnections: 500`. */
function isTelling(name: string, value: unknown): boolean {
  if (typeof value === 'number' && /[^s]s$/i.test(name)) return false;
  return value !== null && value !== '' && typeof value !== 'boolean' && value !== undefined;
}

function maskedText(text: string): string {
  if (OPAQUE.test(text) && MIXED.test(text) && !UUID.test(text)) return HIDDEN;
  return text.replace(PASSWORD_IN_URL, `$1${HIDDEN}@`).replace(SECRET_IN_QUERY, `$1${HIDDEN}`);
}
