/** Stripe Checkout in subscription mode, with the coupon that our own one is there. */
import type { Stripe } from 'stripe';
import type { CheckoutRequest, CouponRow } from '../../contract.ts';
import { billingErrors } from '../../errors.ts';
import { stripeAmount } from './amounts.ts';
import { asked, isMissing, isMissingCustomer, isRefusal } from './client.ts';

export async function stripeCheckout(
  stripe: Stripe,
  request: CheckoutRequest,
): Promise<{ url: string; sessionId: string }> {
  const price = request.cycle === 'yearly' ? request.refs?.yearly_ref : request.refs?.monthly_ref;
  if (!price) throw billingErrors.provider_failed({ message: 'The plan has no price at Stripe' });
  const metadata = { tenant_id: request.tenantId, plan_id: request.plan.plan_id };
  const coupon = request.coupon;
  const begin = async (customer: string | null) =>
    stripe.checkout.sessions.create(
      {
        mode: 'subscription',
        line_items: [{ price, quantity: 1 }],
        client_reference_id: request.tenantId,
        metadata,
        subscription_data: {
          metadata,
          ...(request.trialDays > 0 && { trial_period_days: request.trialDays }),
        },
        ...(coupon && { discounts: [{ coupon: await couponOf(stripe, coupon, request.couponMonths) }] }),
        ...(customer ? { customer } : request.email && { customer_email: request.email }),
        success_url: request.successUrl,
        cancel_url: request.cancelUrl,
      },
      { idempotencyKey: `${request.idempotencyKey}${customer === request.customerRef ? '' : '-new'}` },
    );
  const session = await asked(() =>
    // Known from Stripe's test mode, from another account, or deleted there: they are a new customer.
    begin(request.customerRef).catch((error) => (isMissingCustomer(error) ? begin(null) : Promise.reject(error))),
  );
  if (!session.url) throw billingErrors.provider_failed();
  return { url: session.url, sessionId: session.id };
}

/** Ours has the same id there, so that it is made once whoever asks first; one that is used in part has its months too. */
async function couponOf(stripe: Stripe, coupon: CouponRow, months: number | null): Promise<string> {
  const isWhole = months === null || months === coupon.duration_in_months;
  const id = `patchbay-${coupon.uuid}${isWhole ? '' : `-${months}`}`;
  try {
    return (await stripe.coupons.retrieve(id)).id;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const made = await stripe.coupons.create(
    {
      id,
      name: coupon.code.slice(0, 40),
      duration: coupon.duration,
      ...(months !== null && { duration_in_months: months }),
      ...(coupon.percent_off !== null
        ? { percent_off: coupon.percent_off }
        : {
            amount_off: stripeAmount(Number(coupon.amount_off), coupon.currency),
            currency: coupon.currency.toLowerCase(),
          }),
    },
    { idempotencyKey: `coupon-${id}` },
  );
  return made.id;
}

/** Stripe refuses to expire what is paid or over: then the session itself says which. */
export async function expireStripeCheckout(stripe: Stripe, sessionId: string): Promise<'expired' | 'paid'> {
  try {
    await stripe.checkout.sessions.expire(sessionId);
    return 'expired';
  } catch (error) {
    if (!isRefusal(error)) throw billingErrors.provider_failed({ cause: error });
  }
  const { status } = await asked(() => stripe.checkout.sessions.retrieve(sessionId));
  return status === 'complete' ? 'paid' : 'expired';
}
