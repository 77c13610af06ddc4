/** How commands are written to robots, and how what robots report of them is read. */
import { isoTime, sanitizeText } from '#core/kit.ts';
import { numberOf, textOf, textsOf } from '../serialization.ts';
import { nameOfCommand } from './command-types.ts';
import type { Offer } from './dispatch.ts';
import { OTHER_ERROR, type Outcome } from './results.ts';

const LONGEST_REASON = 2_000;
/** Of what a result has brought, as JSON: a QR code as a picture fits. */
const LONGEST_DATA = 200_000;
const MOST_NAMES = 1_000;
const LONGEST_NAME = 300;
/** A phone whose clock jumps reports years. */
const LONGEST_RUN_MS = 24 * 3600_000;
const HIGHEST_ERROR = 999_999_999;

/** A command as polls and sockets of the document show it. */
export function commandView({ commandId, code, type, params, createdAt }: Offer) {
  return { commandId, commandType: type || nameOfCommand(code), commandParams: params, createdAt: isoTime(createdAt) };
}

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

function namesOf(value: unknown): string[] {
  return textsOf(value)
    .slice(0, MOST_NAMES)
    .map((name) => sanitizeText(name, LONGEST_NAME));
}

function between(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.trunc(value)));
}
