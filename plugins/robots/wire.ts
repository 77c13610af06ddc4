/** How values are written in the WorkBot document, and how those of real clients are read. */
import Type, { type TSchema } from 'typebox';
import { coreErrors } from '#core/plugin.ts';
import { nameOfCommand } from './services/command-types.ts';
import type { Offer } from './services/offers.ts';
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

/** A command as polls and sockets of the document show it. */
export function commandView({ commandId, code, type, params, createdAt }: Offer) {
  return { commandId, commandType: type || nameOfCommand(code), commandParams: params, createdAt: isoOf(createdAt) };
}

const LONGEST_REASON = 2_000;

/** What a client reports, of whichever dialect: codes and times may be texts, `status` may stand for the code. */
export function outcomeOf(report: Readonly<Record<string, unknown>>): Outcome {
  const hasFailed = report.status === 'failed' || report.status === 'error';
  const reason = report.errorReason ?? report.errorMessage ?? report.message ?? '';
  const seconds = numberOf(report.timeCost, 0);
  return {
    errorCode: Math.trunc(numberOf(report.errorCode, hasFailed ? OTHER_ERROR : 0)),
    errorReason: String(reason).slice(0, LONGEST_REASON),
    executionTimeMs: Math.max(0, Math.trunc(numberOf(report.executionTimeMs, seconds * 1000))),
    successList: textsOf(report.successList),
    failList: textsOf(report.failList),
    ...(report.result !== undefined && { data: report.result }),
  };
}
