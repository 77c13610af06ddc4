/**
 * THE KIT: the tools that plugins build with, ours as well as others'. `core/plugin.ts` is what a plugin declares, this is
 * what it uses; of core a plugin imports these two and nothing else. One tool for each job: whoever needs a
 * second one extends the first. A heading stands alone on its line, so that the formatter sorts within its group.
 */

// ── faults

export { isOutOfSpace, isUnavailable, isUniqueViolation } from './database/database-errors.ts';
export { ConfigError, codeOf, type Issue, isAppError } from './errors.ts';

// ── what is written and read: transactions, many rows in one statement, what is shared by callers of one moment

export { type Done, forEachIsolated, refuseFailures } from './database/batch-isolation.ts';
export type { Blobs, BlobWriter, BytesOrPlace, StoredBytes } from './database/blobs.ts';
export { deleteBelow, deleteInSteps, inSteps } from './database/chunked-work.ts';
export { groupedReads, padded } from './database/grouped-reads.ts';
export { type Cell, insertMany, placeholders, rowsOf } from './database/insert-many.ts';
export { once } from './database/once.ts';
export { isLost } from './database/segment-place.ts';
export { createStateMover, type StateMove, type StateMover, type StateMoves } from './database/state-moves.ts';
export { together } from './database/transactions.ts';
export {
  insertRows,
  insertTexts,
  type PlainCell,
  rowsToInsert,
  rowsWithTexts,
  valuesTable,
} from './database/values-table.ts';
export { whereIdIn } from './database/where-id-in.ts';
export { narrowIds, widenIds } from './database/wide-ids.ts';

// ── what parts of a plugin leave to those above them

export { createHook, createPort, type Hook, type Port } from './ports.ts';

// ── lists and search

export { likePattern, type NumberedPage, numberedPage, PageQuery } from './database/pagination.ts';
export {
  dropSubstrings,
  indexSubstrings,
  type SubstringIndex,
  whereContains,
  whereContainsOrdered,
  whereHeld,
} from './database/substrings.ts';
export { totalOf } from './database/totals.ts';
export {
  createRankedWords,
  createWordSearch,
  HOLDS_WORDS,
  phrasesOf,
  type WordSearch,
} from './database/word-index.ts';
export { bigrams } from './database/words.ts';
export { CsvProblem, type CsvRecord, recordsOf } from './lists/csv-records.ts';
export { COUNTED_ROWS } from './lists/list.ts';

// ── resources

export { createResourceTable } from './resources/table.ts';

// ── memory that follows the database, and what is told to other processes

export type { Count, Counted, SharedCounts } from './counts/shared-counts.ts';
export { createRowCache } from './database/row-cache.ts';
export type { News } from './events/events.ts';
export type { Notices } from './events/notices.ts';
export { createRemembered } from './events/remembered.ts';

// ── who asks, and whether they may

export { checkAccess, describeAccess, refusalOf, type ScopedAccess, scopesOf } from './access/access.ts';
export {
  hasScope,
  isSuperadmin,
  isTenantAdmin,
  type PrincipalKind,
  TENANT_ADMINS,
  throughKey,
} from './access/principal.ts';
export type { Credentials } from './http/authentication.ts';
export { concernsTenants, PRINCIPALS_CHANGED, type PrincipalsChange } from './http/connections.ts';
export type { AdmissionCheck, RateLimit, RateLimitPolicy } from './http/rate-limits.ts';
export type { RequestFailure } from './http/request-failures.ts';
export type { Room, Usage, UsageLevel } from './usage.ts';

// ── requests and answers

export { isTooDeep, passBytes, readBytes } from './http/body.ts';
export { addressGroup } from './http/client-ip.ts';
export { eventStream } from './http/event-stream.ts';
export { escapeHtml, htmlPage } from './http/html-page.ts';
export { ifStillAllowed, whileAllowed } from './http/long-poll.ts';
export { requestOrigin } from './http/request-origin.ts';
export { shownAddress } from './http/shown-address.ts';
export type { StaticFolder } from './http/static.ts';
export { type Check, closed, compileCheck } from './http/validate.ts';
export { AreaView, menuFor, NavigationView } from './pages/entries.ts';
export { SHARED_MODULES } from './pages/pages.ts';

// ── secrets, tokens, links

export type { Certificates } from './certificates/certificates.ts';
export { CertificateFiles } from './certificates/config.ts';
export type { KeyPair } from './certificates/read-certificate.ts';
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
  tokenHash,
} from './security/tokens.ts';
export { rememberTokens } from './security/verified-tokens.ts';
export { keptInFolder } from './storage/kept-outside.ts';

// ── calls to the world outside, mails

export { DeliveryError } from './mailer/mailer.ts';
export type { Delivery, OutgoingMail } from './mailer/outgoing.ts';
export { entriesIn, MULTI_STATUS, PROPFIND } from './outbound/multistatus.ts';
export { type Outbound, type OutboundAnswer, OutboundError } from './outbound/outbound.ts';
export type { StreamLimits } from './outbound/streaming.ts';
export {
  TELEGRAM_TEXT_LIMIT,
  TELEGRAM_TOKEN,
  type TelegramApi,
  TelegramError,
  telegramApi,
} from './outbound/telegram.ts';
export { partsOf, textIn } from './outbound/xml.ts';

// ── time and work

export { CLOCK_TOLERANCE_MS, type Clock, timeWindow } from './clock.ts';
export { inTime } from './in-time.ts';
export { DAY_MS, epochDay, isoSeconds, isoTime } from './iso-time.ts';
export type { BoundJob, JobContext } from './jobs/jobs.ts';
export { timingSafeDelayMs } from './jobs/timing-safe-delay.ts';
export { createLimiter } from './limiter.ts';
export type { Progress } from './operations/operation.ts';
export { OperationView } from './operations/operation-row.ts';
export { type ProcessRole, processHasRole } from './roles/roles.ts';
export { createSemaphore } from './semaphore.ts';
export * from './thread-kit.ts';

// ── the rest

export type { CoreConfig } from './config/schema.ts';
export { exactJson } from './exact-json.ts';
export { type BoundTo, boundFields } from './functions.ts';
export type { Logger } from './observability/log.ts';
export { coreVersion } from './version.ts';
