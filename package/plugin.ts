/**
 * `patchbay-platform/plugin`: what a plugin declares, wherever it lives; `patchbay-platform/kit` has the tools. The public contracts of the
 * built-in plugins are types, by the plugin's name: `import type { auth } from 'patchbay-platform/plugin'`, then `auth.AuthServices`.
 * Tools that were here before there was a kit stay.
 */

export type { Knex } from 'knex';
export type { Static, TObject, TSchema } from 'typebox';
export { default as Type } from 'typebox';
export {
  bigrams,
  CLOCK_TOLERANCE_MS,
  type Clock,
  escapeHtml,
  eventStream,
  htmlPage,
  isoSeconds,
  isUniqueViolation,
  likePattern,
  once,
  safeEqual,
  sealedLink,
  separated,
  sha256,
  timeWindow,
  timingSafeDelayMs,
  whileAllowed,
} from '#core/kit.ts';
export * from '#core/plugin.ts';
export type * as auth from '#plugins/auth/contract.ts';
export type * as billing from '#plugins/billing/contract.ts';
export type * as licensing from '#plugins/licensing/contract.ts';
export type * as mail from '#plugins/mail/contract.ts';
