/**
 * Errors as sentences, in the viewer's language. What a code means stands as `error.<code>` in the texts of the plugin that
 * declares it (core's in the shell's), what a broken rule asks for as `issue.<keyword>` in the shell's.
 */
import { ApiError, type Issue } from '../client/api-error.ts';
import { knownTexts } from '../i18n/i18n.ts';
import { exists, shownLanguage, t } from '../i18n/texts.ts';

/** For answers without a code: those of a proxy, or of an API that has none. */
const BY_STATUS: Readonly<Record<string, string>> = {
  http_400: 'bad_request',
  http_401: 'unauthenticated',
  http_403: 'forbidden',
  http_404: 'not_found',
  http_409: 'conflict',
  http_413: 'payload_too_large',
  http_422: 'validation_error',
  http_429: 'rate_limited',
  http_500: 'internal_error',
  http_502: 'unavailable',
  http_503: 'unavailable',
  http_504: 'unavailable',
};
const SHELL = 'shell';
/** How the platform's own API names what went wrong (RFC 9457). */
const OWN = 'urn:patchbay:error:';

/** A sentence about a failure, with what is particular to this one; `offline` when nothing was answered. */
export function messageOf(error: unknown, offline: string): string {
  if (error instanceof ApiError) {
    const meaning = meaningOf(error);
    if (meaning === null) return error.message;
    return [meaning, ...particularsOf(error).map(({ text }) => text)].join(t('failure.and'));
  }
  if (error instanceof TypeError && /fetch|network/i.test(error.message)) return offline;
  return error instanceof Error ? error.message : String(error);
}

/**
 * What the code of a refusal means, null while no text for it is loaded. Two plugins may use one name: the plugin that the
 * address names comes first.
 */
export function meaningOf({ code, path }: ApiError): string | null {
  const key = `error.${BY_STATUS[code] ?? code}`;
  const named = knownTexts().filter((name) => path.split('/').includes(name));
  const found = [...named, SHELL, ...knownTexts()].find((ns) => exists(key, { ns }));
  return found === undefined ? null : t(key, { ns: found });
}

/**
 * Under which id the log has it: of a failure of the server, and of what there are no words for. What is refused for a reason that
 * the page says is nothing to look up.
 */
export function requestIdOf(error: unknown): string | null {
  if (!(error instanceof ApiError)) return null;
  return error.status >= 500 || meaningOf(error) === null ? error.requestId : null;
}

/** What a refusal says beyond its code: the fields that are wrong, or a sentence of the server, which is English. */
export function particularsOf(error: ApiError): readonly { text: string; isEnglish: boolean }[] {
  if (error.code === 'validation_error' && error.issues.length > 0) {
    const said = saidAtFields.get(error);
    const left = error.issues.filter((issue) => !said?.has(issue));
    return left.map((issue) => ({ text: fieldAndIssue(issue), isEnglish: false }));
  }
  const { specifics } = error;
  // An API of others says a sentence whenever it refuses, and seldom more than the code.
  const isRepeated = !String(error.detail.type).startsWith(OWN) && shownLanguage() !== 'en';
  return specifics === null || isRepeated ? [] : [{ text: specifics, isEnglish: true }];
}

/** What stands at a field, of refusals that are still shown: `Failure` says the rest. */
const saidAtFields = new WeakMap<ApiError, Set<Issue | ApiError>>();

/**
 * What an error says about one field of a form; null when nothing. `codes`: refusals that are about this field alone, as
 * `email_taken` is. What is said here, the form's `Failure` does not say again.
 */
export function issueOf(error: unknown, field: string, codes: readonly string[] = []): string | null {
  if (!(error instanceof ApiError)) return null;
  const issue = error.issues.find(({ path }) => path.at(-1) === field);
  const text = issue ? textOfIssue(issue) : codes.includes(error.code) ? meaningOf(error) : null;
  if (text === null) return null;
  const said = saidAtFields.get(error) ?? new Set();
  saidAtFields.set(error, said.add(issue ?? error));
  return text;
}

/** Whether the fields of the form say all of it. */
export function isSaidAtFields(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const said = saidAtFields.get(error);
  if (said === undefined) return false;
  return said.has(error) || (error.issues.length > 0 && error.issues.every((issue) => said.has(issue)));
}

/** What a broken rule asks for. */
export function textOfIssue({ keyword, expected, message }: Issue): string {
  const key = `issue.${keyword}`;
  return keyword !== undefined && exists(key, { ns: SHELL }) ? t(key, { ns: SHELL, expected }) : message;
}

function fieldAndIssue(issue: Issue): string {
  const field = issue.path.slice(1).join('.');
  const text = textOfIssue(issue);
  return field === '' ? text : t('failure.field', { ns: SHELL, field, text });
}
