/** The one error type that reaches users, and the way a plugin lists its own. */

/** One broken rule of a schema: where, what, and the schema keyword that was broken. */
export interface Issue {
  /** Where it was found: `['body', 'email']`. */
  path: (string | number)[];
  message: string;
  keyword: string;
  /** What the rule asks for, where one value says it: the least length, the names that are taken. */
  expected?: string | number;
}

export interface AppErrorOptions {
  status: number;
  /** Extra fields for the answer, e.g. `{ required: 'mail:read' }`. */
  extra?: Record<string, unknown>;
  headers?: Record<string, string>;
  issues?: Issue[];
  /** Whether the sentence says more than its code: something of this very case. */
  isSpecific?: boolean;
  cause?: unknown;
}

/** An error whose sentence is meant for the caller. Everything else that is thrown becomes a plain 500. */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly extra: Record<string, unknown>;
  readonly headers: Record<string, string>;
  readonly issues: Issue[];
  readonly isSpecific: boolean;

  constructor(code: string, message: string, options: AppErrorOptions) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = options.status;
    this.extra = options.extra ?? {};
    this.headers = options.headers ?? {};
    this.issues = options.issues ?? [];
    this.isSpecific = options.isSpecific ?? false;
  }
}

type ErrorList = Record<string, readonly [status: number, message: string]>;
export type ErrorOptions = Partial<Omit<AppErrorOptions, 'status' | 'isSpecific'>> & { message?: string };

/**
 * A plugin's errors in one list: `{ code: [status, sentence] }` becomes `{ code: (options?) => AppError }`.
 * `options.message` replaces the sentence, `options.extra` adds fields to the answer.
 */
export function defineErrors<const L extends ErrorList>(
  list: L,
): { [Code in keyof L]: (options?: ErrorOptions) => AppError } {
  const makers: Partial<Record<keyof L, (options?: ErrorOptions) => AppError>> = {};
  for (const code of Object.keys(list) as (keyof L & string)[]) {
    const [status, sentence] = list[code] as readonly [number, string];
    makers[code] = ({ message = sentence, ...options } = {}) =>
      new AppError(code, message, { ...options, status, isSpecific: message !== sentence });
  }
  return makers as { [Code in keyof L]: (options?: ErrorOptions) => AppError };
}

/** The errors that core itself answers with, in every dialect. */
export const coreErrors = defineErrors({
  not_found: [404, 'There is nothing at this address'],
  method_not_allowed: [405, 'This address does not know that method'],
  unauthenticated: [401, 'Sign in first: a bearer token or an API key is needed'],
  forbidden: [403, 'You may not do this'],
  insufficient_scope: [403, 'Your API key lacks the scope for this'],
  foreign_page: [403, 'A session cookie counts only in requests of pages of this server'],
  csrf_token_required: [403, 'Send the `csrf_token` of GET /api/platform/me as X-CSRF-Token'],
  no_tenant: [403, 'This needs an account of a tenant'],
  bad_request: [400, 'The request cannot be understood'],
  invalid_json: [400, 'The body is not valid JSON'],
  precondition_failed: [412, 'Someone else changed it in the meantime: read it again'],
  validation_error: [422, 'The request does not match what this address expects'],
  payload_too_large: [413, 'The body is larger than this address accepts'],
  request_timeout: [408, 'The request came too slowly'],
  unsupported_media_type: [415, 'Send the body as application/json'],
  rate_limited: [429, 'Too many requests; wait a little'],
  conflict: [409, 'This already exists'],
  idempotency_key_reused: [422, 'This idempotency key was used for another request'],
  cancelled: [409, 'This was cancelled'],
  backup_failed: [500, 'The backup could not be written'],
  backup_copy_failed: [502, 'The backup could not be copied to the other place'],
  backup_ended: [500, 'The backup was cut off'],
  storage_full: [507, 'The disk is full: nothing was stored, nothing was lost'],
  unavailable: [503, 'The service cannot answer at the moment'],
  no_settings_area: [404, 'There are no settings of this name'],
  no_setting: [422, 'There is no such setting in this area'],
  no_settings_version: [404, 'This version is not kept any more'],
  setting_locked: [409, 'This is set in the configuration file or the environment, which wins'],
  setting_locks_out: [409, 'Without this nobody could sign in any more'],
  restore_refused: [422, 'Nothing can be restored from this'],
  restore_out_of_step: [409, 'The upload continues at another position'],
  restore_not_here: [409, 'A backup can be restored here from the command line alone'],
  setting_refused: [422, 'The server could not work with this'],
  secret_needed: [422, 'Enter the secret again: it would be sent to another address'],
  internal_error: [500, 'Something went wrong on our side; the request id leads to the log entry'],
});

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a system or driver error (`ENOSPC`, `SQLITE_FULL`), else ''. */
export function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return '';
}

/** A sentence for the operator about what is wrong with the configuration or the surroundings; the boot stops with it. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
