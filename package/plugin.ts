/**
 * `patchbay/plugin`: all that a plugin imports of the platform, wherever the plugin lives. The public contracts of the
 * built-in plugins are types, by the plugin's name: `import type { auth } from 'patchbay/plugin'`, then `auth.AuthServices`.
 */

export type { Knex } from 'knex';
export type { Static, TObject, TSchema } from 'typebox';
export { default as Type } from 'typebox';
export type { Clock } from '#core/clock.ts';
export * from '#core/plugin.ts';
export type * as auth from '#plugins/auth/contract.ts';
export type * as billing from '#plugins/billing/contract.ts';
export type * as licensing from '#plugins/licensing/contract.ts';
export type * as mail from '#plugins/mail/contract.ts';
