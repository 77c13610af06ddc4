/** The log: in the WorkBot dialect for super-admins; for pages also for administrators of tenants, who see what is theirs. */

import Type from 'typebox';
import { isoSeconds, isSuperadmin, TENANT_ADMINS } from '#core/kit.ts';
import { listRoute, route } from '#core/plugin.ts';
import { ListOf, numbered, PageNumber } from '../paging.ts';
import type { LogsScope } from './services.ts';
import type { LogRow, LogType } from './tables.ts';

const LOG_TYPES = ['api', 'robot', 'ai', 'mail', 'workflow', 'system'] as const satisfies readonly LogType[];
const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
/** Types by their names and by older ones; `error` is the level. */
const NAMES: Readonly<Record<string, LogType>> = {
  ...Object.fromEntries(LOG_TYPES.map((type) => [type, type])),
  websocket: 'robot',
  application: 'system',
  audit: 'system',
};

const LogItem = Type.Object({
  id: Type.Integer(),
  logType: Type.Enum([...LOG_TYPES]),
  level: Type.Enum([...LOG_LEVELS]),
  message: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
  ipAddress: Type.String(),
  createdAt: Type.String(),
});

const listLogs = route({
  method: 'GET',
  path: '/api/admin/logs',
  access: 'superadmin',
  summary: 'What was refused, came, went or failed over the WorkBot API, newest first',
  query: Type.Object({
    ...PageNumber,
    logType: Type.Optional(Type.Enum([...Object.keys(NAMES), 'error'])),
    level: Type.Optional(Type.Enum([...LOG_LEVELS])),
  }),
  responses: { 200: ListOf(LogItem) },
  async handler({ query: { logType, level, ...page } }, { db }: LogsScope) {
    const rows = db.read('robots_logs').orderBy('id', 'desc');
    if (logType === 'error') rows.where({ level: 'error' });
    else if (logType !== undefined) rows.whereIn('type', [NAMES[logType] ?? logType]);
    if (level !== undefined) rows.where({ level });
    const found = await numbered<LogRow>(rows, page);
    const list = found.rows.map(({ id, type, level: severity, message, details, ip, created_at }) => ({
      id,
      logType: type,
      level: severity,
      message,
      details: JSON.parse(details),
      ipAddress: ip,
      createdAt: isoSeconds(created_at),
    }));
    return { total: found.total, list };
  },
});

const platformLogList = listRoute({
  path: '/api/platform/robots/logs',
  access: { scope: 'robots:read', roles: TENANT_ADMINS },
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

export const logRoutes = [listLogs, platformLogList];
