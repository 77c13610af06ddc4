/** Errors of the DSL: RFC 9457 problem details with the specification's standard types. */

export interface DslError {
  type: string;
  status: number;
  title: string;
  detail?: string;
  /** JSON pointer of the task that it came from. */
  instance?: string;
  [more: string]: unknown;
}

const BASE = 'https://serverlessworkflow.io/spec/1.0.0/errors/';

/** Standard error types (specification, "Standard Error Types"), with their default status. */
const STANDARD = {
  configuration: [400, 'The workflow is not configured correctly'],
  validation: [400, 'The data does not match its schema'],
  expression: [400, 'An expression could not be evaluated'],
  authentication: [401, 'Authentication failed'],
  authorization: [403, 'Not allowed'],
  timeout: [408, 'It took too long'],
  communication: [500, 'A call failed'],
  runtime: [500, 'The task failed'],
} as const;
export type StandardError = keyof typeof STANDARD;

/** The same types by their address in this version of the DSL, in any version's specification, and in the older DSL. */
const STANDARD_ADDRESS = /^https:\/\/serverlessworkflow\.io\/(?:spec\/[\d.]+\/errors|dsl\/errors\/types)\/(\w+)$/;

/** Whether both are the same type of error, by whichever of its addresses each of them names a standard one. */
export function isSameErrorType(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const name = standardName(one);
  return name !== null && name === standardName(other);
}

function standardName(type: unknown): string | null {
  const name = typeof type === 'string' ? (STANDARD_ADDRESS.exec(type)?.[1] ?? '') : '';
  return Object.hasOwn(STANDARD, name) ? name : null;
}

/** It is kept with the task and with the execution, and shown. */
const LONGEST_DETAIL = 20_000;

/** A fault under way: what `try` catches, and what an execution ends with. */
export class Fault extends Error {
  readonly error: DslError;
  constructor(error: DslError, cause?: unknown) {
    const { detail } = error;
    const isLong = typeof detail === 'string' && detail.length > LONGEST_DETAIL;
    const said = isLong ? { ...error, detail: `${detail.slice(0, LONGEST_DETAIL)}…` } : error;
    super(said.detail ?? said.title, { cause });
    this.name = 'Fault';
    this.error = said;
  }
}

export function fault(kind: StandardError, detail: string, more: Partial<DslError> = {}): Fault {
  const [status, title] = STANDARD[kind];
  return new Fault({ type: BASE + kind, status, title, detail, ...more });
}

/** Any thrown thing as a fault of the task at `reference`. */
export function faultOf(thrown: unknown, reference: string): Fault {
  if (thrown instanceof Fault) {
    if (thrown.error.instance !== undefined) return thrown;
    return new Fault({ ...thrown.error, instance: reference }, thrown);
  }
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const made = fault('runtime', detail.slice(0, 2_000), { instance: reference });
  return new Fault(made.error, thrown);
}
