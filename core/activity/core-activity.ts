/** What core itself counts, for operators: requests, and what went wrong. */
import type { ActivityKind } from './activity-kind.ts';

export const REQUESTS = 'core.requests';
export const ERRORS = 'core.errors';

export const coreActivity: Readonly<Record<string, ActivityKind>> = {
  [REQUESTS]: { title: { en: 'Requests', zh: '请求' }, access: 'superadmin' },
  [ERRORS]: { title: { en: 'Errors in the log', zh: '日志中的错误' }, access: 'superadmin' },
};
