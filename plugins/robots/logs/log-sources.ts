/** What the log of the WorkBot API hears by itself: refused and failed requests of its dialect and its sockets. */

import type { RequestFailure } from '#core/kit.ts';
import { SOCKET_PATH, workBotDialect } from '../dialect.ts';
import { sentenceOf } from '../dialect-messages.ts';
import type { LogsScope } from './services.ts';

export function logRefusals({ requestFailures, robotLogs }: LogsScope): void {
  requestFailures.on((refusal) => {
    const isSocket = refusal.path === SOCKET_PATH;
    if (refusal.dialect !== workBotDialect.name && !isSocket) return;
    const { error, method, path, requestId, ip, principal } = refusal;
    robotLogs.note({
      type: isSocket ? 'robot' : 'api',
      level: levelOf(refusal),
      message: sentenceOf(error),
      details: { code: error.code, status: error.status, method, path, requestId, by: principal?.id ?? null },
      ip,
      tenantId: principal?.tenantId ?? null,
    });
  });
}

/** Who comes without credentials or too often is to be expected; everything else is somebody's mistake. */
function levelOf({ error: { status } }: RequestFailure): 'error' | 'warn' {
  return status === 401 || status === 429 ? 'warn' : 'error';
}
