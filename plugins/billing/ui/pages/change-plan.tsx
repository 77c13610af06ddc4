/** Plans that are for sale, beside each other; one is chosen after it was said what it comes to. */
import { Badge, Button, Card, Group, List, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import { EmptyState, Link, Loaded, Page, useFormats, useMay, useRows, useUrlState } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeSubscription } from '../bounds.ts';
import { ChoosePlan, type SoldPlan } from '../parts/choose-plan.tsx';
import { useGiven } from '../parts/given.ts';
import { UNLIMITED, useNames } from '../parts/names.ts';
import { type OwnSubscription, useOwnSubscription } from '../parts/own-subscription.ts';
import { type Cycle, PlanPrice } from '../parts/plan-price.tsx';

export default function ChangePlan() {
  const { t } = useTranslation('billing');
  const may = useMay();
  const hasPlan = may('billing.invoices');
  const own = useOwnSubscription();
  const plans = useRows('/api/platform/billing/plans');
  return (
    <Page
      title={t('change.title')}
      intro={t('change.intro')}
      trail={[{ title: t('plan.title'), to: '/settings/plan' }]}
    >
      {hasPlan ? (
        <Loaded of={own}>{(data) => <Loaded of={plans}>{(sold) => <Choice own={data} plans={sold} />}</Loaded>}</Loaded>
      ) : (
        <EmptyState
          title={t('change.needless')}
          text={t('change.needlessText')}
          action={
            may('billing.plans') && (
              <Button component={Link} to="/sales/plans" variant="default">
                {t('change.toSales')}
              </Button>
            )
          }
        />
      )}
    </Page>
  );
}

function Choice({ own, plans }: { own: OwnSubscription; plans: readonly SoldPlan[] }) {
  const { t } = useTranslation('billing');
  const [address, setAddress] = useUrlState();
  const [chosen, setChosen] = useState<SoldPlan | null>(null);
  const { money } = useFormats();
  const { subscription, plan: current, status } = own;
  const isRunning = subscription !== null && status !== 'canceled';
  const habit: Cycle = isRunning ? subscription.billing_cycle : 'monthly';
  const cycle: Cycle = address.cycle === 'yearly' || address.cycle === 'monthly' ? address.cycle : habit;
  const priceOf = (plan: SoldPlan) => (cycle === 'yearly' ? plan.price_yearly : plan.price_monthly);
  const isFree = (plan: SoldPlan) => plan.price_monthly === 0 && plan.price_yearly === 0;
  const offered = plans
    .filter((plan) => isFree(plan) || priceOf(plan) > 0)
    .sort((one, other) => priceOf(one) - priceOf(other));

  if (plans.length === 0) return <EmptyState title={t('change.none')} text={t('change.noneText')} />;
  return (
    <Stack>
      <Group>
        <SegmentedControl
          aria-label={t('change.cycle')}
          data={changeSubscription.billing_cycle.values.map((value) => ({ value, label: t(`cycle.${value}`) }))}
          value={cycle}
          onChange={(value) => setAddress({ cycle: value })}
        />
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: offered.length === 4 ? 4 : 3 }}>
        {offered.map((plan) => {
          const isMine =
            plan.plan_id === current.plan_id && (isFree(plan) || !isRunning || subscription.billing_cycle === cycle);
          return (
            <PlanCard
              key={plan.id}
              plan={plan}
              price={
                <PlanPrice
                  amount={priceOf(plan)}
                  currency={plan.currency}
                  cycle={cycle}
                  free={money(0, plan.currency)}
                />
              }
              isMine={isMine}
              canChoose={!isMine || status === 'past_due' || status === 'trialing'}
              onChoose={() => setChosen(plan)}
            />
          );
        })}
      </SimpleGrid>
      {chosen && <ChoosePlan plan={chosen} cycle={cycle} own={own} onClose={() => setChosen(null)} />}
    </Stack>
  );
}

interface PlanCardProps {
  plan: SoldPlan;
  price: React.ReactNode;
  isMine: boolean;
  canChoose: boolean;
  onChoose(): void;
}

function PlanCard({ plan, price, isMine, canChoose, onChoose }: PlanCardProps) {
  const { t } = useTranslation('billing');
  const names = useNames();
  const given = useGiven();
  const name = given(plan.display_name);
  const limits = Object.entries(plan.limits).filter(([, limit]) => limit !== UNLIMITED);
  return (
    <Card withBorder radius="md" padding="lg" component="section" aria-label={name}>
      <Stack h="100%" gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {name}
          </Title>
          {isMine && (
            <Badge variant="light" tt="none">
              {t('change.mine')}
            </Badge>
          )}
        </Group>
        <Text size="xl" fw={700} component="p" m={0}>
          {price}
        </Text>
        {plan.description && (
          <Text size="sm" c="dimmed">
            {given(plan.description)}
          </Text>
        )}
        {plan.trial_days > 0 && <Text size="sm">{t('change.trial', { count: plan.trial_days })}</Text>}
        <List size="sm" spacing={4} center icon={<IconCheck size={16} aria-hidden />} style={{ flex: 1 }}>
          {plan.features.map((feature) => (
            <List.Item key={feature}>{feature}</List.Item>
          ))}
          {limits.map(([meter, limit]) => (
            <List.Item key={meter}>{names.limited(meter, limit)}</List.Item>
          ))}
          {limits.length === 0 && <List.Item>{t('change.unlimited')}</List.Item>}
        </List>
        <Button
          onClick={onChoose}
          disabled={!canChoose}
          variant={isMine ? 'default' : 'filled'}
          aria-label={t(canChoose ? 'change.chooseNamed' : 'change.currentNamed', { plan: name })}
        >
          {t(canChoose ? 'change.choose' : 'change.current')}
        </Button>
      </Stack>
    </Card>
  );
}
