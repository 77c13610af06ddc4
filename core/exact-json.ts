/** JSON whose numbers JavaScript cannot all hold: ids of chats and databases beyond 2^53 would become other ids. */

/** Only texts with such a run of digits, or with such an exponent, can have a number that is lost. */
const SUSPICIOUS = /\d{16}|[eE]\+?\d{3}/;
const WHOLE = /^-?\d+$/;

/** As `JSON.parse`, but a number that cannot be held, too large or with too many digits before the point, is its text. */
export function exactJson(text: string): unknown {
  if (!SUSPICIOUS.test(text)) return JSON.parse(text);
  return (JSON.parse as SourceParse)(text, (_key, value, { source = '' }) =>
    typeof value === 'number' && !isHeld(value, source) ? source : value,
  );
}

/** Whether the number is what its text says. Digits behind the point are rounded, as everywhere. */
export function isHeld(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  return Number.isSafeInteger(value) || !WHOLE.test(source) || BigInt(source) === BigInt(value);
}

/** The reviver is told what was written (ECMAScript, "JSON.parse source text access"). */
type SourceParse = (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;
