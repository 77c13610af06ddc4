/** Everything that has run, runs or waits. */
import { Page } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { ExecutionsTable } from '../parts/executions-table.tsx';

export default function Executions() {
  const { t } = useTranslation('workflows');
  return (
    <Page title={t('executions.title')} intro={t('executions.intro')}>
      <ExecutionsTable />
    </Page>
  );
}
