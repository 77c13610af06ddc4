/** The log: pino, one JSON line per entry, secrets blotted out. */
import { type DestinationStream, type Logger, pino } from 'pino';

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

export interface LogOptions {
  level: string;
  /** Default: standard output. */
  destination?: DestinationStream;
}

export function createLog({ level, destination }: LogOptions): Logger {
  const paths = [
    ...SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
    ...HEADERS.flatMap((header) => [header, `*${header}`, `*.*${header}`]),
  ];
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths, censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
}
