/** Health and metrics: for load balancers, monitors and administrators. */
import Type from 'typebox';
import { coreErrors } from '../errors.ts';
import { credentialsOf } from '../http/authentication.ts';
import { isSuperadmin } from '../http/principal.ts';
import { reply, route } from '../http/route.ts';
import { isoSeconds } from '../iso-time.ts';
import { type HealthChecks, Readiness } from '../observability/health.ts';
import { safeEqual } from '../security/tokens.ts';

export function healthRoutes(checks: HealthChecks) {
  return [
    route({
      method: 'GET',
      path: '/health',
      access: 'public',
      summary: 'Whether the process serves',
      responses: {
        200: Type.Object(
          { status: Type.Literal('ok'), timestamp: Type.String() },
          { examples: [{ status: 'ok', timestamp: '2025-01-25T00:00:00Z' }] },
        ),
      },
      handler: (_, { clock }) => ({ status: 'ok', timestamp: isoSeconds(clock.now()) }),
    }),
    route({
      method: 'GET',
      path: '/health/ready',
      access: 'public',
      summary: 'Whether everything that it needs answers; 503 when not',
      responses: { 200: Type.Object({ status: Type.String() }), 503: Type.Object({ status: Type.String() }) },
      async handler() {
        const { status } = await checks.run();
        return reply(status === 'ok' ? 200 : 503, { status });
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
      async handler({ ctx, ip }, { authentication, coreConfig, metrics }) {
        const credentials = credentialsOf(ctx.req, ctx.path, ctx.search, ip);
        const { token } = coreConfig.metrics;
        const isKnown = token !== null && credentials.bearer !== '' && safeEqual(credentials.bearer, token);
        if (!isKnown && !isSuperadmin(await authentication.principalOf(credentials))) {
          throw coreErrors.unauthenticated({ message: 'Metrics need the token in metrics.token, or a super-admin' });
        }
        return reply(200, await metrics.text(), { 'content-type': metrics.contentType });
      },
    }),
  ];
}
