/** The start: what needs a person, what plugins have to show, and how it goes over time. Each sees theirs. */
import { Cards, Page, useMe, Waiting } from 'patchbay-platform/ui';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Attention } from '../parts/attention.tsx';
import { CheckList } from '../parts/check-list.tsx';
import { Today } from '../parts/today.tsx';

/** Below what is seen at once. */
const Charts = lazy(() => import('../parts/charts.tsx'));

export default function Dashboard() {
  const { t } = useTranslation('admin');
  const { user } = useMe();
  const name = user?.full_name || user?.username || user?.email;
  return (
    <Page title={t('dashboard.title')} intro={name ? t('dashboard.hello', { name }) : undefined}>
      <Attention />
      <CheckList />
      <Today />
      <Cards />
      <Suspense fallback={<Waiting />}>
        <Charts />
      </Suspense>
    </Page>
  );
}
