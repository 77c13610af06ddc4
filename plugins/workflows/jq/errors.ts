// What can go wrong in a jq program: in its text, in its run, or because a budget is used up.

/** A failure raised by the program itself; `value` is what was given to `error`. */
export class JqError extends Error {
  readonly value: unknown;

  constructor(value: unknown, message: string) {
    super(message);
    this.name = 'JqError';
    this.value = value;
  }
}

/** A budget is used up. jq's own `try` never sees this one. */
export class JqLimitError extends JqError {
  readonly limit: string;

  constructor(limit: string, message: string) {
    super(message, message);
    this.name = 'JqLimitError';
    this.limit = limit;
  }
}

/** The text is not a jq program; positions count from 1, the offset from 0. */
export class JqSyntaxError extends Error {
  readonly offset: number;
  readonly line: number;
  readonly column: number;

  constructor(message: string, source: string, offset: number) {
    const before = source.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - (before.lastIndexOf('\n') + 1) + 1;
    super(`${message} (line ${line}, column ${column})`);
    this.name = 'JqSyntaxError';
    this.offset = offset;
    this.line = line;
    this.column = column;
  }
}

/** Thrown inside a run instead of JqError: no stack trace is taken, so `try` and `?` stay cheap. */
export class Failure {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** Levels of a value that a program may go through at once. */
export const DEEPEST = 10_000;

/** Does what goes down a value level by level; where the stack ends before the value does, the program is told so. */
export function goingDown<T>(tooDeep: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new Failure(tooDeep);
    throw error;
  }
}
