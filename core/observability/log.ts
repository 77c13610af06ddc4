/** The log: pino, one JSON line per entry, secrets blotted out. */
import { type DestinationStream, type LogFn, type Logger, pino } from 'pino';
import type { LogLines } from './log-lines.ts';
import { standardOutput } from './output.ts';

export type { Logger } from 'pino';

/** Fields that never reach the log, at the top and up to two levels down. */
const SECRET_FIELDS = [
  'password',
  'new_password',
  'currentPassword',
  'newPassword',
  'token',
  'access_token',
  'refresh_token',
  'admin_token',
  'secret',
  'clientSecret',
  'apiKey',
  'raw_key',
  'otp',
  'authorization',
  'cookie',
  'rootToken',
];
const HEADERS = ['["x-api-key"]', '["x-admin-token"]', '["set-cookie"]'];

/** What PostgreSQL adds to its errors: the values of the row that it refused. */
const VALUES = ['err.detail', 'err.cause.detail'];

export interface LogOptions {
  level: string;
  /** Default: standard output. */
  destination?: DestinationStream;
  /** Keeps the last lines beside. */
  lines?: Pick<LogLines, 'write'>;
}

export function createLog({ level, destination, lines }: LogOptions): Logger {
  const paths = [
    ...SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
    ...HEADERS.flatMap((header) => [header, `*${header}`, `*.*${header}`]),
    ...VALUES,
  ];
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths, censor: '[redacted]' },
    hooks: { logMethod: writeWhatCanBe },
  };
  const target = destination ?? standardOutput;
  const log = pino(options, lines ? both(target, lines) : target);
  if (target === standardOutput) {
    standardOutput.onGap((missing) =>
      log.warn({ missing }, 'Lines of the log are missing here: nobody read them in time'),
    );
  }
  return log;
}

/** What is logged may be anything that was thrown, frozen or with getters that throw: then its sentence is logged alone. */
function writeWhatCanBe(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  try {
    method.apply(this, args);
  } catch (error) {
    const sentence = args.find((arg): arg is string => typeof arg === 'string') ?? '';
    method.call(this, { unwritable: String(error) }, sentence);
  }
}

/** What is kept is what was written. */
function both(target: DestinationStream, lines: Pick<LogLines, 'write'>): DestinationStream {
  return {
    write(text) {
      target.write(text);
      lines.write(text);
    },
  };
}
