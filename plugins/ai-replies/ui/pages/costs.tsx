/** What models cost: day by day, by who has asked, against budgets, and each call. */
import { Stack } from '@mantine/core';
import { Page } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { BudgetsPanel } from '../costs/budgets-panel.tsx';
import { CallsPanel } from '../costs/calls-panel.tsx';
import { SpendPanel } from '../costs/spend-panel.tsx';

export default function Costs() {
  const { t } = useTranslation('ai-replies');
  return (
    <Page title={t('costs.title')} intro={t('costs.intro')}>
      <Stack>
        <SpendPanel />
        <BudgetsPanel />
        <CallsPanel />
      </Stack>
    </Page>
  );
}
