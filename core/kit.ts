/**
 * THE KIT: the tools that plugins build with, ours as well as others'. `core/plugin.ts` is what a plugin declares, this is
 * what it uses; of core a plugin imports these two and nothing else. One tool for each job: whoever needs a
 * second one extends the first.
 */

// ── who asks, and whether they may
export { checkAccess, describeAccess, refusalOf, type ScopedAccess, scopesOf } from './access/access.ts';
export { hasScope, isSuperadmin, type PrincipalKind, throughKey } from './access/principal.ts';
// ── time and work
export { CLOCK_TOLERANCE_MS, type Clock, timeWindow } from './clock.ts';
// ── the rest
export type { CoreConfig } from './config/schema.ts';
export { type Done, forEachIsolated, refuseFailures } from './database/batch-isolation.ts';
// ── what is written and read: transactions, many rows in one statement, what is shared by callers of one moment
export type { Blobs, BlobWriter, BytesOrPlace, StoredBytes } from './database/blobs.ts';
export { deleteBelow, inSteps } from './database/chunked-work.ts';
export { isOutOfSpace, isUnavailable, isUniqueViolation } from './database/database-errors.ts';
// ── lists and search
export { forgetWords } from './database/deleted-words.ts';
export { groupedReads, padded } from './database/grouped-reads.ts';
export { type Cell, insertMany, placeholders, rowsOf } from './database/insert-many.ts';
export { once } from './database/once.ts';
export { likePattern, type NumberedPage, numberedPage, PageQuery } from './database/pagination.ts';
// ── memory that follows the database, and what is told to other processes
export { createRowCache } from './database/row-cache.ts';
export { isLost } from './database/segment-place.ts';
export {
  dropSubstrings,
  indexSubstrings,
  type SubstringIndex,
  whereContains,
  whereContainsOrdered,
  whereHeld,
} from './database/substrings.ts';
export { totalOf } from './database/totals.ts';
export { together } from './database/transactions.ts';
export {
  insertRows,
  insertTexts,
  type PlainCell,
  rowsToInsert,
  rowsWithTexts,
  valuesTable,
} from './database/values-table.ts';
export { narrowIds, widenIds } from './database/wide-ids.ts';
export { bigrams, separated } from './database/words.ts';
// ── faults
export { ConfigError, codeOf, type Issue, isAppError } from './errors.ts';
export type { News } from './events/events.ts';
export type { Notices } from './events/notices.ts';
export { createRemembered } from './events/remembered.ts';
export { exactJson } from './exact-json.ts';
export type { BoundTo } from './functions.ts';
export type { Credentials } from './http/authentication.ts';
// ── requests and answers
export { isTooDeep, passBytes, readBytes } from './http/body.ts';
export { addressGroup } from './http/client-ip.ts';
export { concernsTenants, PRINCIPALS_CHANGED, type PrincipalsChange } from './http/connections.ts';
export { eventStream } from './http/event-stream.ts';
export { escapeHtml, htmlPage } from './http/html-page.ts';
export { whileAllowed } from './http/long-poll.ts';
export type { AdmissionCheck, RateLimit, RateLimitPolicy } from './http/rate-limits.ts';
export type { Refusal } from './http/refusals.ts';
export { requestOrigin } from './http/request-origin.ts';
export { shownAddress } from './http/shown-address.ts';
export type { StaticFolder } from './http/static.ts';
export { type Check, closed, compileCheck } from './http/validate.ts';
export { inTime } from './in-time.ts';
export { isoSeconds } from './iso-time.ts';
export type { BoundJob, JobContext } from './jobs/jobs.ts';
export { unfeltDelayMs } from './jobs/unfelt.ts';
export { COUNTED_ROWS } from './lists/list.ts';
// ── calls to the world outside, mails
export { DeliveryError } from './mailer/mailer.ts';
export type { Delivery, OutgoingMail } from './mailer/outgoing.ts';
export type { Logger } from './observability/log.ts';
export type { Progress } from './operations/operation.ts';
export { type Outbound, type OutboundAnswer, OutboundError } from './outbound/outbound.ts';
export type { StreamLimits } from './outbound/streaming.ts';
export { NavigationView, navigationFor } from './pages/entries.ts';
export { SHARED_MODULES } from './pages/pages.ts';
// ── secrets, tokens, links
export { sealedLink } from './security/sealed-links.ts';
export type { Secrets } from './security/secrets.ts';
export {
  apiKeySecret,
  audienceOf,
  comparedWith,
  randomFrom,
  randomToken,
  safeEqual,
  sha256,
} from './security/tokens.ts';
export { rememberTokens } from './security/verified-tokens.ts';
export * from './thread-kit.ts';
export type { Room, Usage, UsageLevel } from './usage.ts';
export { coreVersion } from './version.ts';
export { writtenOnce } from './write-once.ts';
