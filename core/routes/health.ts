/** Health and metrics: for load balancers, monitors and administrators. */

import type { Context } from 'koa';
import Type from 'typebox';
import { isSuperadmin } from '../access/principal.ts';
import { isUnavailable } from '../database/database-errors.ts';
import { coreErrors, isAppError } from '../errors.ts';
import { type HealthChecks, Readiness } from '../health/health.ts';
import type { Liveness } from '../health/liveness.ts';
import { credentialsOf } from '../http/authentication.ts';
import { ACCEPT_LANGUAGE, createSummarize } from '../http/language.ts';
import { reply } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { isoSeconds } from '../iso-time.ts';
import type { Gauges } from '../observability/gauges.ts';
import { doorText } from '../open-door.ts';
import type { OpenDoor } from '../plugin.ts';
import type { LoadedPlugin } from '../plugins.ts';
import { safeEqual } from '../security/tokens.ts';
import type { Services } from '../services.ts';

export interface HealthParts {
  checks: HealthChecks;
  liveness: Liveness;
  gauges: Gauges;
  openDoors(): Promise<(string | OpenDoor)[]>;
  plugins: readonly LoadedPlugin[];
}

const Detail = Type.Object({ ...Readiness.properties, open_doors: Type.Array(Type.String()) });
const Verdict = Type.Union([Type.Object({ status: Type.String() }, { additionalProperties: false }), Detail]);

export function healthRoutes({ checks, liveness, gauges, openDoors, plugins }: HealthParts) {
  const summarize = createSummarize(plugins.map(({ plugin }) => plugin.summaries ?? {}));
  return [
    route({
      method: 'GET',
      path: '/health',
      access: 'public',
      operationId: 'getHealth',
      summary: 'Whether the process serves; 503 when it should be restarted',
      responses: {
        200: Type.Object(
          { status: Type.Literal('ok'), timestamp: Type.String() },
          { examples: [{ status: 'ok', timestamp: '2025-01-25T00:00:00Z' }] },
        ),
        503: Type.Object({ status: Type.Literal('failing'), reason: Type.String(), timestamp: Type.String() }),
      },
      handler: (_, { clock }) => {
        const timestamp = isoSeconds(clock.now());
        const reason = liveness.reason();
        return reason === null ? { status: 'ok', timestamp } : reply(503, { status: 'failing', reason, timestamp });
      },
    }),
    route({
      method: 'GET',
      path: '/health/ready',
      access: 'public',
      summary:
        'Whether everything that it needs answers; 503 when not. With `metrics.token` or as a super-admin: each part',
      requestHeaders: ACCEPT_LANGUAGE,
      responses: { 200: Verdict, 503: Verdict },
      async handler({ ctx, ip }, services) {
        const isTold = await isMonitor(ctx, ip, services);
        const [report, doors] = await Promise.all([checks.run(), isTold ? openDoors() : []]);
        const inLanguage = (door: string | OpenDoor) =>
          doorText(door, (name, english) => summarize(ctx, name, english));
        const status = report.status === 'ok' ? 200 : 503;
        return reply(status, isTold ? { ...report, open_doors: doors.map(inLanguage) } : { status: report.status });
      },
    }),
    route({
      method: 'GET',
      path: '/api/v2/admin/health',
      access: 'superadmin',
      summary: 'Health of each part, sizes and queues',
      responses: { 200: Readiness },
      handler: () => checks.run(),
    }),
    route({
      method: 'GET',
      path: '/metrics',
      access: 'public',
      summary: 'Prometheus metrics: for the token in `metrics.token`, or a super-admin',
      responses: { 200: null },
      produces: ['text/plain'],
      async handler({ ctx, ip }, services) {
        if (!(await isMonitor(ctx, ip, services))) {
          throw coreErrors.unauthenticated({ message: 'Metrics need the token in metrics.token, or a super-admin' });
        }
        const { metrics } = services;
        await gauges.collect();
        return reply(200, await metrics.text(), { 'content-type': metrics.contentType });
      },
    }),
  ];
}

/** Carries the token of monitors, or is a super-admin; a credential that is not good is none. */
async function isMonitor(ctx: Context, ip: string, { authentication, coreConfig }: Services): Promise<boolean> {
  const credentials = credentialsOf(ctx.req, ctx.path, ctx.search, { ip, intent: 'read', isRecheck: false });
  const { token } = coreConfig.metrics;
  if (token !== null && credentials.bearer !== '' && safeEqual(credentials.bearer, token)) return true;
  try {
    return isSuperadmin(await authentication.principalOf(credentials));
  } catch (error) {
    // Without its database nobody can be recognised; the verdict is given all the same.
    if (isAppError(error) && error.status < 500) return false;
    if (isUnavailable(error)) return false;
    throw error;
  }
}
