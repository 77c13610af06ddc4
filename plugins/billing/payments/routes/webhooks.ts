/** Where payment providers tell what happened. Public: the signature is the credential. */
import Type from 'typebox';
import { readBytes } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import type { PaymentsScope } from '../services.ts';

const LIMIT_BYTES = 1024 * 1024;

export const webhookRoutes = [
  route({
    method: 'POST',
    path: '/api/v2/billing/webhooks/{provider}',
    access: 'public',
    summary: 'Webhook of a payment provider',
    params: Type.Object({ provider: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }) }),
    rawBody: ['application/json', 'application/x-www-form-urlencoded', 'text/plain'],
    responses: { 200: Type.Object({ received: Type.Literal(true), duplicate: Type.Boolean() }) },
    async handler({ params, ctx }, { providerEvents }: PaymentsScope) {
      const body = await readBytes(ctx.req, LIMIT_BYTES);
      const isNew = await providerEvents.handle(params.provider, { body, header: (name) => ctx.get(name) });
      return { received: true, duplicate: !isNew };
    },
  }),
];
