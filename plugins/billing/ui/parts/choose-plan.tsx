/** Before a plan is bought or changed to: what is paid now, and from when it counts. */
import { Anchor, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import {
  $api,
  ApiError,
  FormModal,
  Link,
  Money,
  messageOf,
  notifyDone,
  Sentence,
  Time,
  useRouter,
  Waiting,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { beginCheckout } from '../bounds.ts';
import { useGiven } from './given.ts';
import { type OwnSubscription, useForgetSubscription } from './own-subscription.ts';
import { type Cycle, PlanPrice } from './plan-price.tsx';

export interface SoldPlan {
  id: string;
  plan_id: string;
  display_name: string;
  description: string;
  price_monthly: number;
  price_yearly: number;
  currency: string;
  trial_days: number;
  limits: Readonly<Record<string, number>>;
  features: readonly string[];
}

interface ChoosePlanProps {
  plan: SoldPlan;
  cycle: Cycle;
  own: OwnSubscription;
  onClose(): void;
}

/** Ids of checkouts that are paid on a page of ours. */
const OWN_CHECKOUT = 'cs_manual_';
const WRITING_MS = 400;

export function ChoosePlan({ plan, cycle, own, onClose }: ChoosePlanProps) {
  const { t } = useTranslation('billing');
  const given = useGiven();
  const { go } = useRouter();
  const forget = useForgetSubscription();
  const [coupon, setCoupon] = useState('');
  const [when, setWhen] = useState<'now' | 'period_end'>('now');
  const buy = $api.useMutation('post', '/api/v2/billing/checkout');
  const change = $api.useMutation('post', '/api/platform/billing/subscription/change');
  const { subscription, status } = own;
  const isFree = plan.price_monthly === 0 && plan.price_yearly === 0;
  const isRunning = subscription !== null && subscription.price > 0 && status !== 'canceled';
  const amount = cycle === 'yearly' ? plan.price_yearly : plan.price_monthly;
  const wish = { plan_id: plan.plan_id, billing_cycle: cycle, ...(coupon.trim() !== '' && { coupon: coupon.trim() }) };

  const submit = async () => {
    const checkout = await begin();
    await forget();
    if (checkout === null) {
      notifyDone(t(when === 'now' ? 'change.done' : 'change.doneLater', { plan: given(plan.display_name) }));
      return go('/settings/plan');
    }
    if (checkout.session_id.startsWith(OWN_CHECKOUT)) return go(`/billing/checkout/${checkout.session_id}`);
    location.assign(checkout.checkout_url);
  };
  const begin = async () => {
    const isBought = !isFree && (!isRunning || status === 'trialing');
    if (isBought) return buy.mutateAsync({ body: wish });
    return (await change.mutateAsync({ body: { ...wish, when } })).checkout;
  };
  return (
    <FormModal
      title={given(plan.display_name)}
      action={t(isFree || when === 'period_end' ? 'change.confirm' : 'change.pay')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
    >
      {(error) => (
        <Stack gap="md">
          {isRunning && status === 'active' && (
            <Radio.Group
              label={t('change.when')}
              value={when}
              onChange={(value) => setWhen(value === 'now' ? 'now' : 'period_end')}
            >
              <Stack gap={6} mt={6}>
                <Radio value="now" label={t('change.now')} />
                <Radio
                  value="period_end"
                  label={
                    <Sentence
                      text={t('change.atEnd')}
                      parts={{ when: <Time at={subscription.period_end} style="date" /> }}
                    />
                  }
                />
              </Stack>
            </Radio.Group>
          )}
          {isFree && <Text size="sm">{t(isRunning ? 'change.freeInstead' : 'change.freeNow')}</Text>}
          {!isFree && when === 'period_end' && (
            <Text size="sm">
              {t('change.later')} <PlanPrice amount={amount} currency={plan.currency} cycle={cycle} />
            </Text>
          )}
          {!isFree && when === 'now' && (
            <>
              <TextInput
                label={t('change.coupon')}
                value={coupon}
                onChange={(event) => setCoupon(event.currentTarget.value)}
                autoComplete="off"
                {...beginCheckout.coupon}
              />
              <Quote planId={plan.plan_id} cycle={cycle} coupon={coupon.trim()} />
            </>
          )}
          {error instanceof ApiError && error.code === 'invoice_open' && <OpenInvoice error={error} />}
        </Stack>
      )}
    </FormModal>
  );
}

function OpenInvoice({ error }: { error: ApiError }) {
  const { t } = useTranslation('billing');
  const number = typeof error.detail.invoice === 'string' ? error.detail.invoice : null;
  return (
    <Anchor
      component={Link}
      to={number ? `/settings/plan/invoices/${number}` : '/settings/plan/invoices?status=open'}
      size="sm"
    >
      {t('plan.openInvoices')}
    </Anchor>
  );
}

/** What is to be paid, line by line. */
function Quote({ planId, cycle, coupon }: { planId: string; cycle: Cycle; coupon: string }) {
  const { t } = useTranslation('billing');
  const [asked] = useDebouncedValue(coupon, WRITING_MS);
  const query = { plan_id: planId, billing_cycle: cycle, ...(asked !== '' && { coupon: asked }) };
  const quote = $api.useQuery(
    'get',
    '/api/platform/billing/subscription/quote',
    { params: { query } },
    { retry: false },
  );
  if (quote.error)
    return (
      <Text size="sm" c="red" role="alert">
        {isCouponWrong(quote.error) ? t('change.couponWrong') : messageOf(quote.error, t('change.offline'))}
      </Text>
    );
  if (!quote.data) return <Waiting lines={2} />;
  const { lines, discount, credit, total, credit_left, currency, trial_days } = quote.data;
  const rows: [string, number][] = [
    ...lines.map(({ description, amount }): [string, number] => [description, amount]),
    ...(discount > 0 ? [[t('change.discount'), -discount] satisfies [string, number]] : []),
    ...(credit > 0 ? [[t('change.creditUsed'), -credit] satisfies [string, number]] : []),
  ];
  return (
    <Stack gap={4} aria-live="polite">
      {rows.map(([name, amount]) => (
        <Group key={name} justify="space-between" wrap="nowrap">
          <Text size="sm">{name}</Text>
          <Text size="sm">
            <Money amount={amount} currency={currency} />
          </Text>
        </Group>
      ))}
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600}>{t('change.total')}</Text>
        <Text fw={600}>
          <Money amount={total} currency={currency} />
        </Text>
      </Group>
      {credit_left > 0 && (
        <Text size="sm" c="dimmed">
          {t('change.creditLeft')} <Money amount={credit_left} currency={currency} />
        </Text>
      )}
      {trial_days > 0 && (
        <Text size="sm" c="dimmed">
          {t('change.trial', { count: trial_days })}
        </Text>
      )}
    </Stack>
  );
}

function isCouponWrong(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'coupon_not_valid';
}
