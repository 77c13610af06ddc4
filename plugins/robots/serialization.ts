/** How values are written in the WorkBot document, and how those of real clients are read. */
import Type, { type TSchema } from 'typebox';
import { sanitizeText } from '#core/kit.ts';
import { coreErrors } from '#core/plugin.ts';
import { nameOfCommand } from './services/command-types.ts';
import type { Offer } from './services/dispatch.ts';
import { OTHER_ERROR, type Outcome } from './services/results.ts';

export function isoOf(ms: number): string;
export function isoOf(ms: number | null): string | null;
export function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** A number, also as a text, as real clients send it; `numberOf` reads it. */
export const Numeric = (options: { minimum?: number; maximum?: number } = {}): TSchema =>
  Type.Union([Type.Number(options), Type.String({ pattern: '^-?[0-9]{1,15}(\\.[0-9]{1,6})?$' })]);

/** A boolean, also as `"true"`, `"1"`, 1; `booleanOf` reads it. */
export const Truthy = (): TSchema =>
  Type.Union([
    Type.Boolean(),
    Type.Integer({ minimum: 0, maximum: 1 }),
    Type.String({ pattern: '^(true|false|0|1|)$' }),
  ]);

export function numberOf(value: unknown, fallback: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : fallback;
}

/** A whole number of the range, also as a text. Throws `bad_request`. */
export function wholeOf(name: string, value: unknown, least: number, most: number): number {
  const number = numberOf(value, Number.NaN);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw coreErrors.bad_request({ message: `${name} is a whole number from ${least} to ${most}` });
}

export function booleanOf(value: unknown): boolean {
  return value === true || value === 1 || value === 'true' || value === '1';
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** A text; a number as one; '' for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function namesOf(value: unknown): string[] {
  return textsOf(value)
    .slice(0, MOST_NAMES)
    .map((name) => sanitizeText(name, LONGEST_NAME));
}

function between(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.trunc(value)));
}

/** A command as polls and sockets of the document show it. */
export function commandView({ commandId, code, type, params, createdAt }: Offer) {
  return { commandId, commandType: type || nameOfCommand(code), commandParams: params, createdAt: isoOf(createdAt) };
}

const LONGEST_REASON = 2_000;
/** Of what a result has brought, as JSON: a QR code as a picture fits. */
const LONGEST_DATA = 200_000;
const MOST_NAMES = 1_000;
const LONGEST_NAME = 300;
/** A phone whose clock jumps reports years. */
const LONGEST_RUN_MS = 24 * 3600_000;
const HIGHEST_ERROR = 999_999_999;

/** What a client reports, of whichever dialect: codes and times may be texts, `status` may stand for the code. */
export function outcomeOf(report: Readonly<Record<string, unknown>>): Outcome {
  const hasFailed = report.status === 'failed' || report.status === 'error';
  const reason = textOf(report.errorReason ?? report.errorMessage ?? report.message);
  const seconds = numberOf(report.timeCost, 0);
  return {
    errorCode: between(numberOf(report.errorCode, hasFailed ? OTHER_ERROR : 0), -HIGHEST_ERROR, HIGHEST_ERROR),
    errorReason: sanitizeText(reason, LONGEST_REASON),
    executionTimeMs: between(numberOf(report.executionTimeMs, seconds * 1000), 0, LONGEST_RUN_MS),
    successList: namesOf(report.successList),
    failList: namesOf(report.failList),
    ...(isKept(report.result) && { data: report.result }),
  };
}

function isKept(result: unknown): boolean {
  return result !== undefined && JSON.stringify(result).length <= LONGEST_DATA;
}
