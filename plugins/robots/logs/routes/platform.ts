/** The log for pages: super-admins see all of it, administrators of tenants what is theirs. */

import Type from 'typebox';
import { isoSeconds, isSuperadmin } from '#core/kit.ts';
import { listRoute } from '#core/plugin.ts';
import type { LogsScope } from '../services.ts';
import type { LogRow } from '../tables.ts';
import { LOG_LEVELS, LOG_TYPES } from './workbot.ts';

export const platformLogList = listRoute({
  path: '/api/platform/robots/logs',
  access: { scope: 'robots:read', roles: ['owner', 'admin'] },
  summary: 'What was refused, came, went or failed over the WorkBot API, newest first',
  item: Type.Object({
    id: Type.Integer(),
    type: Type.Enum([...LOG_TYPES]),
    level: Type.Enum([...LOG_LEVELS]),
    message: Type.String(),
    details: Type.Record(Type.String(), Type.Unknown()),
    ip: Type.String(),
    created_at: Type.String(),
  }),
  columns: {
    type: { type: 'text', filter: 'equals', values: LOG_TYPES },
    level: { type: 'text', filter: 'equals', values: LOG_LEVELS },
    created_at: { type: 'time', filter: 'range' },
  },
  rows({ principal }, { db }: LogsScope) {
    const rows = db.read('robots_logs');
    return isSuperadmin(principal) ? rows : rows.where({ tenant_id: principal.tenantId ?? '' });
  },
  items: (rows: LogRow[]) =>
    rows.map(({ id, type, level, message, details, ip, created_at }) => ({
      id,
      type,
      level,
      message,
      details: JSON.parse(details),
      ip,
      created_at: isoSeconds(created_at),
    })),
});
