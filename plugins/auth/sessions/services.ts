/** How the services of sessions are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AccountsScope } from '../accounts/services.ts';
import { createPageSessions } from './page-sessions.ts';
import { createPageTokens } from './page-tokens.ts';
import { createSessions } from './sessions.ts';
import { createSessionsOfOthers } from './sessions-of-others.ts';
import { createTokens } from './tokens.ts';

export const sessionsServices = {
  pageSessions: createPageSessions,
  pageTokens: createPageTokens,
  sessionsOfOthers: createSessionsOfOthers,
  tokens: createTokens,
};

/** Those that the contract names. */
export const sessionsPublicServices = {
  sessions: createSessions,
};

export interface SessionsOwn extends ServicesOf<typeof sessionsServices>, ServicesOf<typeof sessionsPublicServices> {}

/** What this part sees. */
export interface SessionsScope extends AccountsScope, SessionsOwn {}
