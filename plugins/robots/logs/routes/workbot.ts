/** WorkBot: the log, for super-admins. */

import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { ListOf, numbered, PageNumber } from '../../paging.ts';
import type { LogsScope } from '../services.ts';
import type { LogRow, LogType } from '../tables.ts';

export const LOG_TYPES = ['api', 'robot', 'ai', 'mail', 'workflow', 'system'] as const satisfies readonly LogType[];
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
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

export const listLogs = route({
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
