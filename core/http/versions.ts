/**
 * Versions of what people change (RFC 9110 §8.8.3, §13.1.1): what is shown carries a version, a write may name it in
 * `If-Match`, and of two who edit the same thing the second is told (412) instead of undoing what the first one did.
 */
import { createHash } from 'node:crypto';
import type Koa from 'koa';
import { coreErrors } from '../errors.ts';
import { type Reply, reply } from './reply.ts';

const VERSION_LENGTH = 22;

/** For `requestHeaders` of a route that asks for a precondition. */
export const IF_MATCH = {
  'If-Match': 'The version that the change is meant for, as its `ETag` said: 412 when it is another',
};

/** For a route that also makes something under a name of the caller's choice. */
export const IF_MATCH_OR_NONE = {
  ...IF_MATCH,
  'If-None-Match': '`*`: only when there is none of this name yet, else 412',
};

/** The version of a row: the same for the same values, in every process. */
export function versionOf(row: object): string {
  const entries = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('base64url').slice(0, VERSION_LENGTH);
}

/** An answer with its version as `ETag`. */
export function versioned(row: object, view: unknown, status = 200): Reply {
  return reply(status, view, { etag: `"${versionOf(row)}"` });
}

/** Throws `precondition_failed` (412) when the row is not the one that the caller knows. */
export type Precondition = (row: object) => void;

const NONE: Precondition = () => {};

/**
 * What `If-Match` asks for, or `If-None-Match: *`, which wants that there is no row yet; nothing without them. To be checked in the transaction that writes, on the row that it holds
 * locked (`forUpdate`), or a second writer comes between.
 */
export function preconditionOf(ctx: Koa.Context): Precondition {
  if (ctx.get('if-none-match').trim() === '*') return refuseAny;
  const given = ctx.get('if-match').trim();
  if (given === '' || given === '*') return NONE;
  const versions = new Set(given.split(',').map((tag) => tag.trim().replace(/^"(.*)"$/, '$1')));
  return (row) => {
    const version = versionOf(row);
    if (!versions.has(version)) throw isAnother(version);
  };
}

/** What is not there is asked about as an empty row. */
function refuseAny(row: object): void {
  if (Object.keys(row).length > 0) throw isAnother(versionOf(row));
}

function isAnother(version: string) {
  return coreErrors.precondition_failed({ extra: { version }, headers: { etag: `"${version}"` } });
}
