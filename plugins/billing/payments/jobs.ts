/** Jobs of payments: what goes on at payment providers for an erased tenant is ended there, however long that takes. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import type { PaymentsScope } from './services.ts';

export const END_ERASED = 'billing.endErased';
export const CLOSE_CHECKOUT = 'billing.closeCheckout';

export const endErased = defineJob({
  name: END_ERASED,
  summary: 'Ends the subscription of an erased tenant at its payment provider, and pays back what was taken since',
  payload: Type.Object({ provider: Type.String(), ref: Type.String(), since: Type.Integer() }),
  mustHappen: true,
  run: ({ provider, ref, since }, _job, { orphanedCharges }: PaymentsScope) =>
    orphanedCharges.endErased(provider, ref, since),
});

export const closeCheckout = defineJob({
  name: CLOSE_CHECKOUT,
  summary: 'Closes the page of a payment provider where an erased tenant could still pay',
  payload: Type.Object({ provider: Type.String(), session_id: Type.String() }),
  mustHappen: true,
  async run({ provider, session_id }, _job, { paymentProviders }: PaymentsScope) {
    // One that was paid meanwhile is ended and paid back when the provider tells of it.
    await paymentProviders.named(provider).expireCheckout?.(session_id);
  },
});
