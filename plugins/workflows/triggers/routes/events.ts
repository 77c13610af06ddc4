/** Events that people and programs publish. */
import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { coreErrors, route } from '#core/plugin.ts';
import { RUN } from '../../access.ts';
import { CORRELATION } from '../../engine/correlations.ts';
import { CORRELATION_ID, DEPTH, isReported, ROOT } from '../../engine/event-attributes.ts';

export const publishEvent = route({
  method: 'POST',
  path: '/api/platform/events',
  exactNumbers: true,
  access: RUN,
  summary: 'Publishes an event (CloudEvents 1.0, structured): it starts and wakes workflows of your tenant',
  body: Type.Object(
    {
      specversion: Type.Optional(Type.Literal('1.0')),
      id: Type.Optional(Type.String({ minLength: 1, maxLength: 150 })),
      source: Type.String({ minLength: 1, maxLength: 300 }),
      type: Type.String({ minLength: 1, maxLength: 200 }),
      subject: Type.Optional(Type.String({ maxLength: 300 })),
      time: Type.Optional(Type.String({ format: 'date-time' })),
      datacontenttype: Type.Optional(Type.String({ maxLength: 100 })),
      [CORRELATION_ID]: Type.Optional(Type.String(CORRELATION)),
      data: Type.Optional(Type.Unknown()),
    },
    {
      additionalProperties: true,
      examples: [{ source: 'https://shop.example.com', type: 'com.example.order.paid', data: { order: 17 } }],
    },
  ),
  responses: { 202: Type.Object({ id: Type.String() }) },
  async handler({ body, principal }, { db, events, clock, catalogue }) {
    // What a plugin reports is true because the plugin says so; nobody else may.
    if (isReported(body.type, catalogue)) {
      throw coreErrors.forbidden({ message: `Events of type ${body.type} come from the platform alone` });
    }
    const { tenantid: _theirs, [DEPTH]: _depth, [ROOT]: _root, ...given } = body as Record<string, unknown>;
    const event = {
      ...given,
      specversion: '1.0' as const,
      id: body.id ?? randomUUID(),
      source: body.source,
      type: body.type,
      time: body.time ?? new Date(clock.now()).toISOString(),
      datacontenttype: 'application/json' as const,
      data: body.data ?? null,
      ...(principal.tenantId !== null && { tenantid: principal.tenantId }),
    };
    await db.transaction((trx) => events.publish(trx, event));
    return { id: event.id };
  },
});
