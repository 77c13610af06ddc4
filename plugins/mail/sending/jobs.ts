/** Deliveries of mail. Each tenant has a lane of its own: what waits for its strangers' servers holds up nobody else. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import type { SendingScope } from './services.ts';

export const deliverMail = defineJob({
  name: 'mail.deliver',
  isFoundByPayload: true,
  summary: 'Tries to deliver a mail to one recipient',
  payload: Type.Object({ delivery_id: Type.Integer() }),
  concurrency: 20,
  perLane: 6,
  // Failed tries of a delivery are none of the job's; these are for a database that is away.
  maxAttempts: 20,
  // Longer than `mailer.deliverySeconds` may be, so that no second try begins while the first is under way.
  timeoutMs: 1_860_000,
  run: ({ delivery_id }, { signal, id }, { delivering }: SendingScope) => delivering.attempt(delivery_id, signal, id),
});
