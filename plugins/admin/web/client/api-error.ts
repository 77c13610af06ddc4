/** A refusal of the server, in one shape for all dialects: what happened, what to do about it, and under which id the log has it. */

export interface Issue {
  /** Names of fields, from the outside in: `['body', 'email']`. */
  path: readonly string[];
  message: string;
  /** The rule that was broken, as JSON Schema calls it: `minLength`. */
  keyword?: string;
  /** What the rule asks for: 8. */
  expected?: string | number;
}

export class ApiError extends Error {
  readonly status: number;
  /** Stable, for programs: `limit_exceeded`. */
  readonly code: string;
  readonly requestId: string | null;
  readonly issues: readonly Issue[];
  /** Where it was asked: `/api/platform/auth/session`. */
  readonly path: string;
  /** What the server says beyond the code, in English; null when that says it all. */
  readonly specifics: string | null;
  /** Everything that the answer said. */
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    requestId: string | null,
    detail: Record<string, unknown>,
    path = '',
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.detail = detail;
    this.path = path;
    this.specifics = typeof detail.detail === 'string' ? detail.detail : null;
    this.issues = [detail.errors, detail.detail].flatMap((said) => (Array.isArray(said) ? said.flatMap(issuesOf) : []));
  }
}

/** Reads the answer; a body that is no JSON (a proxy's page) is no reason to fail. */
export async function apiErrorOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id');
  const body: unknown = await response.json().catch(() => ({}));
  const detail = isRecord(body) ? body : {};
  const message = [detail.detail, detail.message, detail.error, detail.title].find((text) => typeof text === 'string');
  const code = typeof detail.code === 'string' ? detail.code : `http_${response.status}`;
  const error = new ApiError(
    response.status,
    code,
    message ?? response.statusText,
    requestId,
    detail,
    pathOf(response),
  );
  if (message === undefined && error.issues[0]) error.message = error.issues[0].message;
  return error;
}

/** Whether a write was refused because somebody else was faster (412): what is shown is old. */
export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of RFC 9457's `errors`, whose paths are JSON pointers (`/body/email`), or of MoltFlow's `detail`, with `loc` and `msg`. */
function issuesOf(value: unknown): Issue[] {
  if (!isRecord(value)) return [];
  if (Array.isArray(value.loc) && typeof value.msg === 'string')
    return [{ path: value.loc.map(String), message: value.msg, ...ruleOf(value.type, value.ctx) }];
  if (typeof value.path !== 'string' || typeof value.message !== 'string') return [];
  const path = value.path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return [{ path, message: value.message, ...ruleOf(value.keyword, value) }];
}

function ruleOf(keyword: unknown, said: unknown): Pick<Issue, 'keyword' | 'expected'> {
  if (typeof keyword !== 'string') return {};
  const expected = isRecord(said) ? said.expected : undefined;
  return { keyword, ...((typeof expected === 'string' || typeof expected === 'number') && { expected }) };
}

function pathOf({ url }: Response): string {
  return URL.canParse(url) ? new URL(url).pathname : '';
}
