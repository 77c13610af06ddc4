/** One's own plan: what it costs, until when, and what comes after it. */
import { Alert, Anchor, Button, Menu, Stack, Text } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import {
  $api,
  Confirm,
  Facts,
  Link,
  Money,
  notifyDone,
  notifyFailed,
  Panel,
  Sentence,
  State,
  Time,
  useMay,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGiven } from './given.ts';
import { type OwnSubscription, useForgetSubscription } from './own-subscription.ts';
import { PlanPrice } from './plan-price.tsx';

export function PlanPanel({ own }: { own: OwnSubscription }) {
  const { t } = useTranslation('billing');
  const may = useMay();
  const given = useGiven();
  const { plan, status, subscription } = own;
  const isPaid = subscription !== null && subscription.price > 0 && status !== 'canceled';
  return (
    <Panel title={t('plan.yours')} actions={may('billing.change') && <PlanActions own={own} isPaid={isPaid} />}>
      <Stack gap="sm">
        {status === 'past_due' && <PastDue instructions={subscription?.instructions ?? null} />}
        {isPaid && subscription.cancel_at_period_end && (
          <Alert color="yellow" title={t('plan.ending')}>
            <Sentence
              text={t('plan.endingText')}
              parts={{ when: <Time at={subscription.period_end} style="date" /> }}
            />
          </Alert>
        )}
        <Facts
          of={[
            [
              t('plan.plan'),
              <Text key="plan" component="span" fw={600}>
                {given(plan.display_name)}
              </Text>,
            ],
            [t('plan.status'), <State key="status" value={status} text={t(`status.${status}`)} />],
            subscription !== null &&
              status !== 'canceled' && [
                t('plan.price'),
                <PlanPrice
                  key="price"
                  amount={subscription.price}
                  currency={subscription.currency}
                  cycle={subscription.billing_cycle}
                  free={t('plan.freeOfCharge')}
                />,
              ],
            isPaid && [
              t(subscription.cancel_at_period_end ? 'plan.until' : 'plan.renews'),
              <Time key="end" at={subscription.period_end} style="date" />,
            ],
            subscription?.trial_end != null &&
              status === 'trialing' && [t('plan.trial'), <Time key="trial" at={subscription.trial_end} style="date" />],
            subscription?.next_plan != null && [t('plan.next'), given(subscription.next_plan.display_name)],
            subscription !== null &&
              subscription.credit > 0 && [
                t('plan.credit'),
                <Money key="credit" amount={subscription.credit} currency={subscription.currency} />,
              ],
          ]}
        />
      </Stack>
    </Panel>
  );
}

function PastDue({ instructions }: { instructions: string | null }) {
  const given = useGiven();
  const { t } = useTranslation('billing');
  return (
    <Alert color="red" title={t('plan.pastDue')}>
      <Stack gap="xs">
        <Text size="sm">{t('plan.pastDueText')}</Text>
        {instructions && (
          <Text size="sm" style={{ whiteSpace: 'pre-line' }}>
            {given(instructions)}
          </Text>
        )}
        <Anchor component={Link} to="/settings/plan/invoices?status=open" size="sm">
          {t('plan.openInvoices')}
        </Anchor>
      </Stack>
    </Alert>
  );
}

function PlanActions({ own: { plan, subscription, status }, isPaid }: { own: OwnSubscription; isPaid: boolean }) {
  const { t } = useTranslation('billing');
  const [isEnding, setEnding] = useState(false);
  const forget = useForgetSubscription();
  const cancel = $api.useMutation('post', '/api/v2/billing/cancel');
  const change = $api.useMutation('post', '/api/platform/billing/subscription/change');
  const portal = $api.useMutation('post', '/api/v2/billing/portal');
  const isLeaving = subscription !== null && (subscription.cancel_at_period_end || subscription.next_plan !== null);

  const keep = async () => {
    const body = {
      plan_id: plan.plan_id,
      billing_cycle: subscription?.billing_cycle ?? 'monthly',
      when: 'now',
    } as const;
    await change.mutateAsync({ body });
    await forget();
    notifyDone(t('plan.kept'));
  };
  const cancelLater = async () => {
    await cancel.mutateAsync({ body: {} });
    await forget();
    notifyDone(t('plan.canceled'), () => keep().catch(notifyFailed));
  };
  return (
    <>
      {isPaid && isLeaving && (
        <Button variant="default" onClick={() => keep().catch(notifyFailed)} loading={change.isPending}>
          {t('plan.keep')}
        </Button>
      )}
      <Button component={Link} to="/settings/plan/change">
        {t(isPaid ? 'plan.change' : 'plan.choose')}
      </Button>
      {(isPaid || status === 'past_due') && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
              {t('plan.more')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {subscription !== null && subscription.provider !== 'manual' && (
              <Menu.Item
                onClick={() =>
                  portal.mutate(
                    { body: {} },
                    { onSuccess: ({ portal_url }) => location.assign(portal_url), onError: notifyFailed },
                  )
                }
              >
                {t('plan.payment')}
              </Menu.Item>
            )}
            {!subscription?.cancel_at_period_end && (
              <Menu.Item onClick={() => cancelLater().catch(notifyFailed)}>{t('plan.cancel')}</Menu.Item>
            )}
            <Menu.Item color="red" onClick={() => setEnding(true)}>
              {t('plan.cancelNow')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Confirm
        title={t('plan.cancelNow')}
        name={plan.display_name}
        action={t('plan.cancelNow')}
        isOpen={isEnding}
        onClose={() => setEnding(false)}
        onConfirm={async () => {
          await cancel.mutateAsync({ body: { immediately: true } });
          await forget();
          notifyDone(t('plan.ended'));
        }}
      >
        {t('plan.cancelNowText', { plan: plan.display_name })}
      </Confirm>
    </>
  );
}
