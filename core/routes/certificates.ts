/** Certificates of this server's doors, for super-admins. */
import Type from 'typebox';
import { RENEW, renewCertificates } from '../certificates/renewals.ts';
import { coreErrors } from '../errors.ts';
import { route } from '../http/route.ts';
import type { Cron } from '../jobs/cron.ts';

const Time = Type.Integer({ description: 'Milliseconds since the epoch' });
const TimeOrNull = Type.Union([Type.Integer(), Type.Null()], { description: 'Milliseconds since the epoch' });
const TextOrNull = Type.Union([Type.String(), Type.Null()]);

const CertificateView = Type.Object({
  id: Type.String({ description: 'A name of the configuration, or the path of a file' }),
  source: Type.Enum(['authority', 'file'], { description: '`authority`: obtained and renewed automatically' }),
  names: Type.Array(Type.String()),
  issuer: TextOrNull,
  begins_at: TimeOrNull,
  ends_at: TimeOrNull,
  state: Type.Enum(['waiting', 'valid', 'ending', 'ended'], {
    description: '`waiting`: there is none yet; `ending`: its end is near, and there should be a new one by now',
  }),
  next_at: TimeOrNull,
  tried_at: TimeOrNull,
  failures: Type.Integer({ description: 'Tries since the last one that succeeded' }),
  error: Type.Union([Type.String(), Type.Null()], { description: 'Why the last attempt failed' }),
});

const CertificatesView = Type.Object({
  items: Type.Array(CertificateView),
  next_cursor: Type.Null(),
  is_tls: Type.Boolean({ description: 'Whether `http.tls` is set' }),
  directory: Type.Union([Type.String(), Type.Null()], {
    description: 'Address of the authority; null where none is asked',
  }),
  is_renewing: Type.Boolean({ description: 'Whether a replica is getting certificates at this moment' }),
});

/** An authority counts what it is asked for. */
const LEAST_PAUSE_MS = 60_000;

export function certificateRoutes(cron: Cron) {
  return [
    route({
      method: 'GET',
      path: '/api/platform/certificates',
      access: 'superadmin',
      tag: 'certificates',
      summary: 'Certificates of the web and mail ports: until when they count, and how the last try to renew them went',
      responses: { 200: CertificatesView },
      async handler(_, { certificates, coreConfig, db }) {
        const { tls } = coreConfig.http;
        const running = await db.read('core_cron_runs').where({ job: RENEW, status: 'running' }).first('id');
        return {
          items: await certificates.list(),
          next_cursor: null,
          is_tls: tls !== null,
          directory: tls?.acme?.directory ?? null,
          is_renewing: running !== undefined,
        };
      },
    }),
    route({
      method: 'POST',
      path: '/api/platform/certificates/{name}/renewals',
      operationId: 'renewCertificate',
      access: 'superadmin',
      tag: 'certificates',
      summary: 'Gets a new certificate for a name of the configuration now; the list tells how that went',
      params: Type.Object({ name: Type.String({ maxLength: 253 }) }),
      responses: { 202: Type.Object({ asked_at: Time }) },
      async handler({ params, principal, log }, services) {
        const { certificates, clock } = services;
        const row = await certificates.store?.row(params.name);
        if (!row) throw coreErrors.not_found({ message: 'No automatic certificate has this name' });
        if (row.tried_at !== null && clock.now() - row.tried_at < LEAST_PAUSE_MS) {
          throw coreErrors.conflict({ message: 'It was tried within the last minute' });
        }
        log.info({ by: principal.id, name: row.name }, 'A certificate was asked for');
        await certificates.store?.makeDue(row.name);
        await renewCertificates(services, cron);
        return { asked_at: clock.now() };
      },
    }),
  ];
}
