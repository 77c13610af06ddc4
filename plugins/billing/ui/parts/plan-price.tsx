/** What a plan costs. */
import { Text } from '@mantine/core';
import { Money } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export type Cycle = 'monthly' | 'yearly';

interface PlanPriceProps {
  amount: number;
  currency: string;
  cycle: Cycle;
  /** What nothing is called: default, "Free". */
  free?: string;
}

export function PlanPrice({ amount, currency, cycle, free }: PlanPriceProps) {
  const { t } = useTranslation('billing');
  if (amount === 0) return <>{free ?? t('plan.free')}</>;
  return (
    <>
      <Money amount={amount} currency={currency} />
      <Text component="span" size="sm" fw={400} c="dimmed">
        {' '}
        {t(`cycle.per.${cycle}`)}
      </Text>
    </>
  );
}
